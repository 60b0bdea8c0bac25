"""Misheard words put right: only words nobody knows, only into words this catalogue is about."""

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from handfest.catalogue.index import ServiceIndex
from handfest.catalogue.phrase import Grammar
from handfest.catalogue.spelling import as_heard, sound
from handfest.catalogue.surface import short_key
from handfest.catalogue.words import LANGUAGES

_ALIKE = 84.0
_ALIKE_SHORT = 88.0
_ALIKE_BY_SOUND = 60.0
_ALIKE_THOUGH_KNOWN = 90.0
_ALIKE_ALOUD = 85.0
_SHORTEST_LOAN = 5
_LETTERS_LOST = 2
"""A loan that is read as it is written loses no more sounds."""
_LONGEST_WINDOW = 3
_TRIED_AT_MOST = 8
"""Where more words are strange, nobody named a service; they are not all held to the vocabulary."""
_ONE_MORE = 4
"""The letters of a word that may be one of three that sounds the same."""
_SHORT = 3
"""Words so short are tried with their neighbours even where they are words ("We Lan"), unless a name holds them
("mein Ohr": minor)."""


def repaired(said: Sequence[str], index: ServiceIndex, grammar: Grammar) -> tuple[tuple[str, ...], bool]:
    """The tokens with misheard ones replaced, and whether any was; neighbours also count as one word."""
    result = list(said)
    changed = False
    at = tried = 0
    while at < len(result) and tried < _TRIED_AT_MOST:
        strange = _strange(result[at], index, grammar)
        if not strange and not _out_of_place(result[at], index, grammar):
            at += 1
            continue
        tried += 1
        if len(result[at]) == _ONE_MORE and (short := index.short.get(short_key(result[at]))):
            result[at], changed = short, True
            at += 1
            continue
        found = _best_window(result, at, index, grammar, strange)
        if found is not None:
            start, end, word = found
            result[start:end] = index.surfaces[word].tokens
            changed = True
            at = start
        at += 1
    return tuple(result), changed


def _strange(token: str, index: ServiceIndex, grammar: Grammar) -> bool:
    words, morphology = grammar.words, grammar.morphology
    if len(token) < 2 or token.isdigit() or token in words.function | words.soft or token in words.numbers:
        return False
    if token in grammar.joined or token in grammar.light or grammar.is_whom(token) or token in grammar.sizes:
        return False
    if len(token) <= _SHORT and token not in index.vocabulary:
        return not all(part in index.masks for part in morphology.parts(token))
    return not all(part in morphology.atoms or morphology.knows(part) for part in morphology.parts(token))


def _out_of_place(token: str, index: ServiceIndex, grammar: Grammar) -> bool:
    """True for a word of the language of which this catalogue knows nothing ("Teil Massage", "Augenbraun").

    A German word for an animal is none: only its English sound is like another ("Hund": under).
    """
    words = grammar.words
    if len(token) < _SHORT or token.isdigit() or token in words.function | words.soft:
        return False
    whom = token in grammar.targets if words.language == "de" else grammar.is_whom(token)
    if whom or token in grammar.sizes or token in words.numbers:
        return False
    parts = grammar.morphology.parts(token)
    return any(part not in index.masks and part not in index.patterns for part in parts)


def _best_window(
    said: Sequence[str], at: int, index: ServiceIndex, grammar: Grammar, strange: bool
) -> tuple[int, int, str] | None:
    """Where to put which word; a word of the language alone must be very like it."""
    best: tuple[float, int, int, str] | None = None
    for width in range(1, _LONGEST_WINDOW + 1):
        for start in range(max(0, at - width + 1), min(at, len(said) - width) + 1):
            word = "".join(said[start : start + width])
            likeness, surface = _closest(word, index)
            likeness -= 2 * (width - 1)
            if (
                surface
                and not _only_sounds_so(said[start : start + width], surface, grammar)
                and (strange or likeness >= _ALIKE_THOUGH_KNOWN)
                and _may_be(said[start : start + width], index.surfaces[surface].tokens, grammar)
                and (best is None or likeness > best[0])
            ):
                best = (likeness, start, start + width, surface)
    return best[1:] if best else None


def _only_sounds_so(window: Sequence[str], surface: str, grammar: Grammar) -> bool:
    """True for a little word with its neighbour that only sounds like a word of the catalogue ("mein Ohr": minor)."""
    little = any(len(token) > _SHORT and token in grammar.words.function for token in window)
    german = grammar.words.language == "de" and len(window) > 1
    return german and little and fuzz.ratio("".join(window), surface) < _ALIKE


def _may_be(window: Sequence[str], name: Sequence[str], grammar: Grammar) -> bool:
    """False where words of a name were said and nothing but known words besides ("oil massage" is no bowl massage),
    unless these sound the same ("bus cut": buzz cut).
    """
    others, missing = set(window) - set(name), set(name) - set(window)
    if len(others) == len(set(window)):
        return True
    if len(others) == len(missing) == 1:
        heard, meant = (sound(word, grammar.words.language) for word in (*others, *missing))
        if heard == meant and len(heard) > 1:
            return True
    return not set(name) <= set(window) and not all(grammar.morphology.knows(word) for word in others)


def _closest(word: str, index: ServiceIndex) -> tuple[float, str]:
    """The surface most like a word and how much (0-100), or ("", 0) where none is like enough."""
    if len(word) < 4:
        return 0.0, ""
    enough = _ALIKE if len(word) > 4 else _ALIKE_SHORT
    near = process.extract(
        word, index.surfaces.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE_BY_SOUND, limit=8
    )
    best, surface = 0.0, ""
    for candidate, ratio, _ in near:
        alike = ratio
        if any(
            len(key) > 1 and sound(word, each) == key
            for each, key in zip(LANGUAGES, index.surfaces[candidate].sounds, strict=True)
            if index.language in ("de", each)
        ):
            alike = max(ratio, enough) + 5
        if alike >= enough and alike > best:
            best, surface = alike, candidate
    if best >= _ALIKE_THOUGH_KNOWN:
        return best, surface
    loan = read_as_loan(word, index)
    return loan if not surface or loan[0] >= _ALIKE_THOUGH_KNOWN else (best, surface)


def read_as_loan(word: str, index: ServiceIndex) -> tuple[float, str]:
    """The surface that sounds like a word when it is read as the loan it is ("Bliedsching": Bleaching)."""
    key = as_heard(word)
    if len(key) < _SHORTEST_LOAN:
        return 0.0, ""
    lengths = range(len(key) - _LETTERS_LOST, len(key) + _LETTERS_LOST + 1)
    near = [each for length in lengths for each in index.read_aloud.get(length, ())]
    found = process.extractOne(key, near, scorer=fuzz.ratio, score_cutoff=_ALIKE_ALOUD)
    return (found[1], index.read_aloud[len(found[0])][found[0]]) if found is not None else (0.0, "")
