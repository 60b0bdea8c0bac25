"""What speaks for which service: every part of a phrase against everything the services can be called.

Evidence comes before scores: a service explains a part of the phrase or it does not, on one of three levels
(named so, led to so, a kind of so), and a part nobody explains keeps a phrase from choosing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import reduce
from operator import or_

from handfest.catalogue.form import Entry, Form, size_key
from handfest.catalogue.index import ServiceIndex
from handfest.catalogue.pattern import Pattern, matched
from handfest.catalogue.phrase import Kind, Phrase, Unit
from handfest.catalogue.trades import about_animals
from handfest.catalogue.words import Words

_SMALLEST_PIECE = 4
_COMMON = "common:"
_NEW_HERE = "common:first"
"""What every trade may do: its words name nothing foreign where a catalogue lacks it."""


BROADER = {
    "rabbit": "small_animal",
    "rodent": "small_animal",
    "puppy": "dog",
    "kitten": "cat",
    "men": "adult",
    "women": "adult",
    "baby": "child",
    "teen": "child",
}
"""Whoever is of a group is of the broader one as well."""
MAY_BE = {"child": "teen"}
"""Whoever is of a group may be of the narrower one: a child may be as old as a teenager."""


class Level(IntEnum):
    """How a service explains words: its names say so, callers say so for it, or it does a kind of it."""

    NAMED = 0
    LED = 1
    KIND = 2
    NEAR = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """One phrase against one index: for every unit and level the mask of services that explain it.

    `bound` units name something absent together; `idle` ones are verbs and adjectives nobody knows,
    `placed` ones only say where ("im Schlafzimmer");
    `by_piece` ones are only known as a piece of a longer word in a name. `larger` are the services of
    synonyms that say more than the content words, `kinds` those that do a kind of what was named, `told` those of
    synonyms of several words that hold all content words.
    """

    phrase: Phrase
    explained: tuple[tuple[int, ...], ...]
    features: tuple[frozenset[str], ...]
    strange: tuple[bool, ...]
    weighty: tuple[int, ...]
    covering: tuple[tuple[Level, int], ...]
    bound: frozenset[int]
    idle: frozenset[int]
    placed: frozenset[int]
    by_piece: tuple[bool, ...]
    larger: int
    kinds: int
    told: int

    def mask(self, at: int, level: Level) -> int:
        """The services that explain unit `at` on `level` or a nearer one."""
        return self.explained[at][level]

    def required(self) -> tuple[int, ...]:
        """The positions of the units a service must explain."""
        units = self.phrase.units
        must = tuple(
            at
            for at, unit in enumerate(units)
            if (unit.kind in (Kind.CONTENT, Kind.ACTION) and at not in self.idle | self.placed)
            or (unit.kind in (Kind.GENERIC, Kind.ELEMENT, Kind.HINT) and at in self.bound)
        )
        general = tuple(at for at, unit in enumerate(units) if self._general(at, unit))
        return must or general or tuple(at for at, weighty in enumerate(self.weighty) if weighty)

    def _general(self, at: int, unit: Unit) -> bool:
        return unit.kind is Kind.GENERIC and bool(self.mask(at, Level.LED))

    def full(self, level: Level, everything: int) -> int:
        """The services that explain all that must be explained, 0 where nothing must.

        Of general words alone the last, the head of a German compound, is enough.
        """
        must = self.required()
        result = everything if must else 0
        for at in must:
            result &= self.mask(at, level)
        if must and not result and all(self.phrase.units[at].kind is Kind.GENERIC for at in must):
            return 0 if self.bound else self.mask(must[-1], level)
        return result

    def explanations(self, everything: int) -> tuple[tuple[Level, int], ...]:
        """Levels with the services that explain all there is to explain, the best evidence first.

        Where only general words were said ("Augen messen"), a synonym made of just these words goes first.
        """
        general = not any(unit.kind is Kind.CONTENT for unit in self.phrase.units)
        found = [(level, self.full(level, everything)) for level in Level]
        return tuple(each for each in ((*self.covering, *found) if general else found) if each[1])


def read(phrase: Phrase, index: ServiceIndex) -> Reading:
    """The evidence of a phrase."""
    stems = frozenset(unit.stem for unit in phrase.units)
    patterns = _largest(matched(stems, index.patterns), phrase, index)
    explained, strange, weighty = [], [], []
    groups = [unit.target[1] for unit in phrase.units if unit.target]
    served = {f"@{wider[group]}" for wider in (BROADER, MAY_BE) for group in groups if group in wider}
    reach: list[set[str]] = [set(stems | served) for _ in Level]
    idle, placed, new_here = [], [], []
    words = index.grammar(index.language).words
    for at, unit in enumerate(phrase.units):
        over = [p for p in patterns if unit.stem in p.stems and not _of_animals(p, unit)]
        masks = _unit_masks(unit, over, index, reach)
        foreign = any(index.concepts[pattern.concept].foreign for pattern in over)
        if unit.kind is Kind.CONTENT and not masks[Level.NEAR] and not foreign:
            masks = (index.ends.get(phrase.tokens[unit.word], 0),) * len(Level)
        explained.append(masks)
        if unit.kind is Kind.CONTENT and unit.verbal and not over and not masks[Level.NEAR]:
            idle.append(at)
        if unit.kind is Kind.CONTENT and over and not masks[Level.NEAR] and _only_new_here(over):
            new_here.append(at)
        foreign = any(index.concepts[pattern.concept].foreign for pattern in over)
        nowhere = unit.kind is Kind.CONTENT and not masks[Level.NEAR] and not foreign
        if nowhere and _only_where(unit, phrase, words):
            placed.append(at)
        elsewhere = any(not pattern.concept.startswith(_COMMON) for pattern in over)
        strange.append((elsewhere or unit.stem.startswith("@")) and not masks[Level.NEAR])
        weighty.append(_weight(unit, over, phrase, index, idle=at in idle or at in placed))
    if any(masks[Level.LED] for masks in explained):
        idle += new_here
    return Reading(
        phrase,
        tuple(explained),
        tuple(frozenset(each) for each in reach),
        tuple(strange),
        tuple(weighty),
        _covering(patterns, phrase, index),
        _bound(patterns, phrase, index),
        frozenset(idle) - frozenset(placed),
        frozenset(placed),
        tuple(unit.stem not in index.masks and bool(_by_piece(unit, index)) for unit in phrase.units),
        _larger(patterns, phrase, index),
        _kinds(patterns, phrase, index),
        _told(patterns, phrase, index, frozenset(idle)),
    )


def _of_animals(pattern: Pattern, unit: Unit) -> bool:
    """True for what a trade about animals does to one, where nobody serves animals ("Hund baden" at a hairdresser)."""
    trade = pattern.concept.partition(":")[0]
    return unit.kind is Kind.CONTENT and unit.stem.startswith("@") and about_animals(trade)


def _only_new_here(over: Iterable[Pattern]) -> bool:
    """True for a word by which a caller only says that they are new ("noch nie da"), where nothing is for such."""
    return all(pattern.concept == _NEW_HERE for pattern in over)


def _only_where(unit: Unit, phrase: Phrase, words: Words) -> bool:
    """True for a place behind "im", which a caller only mentions."""
    before = phrase.tokens[max(0, unit.word - 2) : unit.word]
    return phrase.tokens[unit.word] in words.places and any(token in words.placing for token in before)


def _kinds(patterns: tuple[Pattern, ...], phrase: Phrase, index: ServiceIndex) -> int:
    """The services that do a kind of a concept all content words together name."""
    content = {unit.stem for unit in phrase.units if unit.kind is Kind.CONTENT}
    named = (p for p in patterns if not p.one_way and content <= p.stems)
    return reduce(or_, (index.narrower.get(pattern.concept, 0) for pattern in named), 0)


def _larger(patterns: tuple[Pattern, ...], phrase: Phrase, index: ServiceIndex) -> int:
    """The services of synonyms that hold all content words of a phrase and little words besides ("acrylics off")."""
    content = {unit.stem for unit in phrase.units if unit.kind is Kind.CONTENT}
    masks = (index.masks.get(p.concept, 0) for p in patterns if content and content < p.stems)
    return reduce(or_, masks, 0)


def _told(patterns: tuple[Pattern, ...], phrase: Phrase, index: ServiceIndex, idle: frozenset[int]) -> int:
    """The services of synonyms of two or more spoken words that hold all content words ("nail in my tyre")."""
    units = [unit for at, unit in enumerate(phrase.units) if at not in idle]
    content = {unit.stem for unit in units if unit.kind is Kind.CONTENT}
    telling = (
        pattern
        for pattern in patterns
        if content
        and content <= pattern.stems
        and len({unit.word for unit in phrase.units if unit.stem in pattern.stems}) > 1
    )
    return reduce(or_, (index.masks.get(pattern.concept, 0) for pattern in telling), 0)


def _bound(patterns: tuple[Pattern, ...], phrase: Phrase, index: ServiceIndex) -> frozenset[int]:
    """The units that together name something the catalogue lacks, so that no half of it may choose.

    Little words do so only where they are part of what the trade itself does not do ("im Urlaub abgeben").
    """
    absent = [
        (pattern.stems, index.concepts[pattern.concept].foreign)
        for pattern in patterns
        if not pattern.one_way
        and len(pattern.stems) > 1
        and not pattern.concept.startswith(_COMMON)
        and not _related(pattern.concept, index)
    ]
    return frozenset(
        at
        for at, unit in enumerate(phrase.units)
        if any(unit.stem in stems and (foreign or unit.kind is not Kind.HINT) for stems, foreign in absent)
    )


def _related(concept: str, index: ServiceIndex) -> bool:
    known = index.concepts[concept]
    return (
        any(each in index.masks for each in (concept, *known.kind_of, *known.near))
        or concept in index.narrower
    )


def _covering(
    patterns: tuple[Pattern, ...], phrase: Phrase, index: ServiceIndex
) -> tuple[tuple[Level, int], ...]:
    """The services of concepts whose pattern of two or more words holds all that must be explained."""
    must = {unit.stem for unit in phrase.units if unit.kind in (Kind.ACTION, Kind.GENERIC)}
    own = sum(entry.bit for entry in index.entries if _holds(entry, must)) if len(must) > 1 else 0
    masks = {Level.NAMED: own, Level.LED: 0}
    for pattern in patterns:
        if len(pattern.stems) > 1 and must <= pattern.stems:
            masks[Level.LED if pattern.one_way else Level.NAMED] |= index.masks.get(pattern.concept, 0)
            masks[Level.NAMED] |= sum(e.bit for e in index.entries if _holds(e, set(pattern.stems)))
    return tuple((level, mask) for level, mask in masks.items() if mask)


def _largest(found: tuple[Pattern, ...], phrase: Phrase, index: ServiceIndex) -> tuple[Pattern, ...]:
    """Without patterns inside a larger one whose concept the catalogue has.

    A size that callers add takes nothing from a name: "Haarschnitt, lange Haare" is still a Haarschnitt.
    """
    present = [pattern for pattern in found if pattern.concept in index.masks]
    sizes = {unit.stem for unit in phrase.units if unit.kind is Kind.SIZE}

    def within(pattern: Pattern, other: Pattern) -> bool:
        same = other.one_way and not pattern.one_way and other.concept == pattern.concept
        return pattern.stems < other.stems and not (same and other.stems - pattern.stems <= sizes)

    return tuple(pattern for pattern in found if not any(within(pattern, other) for other in present))


def _holds(entry: Entry, stems: set[str]) -> bool:
    return any(stems <= {unit.stem for unit in form.units} for form in entry.forms)


def _weight(unit: Unit, over: Iterable[Pattern], phrase: Phrase, index: ServiceIndex, idle: bool) -> int:
    if idle:
        return 0
    return index.everything if unit.kind is Kind.CONTENT else _chosen(over, phrase, index)


def _chosen(over: Iterable[Pattern], phrase: Phrase, index: ServiceIndex) -> int:
    """The services for which a pattern gives weight to words too general on their own ("Haare schneiden")."""
    found = 0
    for pattern in over:
        kinds = {unit.kind for unit in phrase.units if unit.stem in pattern.stems}
        if Kind.ACTION in kinds or Kind.CONTENT in kinds or len(pattern.stems) > 1:
            found |= index.masks.get(pattern.concept, 0)
    return found


def _unit_masks(
    unit: Unit, over: Iterable[Pattern], index: ServiceIndex, reach: list[set[str]]
) -> tuple[int, ...]:
    named = index.masks.get(unit.stem, 0) or index.masks.get(size_key(unit), 0) | _by_piece(unit, index)
    led = kind = near = upwards = 0
    for pattern in over:
        concept = pattern.concept
        here = index.masks.get(concept, 0)
        if pattern.one_way:
            led |= here
        else:
            named |= here
            reach[Level.NAMED].add(concept)
        reach[Level.LED].add(concept)
        if not here:
            upwards |= _upwards(concept, index, reach)
            near |= _siblings(concept, index)
            near |= _neighbours(concept, index, reach)
        kind |= index.narrower.get(concept, 0)
    # What a service itself is called for goes before what it only does a kind of ("Fieber" in two trades).
    led |= named | (0 if led else upwards)
    kind |= led | upwards
    if unit.target and unit.target[1] in MAY_BE:
        near |= index.masks.get(f"@{MAY_BE[unit.target[1]]}", 0)
    if not named and unit.known and unit.kind is Kind.CONTENT:
        near |= _begun_by(unit.stem, index)
    return named, led, kind, near | kind


def _upwards(concept: str, index: ServiceIndex, reach: list[set[str]]) -> int:
    found = 0
    waiting = list(index.concepts[concept].kind_of)
    while waiting:
        broader = waiting.pop()
        here = index.masks.get(broader, 0) & ~index.narrower.get(broader, 0)
        reach[Level.LED].add(broader)
        found |= here
        if not here and broader in index.concepts:
            waiting += index.concepts[broader].kind_of
    return found


def _siblings(concept: str, index: ServiceIndex) -> int:
    """The services that do another kind of what the absent concept is a kind of: no reason to choose them."""
    broader = index.concepts[concept].kind_of
    return reduce(or_, (index.masks.get(b, 0) & index.narrower.get(b, 0) for b in broader), 0)


def _neighbours(concept: str, index: ServiceIndex, reach: list[set[str]]) -> int:
    found = 0
    for other in index.concepts[concept].near:
        found |= index.masks.get(other, 0)
        reach[Level.NEAR].add(other)
    return found


def _by_piece(unit: Unit, index: ServiceIndex) -> int:
    """The services one of whose words begins or ends with a part no vocabulary knows."""
    if unit.known or len(unit.stem) < _SMALLEST_PIECE:
        return 0
    found = 0
    for token, mask in index.token_masks.items():
        if token.startswith(unit.stem) or token.endswith(unit.stem) or _ends_nearly(token, unit.stem):
            found |= mask
    return found


def _begun_by(stem: str, index: ServiceIndex) -> int:
    """The services with a word no vocabulary takes apart that begins so ("Darm|sanierung"): enough to ask."""
    if len(stem) < _SMALLEST_PIECE:
        return 0
    words = index.stem_masks.items()
    return reduce(or_, (mask for word, mask in words if word != stem and word.startswith(stem)), 0)


def _ends_nearly(token: str, piece: str) -> bool:
    """True where only an ending follows a long piece ("Stammzell|typisi|erung")."""
    at = token.rfind(piece)
    return at > 0 and len(piece) > _SMALLEST_PIECE and len(token) - at - len(piece) <= _SMALLEST_PIECE


def unsaid(form: Form, reading: Reading, level: Level) -> tuple[Unit, ...]:
    """What a form says beyond the phrase: its units nothing in the phrase speaks of."""
    features = reading.features[min(level, Level.LED)]
    return tuple(
        unit
        for unit, calls in zip(form.units, form.calls if level is Level.NAMED else form.led, strict=True)
        if _tells_apart(unit, calls) and not calls & features
    )


def _tells_apart(unit: Unit, calls: frozenset[str]) -> bool:
    """True for units that make a form what it is; a detail does where a synonym needs it ("Nasen|piercing")."""
    if unit.kind is Kind.HINT:
        return any(":" in call for call in calls)
    return unit.kind not in (Kind.GENERIC, Kind.ELEMENT)


def closest_form(entry: Entry, reading: Reading, level: Level) -> tuple[int, Form]:
    """The form of an entry that says least beyond the phrase, and how many units that is."""
    counted = [(len(unsaid(form, reading, level)), at, form) for at, form in enumerate(entry.forms)]
    count, _, form = min(counted, key=lambda each: each[:2])
    return count, form
