"""Words a misheard word may have been."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from handfest.catalogue.form import Entry
from handfest.catalogue.morphology import stem
from handfest.catalogue.packs import Pack
from handfest.catalogue.spelling import fold, read_aloud, sound, tokens
from handfest.catalogue.words import LANGUAGES, words_of

_NEIGHBOURS = (2, 3)
_SHORT = 3
_BEGINNING = 2
_SHORTEST_END = 8
"""What a longer word begins or ends with is a word of its own from so many letters on."""


@dataclass(frozen=True, slots=True)
class Surface:
    """A word or joined name that a misheard word may have been: its tokens and its sound keys by language."""

    tokens: tuple[str, ...]
    sounds: tuple[str, ...]


def heard_surfaces(
    entries: Iterable[Entry], active: Sequence[Pack], masks: Mapping[str, int], language: str
) -> dict[str, Surface]:
    """Words a misheard word may have been: of names, of names put together, of synonyms the catalogue has."""
    words = words_of(language)
    bare = {fold(word) for word in words.light}
    named = [tuple(t for t in form.tokens if t not in bare) for entry in entries for form in entry.forms]
    heard = {(token,) for name in named for token in name} | {name for name in named if 0 < len(name) <= 3}
    little = words.function | words.soft
    heard |= {pieces for name in named for pieces in _together(name, little)}
    for pack in active:
        for concept in pack.concepts:
            if concept.id in masks:
                spoken = [phrase for each, phrase in concept.names if language in (each, "de")]
                heard |= {(token,) for phrase in spoken for token in tokens(phrase)}
                loans = [phrase for each, phrase in concept.names if each == "en" != language]
                heard |= {pieces for phrase in loans for pieces in _together(tokens(phrase), little)}
    found: dict[str, Surface] = {}
    for pieces in sorted(heard, key=lambda each: (len(each), each)):
        word = "".join(pieces)
        if len(word) > 3 and word not in little and not word.isdigit():
            found.setdefault(word, Surface(pieces, tuple(sound(word, each) for each in LANGUAGES)))
    return found


def _together(name: Sequence[str], little: Set[str]) -> Iterator[tuple[str, ...]]:
    """Two or three words of a name that follow each other, which recognition may write as one or cut elsewhere."""
    for start in range(len(name)):
        for width in _NEIGHBOURS:
            words = tuple(name[start : start + width])
            if len(words) == width and not any(word in little or word.isdigit() for word in words):
                yield words


def by_how_they_sound(surfaces: Mapping[str, Surface], language: str) -> dict[int, dict[str, str]]:
    """The surfaces by how they are read aloud, those of a length together: little is lost of what is heard."""
    found: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for word, surface in surfaces.items():
        for key in read_aloud(surface.tokens, language):
            found[len(key)][key] = word
    return dict(found)


def masks_of_stems(entries: Iterable[Entry]) -> dict[str, int]:
    """The services by the stems of the words in their names and aliases."""
    found: dict[str, int] = {}
    for entry in entries:
        for form in entry.forms:
            for unit in form.units:
                found[unit.stem] = found.get(unit.stem, 0) | entry.bit
    return found


def masks_of_tokens(entries: Iterable[Entry], language: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in entries:
        for form in entry.forms:
            for token in form.tokens:
                if len(token) > 4:
                    for written in {token, stem(token, language)}:
                        found[written] = found.get(written, 0) | entry.bit
    return found


def masks_of_ends(entries: Iterable[Entry]) -> dict[str, int]:
    """The services by what words of their names begin or end with ("Naturmoor|packung" by "moorpackung")."""
    found: dict[str, int] = {}
    for entry in entries:
        for form in entry.forms:
            for token in form.tokens:
                for at in range(1, len(token) - _SHORTEST_END + 1):
                    for end in (token[at:], token[: len(token) - at]):
                        found[end] = found.get(end, 0) | entry.bit
    return found


def short_words(entries: Iterable[Entry], language: str) -> dict[str, str]:
    """The English words of three letters in names by how they begin and sound ("flu", heard as "flew")."""
    if language != "en":
        return {}
    said = {
        token for entry in entries for form in entry.forms for token in form.tokens if len(token) == _SHORT
    }
    return {short_key(token): token for token in sorted(said) if token.isalpha()}


def short_key(word: str) -> str:
    """How an English word begins and sounds."""
    return word[:_BEGINNING] + sound(word, "en")
