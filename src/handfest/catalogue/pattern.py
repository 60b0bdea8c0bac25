"""Patterns of a synonym pack: sets of stems that mean one thing a trade does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from handfest.catalogue.packs import Pack, common
from handfest.catalogue.phrase import (
    Grammar,
    Kind,
    Phrase,
    clauses,
    read_duration,
    units_of,
    with_whom,
)
from handfest.catalogue.phrase import joined as put_together
from handfest.catalogue.trades import reads_as_native
from handfest.catalogue.words import words_of


@dataclass(frozen=True, slots=True)
class Pattern:
    """A set of stems that means a concept.

    `one_way` patterns are read in what callers say, never in names; `general` ones ("Reparatur") are read in
    a name only when it says nothing else; a `sum` is said with "and" ("cut and blow dry").
    `intents` are the words in it that elsewhere are no wish for a service ("Haus kaufen").
    """

    stems: frozenset[str]
    concept: str
    one_way: bool
    general: bool
    sum: bool = False
    intents: frozenset[str] = frozenset()


def read_patterns(active: Sequence[Pack], grammar: Grammar) -> dict[str, tuple[Pattern, ...]]:
    """Patterns by the first of their stems, so that one look-up finds them.

    A phrase that only its little words tell from a shorter one ("alles färben", "färben") is left out.
    """
    asked = frozenset(token for intent in grammar.words.intents for token in intent)
    shortest: dict[frozenset[str], int] = {}
    read: list[tuple[int, Pattern]] = []
    for pack in active:
        for concept in pack.concepts:
            for one_way, pairs in ((False, concept.names), (True, concept.said)):
                for spoken, phrase in pairs:
                    if spoken != grammar.words.language and reads_as_native(phrase, grammar.words.language):
                        continue
                    parsed = parse(phrase, grammar)
                    stems = frozenset(unit.stem for unit in parsed.units)
                    if (
                        stems
                        and not (one_way and _says_too_little(parsed))
                        and not _loses_a_number(phrase, grammar)
                    ):
                        words = sum(token not in grammar.bare for token in parsed.tokens)
                        shortest[stems] = min(words, shortest.get(stems, words))
                        both = any((token,) in grammar.words.together for token in parsed.tokens)
                        general = pack.trade != common().trade and all(
                            unit.kind in (Kind.ACTION, Kind.GENERIC, Kind.ELEMENT, Kind.HINT)
                            for unit in parsed.units
                        )
                        read.append(
                            (
                                words,
                                Pattern(
                                    stems, concept.id, one_way, general, both, asked & set(parsed.tokens)
                                ),
                            )
                        )
    found: dict[str, list[Pattern]] = {}
    for words, pattern in read:
        if words == shortest[pattern.stems]:
            found.setdefault(min(pattern.stems), []).append(pattern)
    return {stem: tuple(dict.fromkeys(patterns)) for stem, patterns in found.items()}


def without_foreign(
    patterns: Mapping[str, tuple[Pattern, ...]], active: Sequence[Pack], named: set[str]
) -> dict[str, tuple[Pattern, ...]]:
    """Patterns without those by which another trade that is on brings in what the first one does not do ("Auto
    Inspektion" at a bicycle shop's), unless the catalogue's own names hold the word (`named`)."""
    own = {concept.id for concept in active[0].concepts}
    absent = {concept.id for concept in active[0].concepts if concept.foreign}
    foreign = [p.stems for found in patterns.values() for p in found if p.concept in absent]
    foreign = [stems for stems in foreign if not stems & named]
    return {
        stem: tuple(p for p in found if p.concept in own or not any(stems <= p.stems for stems in foreign))
        for stem, found in patterns.items()
    }


def _loses_a_number(phrase: str, grammar: Grammar) -> bool:
    """True for a synonym that counts ("Massage für zwei", "15 minute call"): without its number it would say
    something else.
    """
    said, duration = _said(phrase, grammar.words.language)
    return duration is not None or any(
        grammar.words.numbers.get(token, 0) > 1 and token not in grammar.kept for token in said
    )


def _says_too_little(parsed: Phrase) -> bool:
    """True for a synonym of which only whom it is for or what is done is left ("mein Mann und ich", "try a class",
    "weitere Behandlung").
    """
    left = (Kind.TARGET, Kind.ACTION, Kind.GENERIC)
    return len(parsed.tokens) > len(parsed.units) and all(unit.kind in left for unit in parsed.units)


@lru_cache(maxsize=50_000)
def _said(text: str, language: str) -> tuple[tuple[str, ...], int | None]:
    """The tokens of a name or pattern without its length; the same for every catalogue, and asked by each."""
    words = words_of(language)
    return read_duration([token for clause in clauses(text) for token in with_whom(clause, words)], words)


def parse(text: str, grammar: Grammar) -> Phrase:
    """A name or pattern taken apart; what callers say also loses staff and is repaired (see resolve)."""
    return _taken_apart(*_said(text, grammar.words.language), grammar)


def parse_tokens(said: tuple[str, ...], grammar: Grammar) -> Phrase:
    """`parse` for tokens, whose umlauts are gone already."""
    return _taken_apart(*read_duration(said, grammar.words), grammar)


def _taken_apart(rest: tuple[str, ...], duration: int | None, grammar: Grammar) -> Phrase:
    said = put_together(rest, grammar)
    units, size = units_of(said, grammar)
    return Phrase(said, units, duration, size)


def matched(stems: frozenset[str], patterns: Mapping[str, tuple[Pattern, ...]]) -> tuple[Pattern, ...]:
    """The patterns that are contained in a set of stems."""
    return tuple(p for stem in sorted(stems) for p in patterns.get(stem, ()) if p.stems <= stems)
