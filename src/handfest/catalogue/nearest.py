"""The nearest known word to a misspelled one: "did you mean ...?"."""

from collections.abc import Iterable
from difflib import get_close_matches

from handfest.catalogue.problem_words import Phrase


def did_you_mean(word: str, known: Iterable[str], *, alike: float = 0.6) -> Phrase | str:
    """` (did you mean "duration_min"?)` in every language, or nothing where no known word is so much `alike`."""
    by_lower = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), by_lower, n=1, cutoff=alike)
    return Phrase("near", {"word": by_lower[near[0]]}) if near else ""
