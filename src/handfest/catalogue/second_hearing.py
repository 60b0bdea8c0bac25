"""A second hearing of a phrase nothing explains: neighbours put together, words that sound like the catalogue's."""

from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz, process

from handfest.catalogue.index import ServiceIndex
from handfest.catalogue.phrase import Grammar
from handfest.catalogue.repair import read_as_loan
from handfest.catalogue.spelling import sound

_WORDS_TRIED = 6
"""Who says more has not been misheard in one word; so no text takes long."""
_WIDEST = 3
_SHORTEST = 4
_SHORTEST_JOINED = 6
_ALIKE_JOINED = 88.0
_ALIKE_ALOUD = 92.0
_ALIKE_BY_SOUND = 65.0
_SHORTEST_SOUND = 2


def heard_again(
    said: Sequence[str], index: ServiceIndex, grammar: Grammar
) -> Iterator[tuple[tuple[str, ...], bool]]:
    """The tokens with one word or neighbours put right, and whether that is sure enough to pin a service.

    Neighbours that make nearly a word of the catalogue are ("Augen braun": Augenbrauen); a word that only
    sounds like one of its words is asked about ("beered": beard).
    """
    if len(said) > _WORDS_TRIED:
        return
    for width in range(_WIDEST, 1, -1):
        for start in range(len(said) - width + 1):
            word = "".join(said[start : start + width])
            near = _like(word, index) if len(word) >= _SHORTEST_JOINED else ""
            if near and not set(index.surfaces[near].tokens) & set(said):
                yield (*said[:start], *index.surfaces[near].tokens, *said[start + width :]), True
    for at, token in enumerate(said):
        near = _sounding_like(token, index) if _unexplained(token, index, grammar) else ""
        if near:
            yield (*said[:at], *index.surfaces[near].tokens, *said[at + 1 :]), False


def _unexplained(token: str, index: ServiceIndex, grammar: Grammar) -> bool:
    words = grammar.words
    if len(token) < _SHORTEST or token in words.function | words.soft or token in grammar.targets:
        return False
    parts = grammar.morphology.parts(token)
    return any(part not in index.masks and part not in index.patterns for part in parts)


def _like(word: str, index: ServiceIndex) -> str:
    """The surface nearly spelled like a word, or ""."""
    found = process.extractOne(word, index.surfaces.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE_JOINED)
    if found:
        return found[0]
    likeness, surface = read_as_loan(word, index)
    return surface if likeness >= _ALIKE_ALOUD else ""


def _sounding_like(word: str, index: ServiceIndex) -> str:
    """The surface that sounds like a word in the catalogue's language, or ""."""
    key = sound(word, index.language)
    if len(key) < _SHORTEST_SOUND:
        return ""
    place = 0 if index.language == "de" else 1
    near = process.extract(
        word, index.surfaces.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE_BY_SOUND, limit=8
    )
    return next(
        (each for each, _, _ in near if each != word and index.surfaces[each].sounds[place] == key), ""
    )
