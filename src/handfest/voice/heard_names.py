"""Names that a call itself gives away: by the words before them, by the question they answer, by being spelled.

A rule can hear no more than that: a name dropped in passing, of whom nothing else in the call speaks, stays.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from handfest.speech.people import NameOk, read_name
from handfest.speech.people_words import listed, people_words, plain

PERSONAL: Mapping[str, Any] = tomllib.loads(
    files("handfest.voice").joinpath("data/personal_words.toml").read_text(encoding="utf-8")
)
"""The words by which personal data shows itself."""

Line = tuple[str, str]
"""Who spoke ("agent" or "caller"), and what."""
_NAMES = people_words()["name"]
_PARTICLES = frozenset(listed(_NAMES["particles"]))
_NO_NAMES = frozenset(
    {*listed(_NAMES["talk"]), *listed(_NAMES["times"]), *(plain(word) for word in PERSONAL["no_names"])}
) - (_PARTICLES - {"und", "and", "der", "den", "die"})
_AROUND = frozenset(plain(word) for word in PERSONAL["around"])
_SALUTATIONS = frozenset(listed(_NAMES["salutations"]))
_STRONG = re.compile(rf"\b(?:{'|'.join(PERSONAL['strong'])})\s*:?\s+", re.IGNORECASE)
_WEAK = re.compile(rf"\b(?:{'|'.join(PERSONAL['weak'])})\s+", re.IGNORECASE)
_ASKS = re.compile("|".join(PERSONAL["asks"]), re.IGNORECASE)
_WORD = re.compile(r"\s*,?\s*(?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*)(?P<end>[.;:!?]?)")
_LETTER = r"[^\W\d_]"
_AS = "|".join(PERSONAL["as"])
_WORDS = "|".join(sorted(PERSONAL["alphabet"], key=len, reverse=True))
_LETTER_AS = rf"({_LETTER})\s+(?:{_AS})\s+"
SPELLED = re.compile(
    rf"\b{_LETTER_AS}\1{_LETTER}+(?:[\s,.;-]+(?:und\s+|and\s+)?{_LETTER_AS}\2{_LETTER}+)*\b"
    rf"|\b{_LETTER}(?:\s*[-,.]\s*|\s+){_LETTER}(?:(?:\s*[-,.]\s*|\s+){_LETTER})+\b"
    rf"|\b(?:{_WORDS})(?:[\s,.-]+(?:{_WORDS})){{2,}}\b",
    re.IGNORECASE,
)
"""A name said letter by letter, in any of the ways people do it."""
_CHUNK = re.compile(r"[^,.;:!?]+")
_WORDS_MAX = 4


def names_heard(lines: Sequence[Line], keep: Collection[str] = ()) -> frozenset[str]:
    """The words of names in these lines. `keep` are words that are no customer's: of services, of the staff."""
    kept: frozenset[str] = _NO_NAMES | {plain(part) for word in keep for part in re.findall(r"\w+", word)}
    found: set[str] = set()
    asked = False
    for speaker, text in lines:
        found.update(_introduced(text, kept))
        found.update(_spelled(text))
        if asked and speaker == "caller":
            found.update(_answered(text, kept))
        if speaker == "agent":
            asked = bool(_ASKS.search(text))
    return frozenset(found)


def _introduced(text: str, kept: Collection[str]) -> Iterator[str]:
    for pattern, as_written in ((_STRONG, False), (_WEAK, True)):
        for lead in pattern.finditer(text):
            yield from _following(text, lead.end(), kept, as_written=as_written)


def _following(text: str, at: int, kept: Collection[str], *, as_written: bool) -> Iterator[str]:
    """The words of a name from here on; after a comma only what is written as a name goes on with it."""
    for number in range(_WORDS_MAX):
        match = _WORD.match(text, at)
        if match is None:
            return
        word, compared = match["word"], plain(match["word"])
        name_like = word[:1].isupper() or compared in _PARTICLES
        needed = as_written or (number > 0 and "," in match.group())
        if compared in kept or (needed and not name_like):
            return
        if compared not in _SALUTATIONS and compared not in _PARTICLES:
            yield word
        if match["end"]:
            return
        at = match.end()


def _answered(text: str, kept: frozenset[str]) -> Iterator[str]:
    """What of an answer to "your name?" can be one."""
    for chunk in _CHUNK.findall(text):
        words = chunk.split()
        while words and plain(words[0]) in _AROUND:
            words.pop(0)
        while words and plain(words[-1]) in _AROUND:
            words.pop()
        read = read_name(" ".join(words))
        if isinstance(read, NameOk):
            yield from (word for word in read.name.split() if plain(word) not in kept | _PARTICLES)


def _spelled(text: str) -> Iterator[str]:
    """The word that the letters make, so that it is known where it is said whole."""
    for match in SPELLED.finditer(text):
        letters = re.findall(rf"\b{_LETTER}\b", match.group())
        if len(letters) < 2:
            letters = [word[0] for word in re.findall(rf"{_LETTER}+", match.group())]
        if len(letters) > 2:
            yield "".join(letters)


def personal_variables(variables: Iterable[Any]) -> frozenset[str]:
    """Names that a platform has collected in a call's variables, by what the variables are called."""
    found: set[str] = set()
    for one in variables:
        for name, value in one.items() if isinstance(one, dict) else ():
            if isinstance(value, str) and re.fullmatch(PERSONAL["variables"], str(name), re.IGNORECASE):
                found.add(value)
    return frozenset(found)
