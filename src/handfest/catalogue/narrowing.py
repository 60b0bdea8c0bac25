"""Narrow the services that fit: by whom they are for, their length, their own words, what the caller leaves out."""

from functools import reduce
from operator import and_

from handfest.catalogue.evidence import BROADER, MAY_BE, Level, Reading, closest_form, unsaid
from handfest.catalogue.form import Entry
from handfest.catalogue.index import ServiceIndex
from handfest.catalogue.phrase import Kind, Unit

_MANY = 3
"""What so many services do says nothing of which one is meant."""
_OPPOSITE = {"men": "women", "women": "men"}


def only_whom(
    entries: tuple[Entry, ...], mask: int, reading: Reading, index: ServiceIndex
) -> tuple[Entry, ...]:
    """The services that are named by nothing but whom they are for ("Kinder bis 12 Jahre"), where no other
    service for them fits and the phrase says besides only what most do ("Kinderhaarschnitt").
    """
    said = {unit.target for unit in reading.phrase.units if unit.target}
    if not said or any(e.targets & said for e in entries) or mask.bit_count() < _MANY:
        return ()
    return tuple(
        entry
        for entry in index.entries
        if entry.targets & said
        and all(unit.kind in (Kind.TARGET, Kind.HINT, Kind.ELEMENT) for unit in entry.forms[0].units)
    )


def without_sums(entries: tuple[Entry, ...], reading: Reading, index: ServiceIndex) -> tuple[Entry, ...]:
    """Without services that do what others do singly ("Haircut & beard"), where a later part was spoken of alone."""
    must = {reading.phrase.units[at].stem for at in reading.required()}
    left = tuple(entry for entry in entries if entry.bit not in index.sums or must & entry.forms[0].parts[0])
    return left or entries


def by_element(entries: tuple[Entry, ...], reading: Reading) -> tuple[Entry, ...]:
    """Without those that are about another thing of the trade than the one said ("Pedelec zur Inspektion":
    Fahrradinspektion), where all say the same besides and others are about that very thing."""

    def things(entry: Entry) -> set[str]:
        return {unit.stem for form in entry.forms for unit in form.units if unit.kind is Kind.ELEMENT}

    said = {unit.stem for unit in reading.phrase.units if unit.kind is Kind.ELEMENT}
    must = {reading.phrase.units[at].stem for at in reading.required()}
    alike = all(any(must <= {unit.stem for unit in form.units} for form in entry.forms) for entry in entries)
    if not alike or not any(things(entry) & said for entry in entries):
        return entries
    return tuple(entry for entry in entries if not things(entry) or things(entry) & said)


def without_torn(entries: tuple[Entry, ...], reading: Reading, index: ServiceIndex) -> tuple[Entry, ...]:
    """Without sums in whose different parts the parts of one word stand ("Bartschnitt": Haarschnitt + Bart); what
    is done "mit" something is no sum."""
    with_it = index.grammar(index.language).words.accompanying
    words: dict[int, set[str]] = {}
    for at in reading.required():
        unit = reading.phrase.units[at]
        if unit.kind is Kind.CONTENT:
            words.setdefault(unit.word, set()).add(unit.stem)

    def torn(entry: Entry) -> bool:
        parts = entry.forms[0].parts
        if with_it & set(entry.forms[0].tokens):
            return False
        return any(not any(stems <= part for part in parts) for stems in words.values() if len(stems) > 1)

    return tuple(entry for entry in entries if entry.bit not in index.sums or not torn(entry)) or entries


def by_negation(entries: tuple[Entry, ...], reading: Reading, index: ServiceIndex) -> tuple[Entry, ...]:
    """Those whose names leave out what the caller leaves out ("Maniküre ohne Lack"), where names do so."""
    leaving = index.grammar(index.language).words.excluding & set(reading.phrase.tokens)
    left = tuple(entry for entry in entries if any(leaving & set(form.tokens) for form in entry.forms))
    return left or entries


def plain_one(ranked: list[tuple[Entry, int]], reading: Reading, level: Level) -> bool:
    """True where all others are the same thing for somebody else ("Check-up", "Children's check-up")."""
    extra = [unsaid(closest_form(entry, reading, level)[1], reading, level) for entry, rest in ranked if rest]
    return bool(extra) and all(_person(unit) for units in extra for unit in units)


def _person(unit: Unit) -> bool:
    """True where a word says for whom: who calls speaks of themself where nobody is named, of no animal though."""
    return unit.kind is Kind.TARGET and unit.target is not None and unit.target[0] == "person"


def without_others_only(
    ranked: list[tuple[Entry, int]], reading: Reading, level: Level
) -> list[tuple[Entry, int]]:
    """Without the services for somebody nobody spoke of, where one for everybody says no more than they do.

    As much beyond the phrase as they do is no reason to take it for theirs ("Haare schneiden": Pony schneiden).
    """
    beyond = {
        entry.bit: unsaid(closest_form(entry, reading, level)[1], reading, level) for entry, _ in ranked
    }
    whom = {bit: sum(_person(unit) for unit in units) for bit, units in beyond.items()}
    plain = [len(beyond[entry.bit]) for entry, _ in ranked if not whom[entry.bit]]
    return [
        (entry, rest)
        for entry, rest in ranked
        if not whom[entry.bit] or not plain or min(plain) >= max(rest - whom[entry.bit], 1)
    ]


def what_all_do(at: int, reading: Reading, index: ServiceIndex) -> bool:
    """True for what most services of the catalogue do ("Massage"), which says nothing beside a thing."""
    return (
        reading.phrase.units[at].kind is Kind.ACTION
        and 2 * reading.mask(at, Level.NAMED).bit_count() > len(index.entries)
        and len(reading.required()) > 1
    )


def by_own_words(entries: tuple[Entry, ...], reading: Reading, index: ServiceIndex) -> tuple[Entry, ...]:
    """Those whose own words, not only synonyms, hold all that must be explained, where there are any.

    Not where these say more than one that the trade alone calls so ("Fahrstunde": Motorradfahrstunde, beside
    Übungsfahrt Pkw; "KG": KG am Gerät and KG-ZNS, beside Krankengymnastik); nor for what all do ("Rückenmassage"
    among massages: Rücken intensiv).
    """
    must = {reading.phrase.units[at].stem for at in reading.required() if not what_all_do(at, reading, index)}
    own = tuple(e for e in entries if any(must <= {unit.stem for unit in form.units} for form in e.forms))
    plain = not all(entry.targets for entry in entries)
    if not own or (plain and all(entry.targets for entry in own)):
        return entries
    if len(own) == 1 and len(own[0].forms[0].parts) > 1:
        return own
    beyond = {entry.bit: closest_form(entry, reading, Level.NAMED)[0] for entry in entries}
    least = min(beyond[entry.bit] for entry in own)
    thing = any(reading.phrase.units[at].kind is Kind.CONTENT for at in reading.required())
    return tuple(e for e in entries if e in own or ((thing or len(own) == 1) and beyond[e.bit] < least))


def by_target(entries: tuple[Entry, ...], reading: Reading) -> tuple[Entry, ...]:
    """Without services for somebody else; those for exactly the one named where there are any.

    Who is of a group is of its broader one as well, and a child may be as old as a teenager.
    """
    named = {unit.target for unit in reading.phrase.units if unit.target}
    broader = {(rank, BROADER[group]) for rank, group in named if group in BROADER}
    wider = {(rank, MAY_BE[group]) for rank, group in named if group in MAY_BE}
    if not named:
        return entries
    ranks, all_of_them = {rank for rank, _ in named}, named | broader | wider
    led = _led_by_whom(reading)
    fitting = tuple(
        entry
        for entry in entries
        if all_of_them & entry.targets
        or led & entry.bit
        or not any(rank in ranks for rank, _ in entry.targets)
    )
    theirs = (tuple(entry for entry in fitting if said & entry.targets) for said in (named, broader, wider))
    return next((found for found in theirs if found), fitting)


def _led_by_whom(reading: Reading) -> int:
    """The services for a couple that somebody led to beside what is done ("Fotos mit meinem Freund": Paarshooting)."""
    units = reading.phrase.units
    whom = [
        at for at, unit in enumerate(units) if unit.kind is Kind.TARGET and not reading.mask(at, Level.NAMED)
    ]
    if not whom or all(unit.kind is Kind.TARGET for unit in units):
        return 0
    return reduce(and_, (reading.mask(at, Level.LED) for at in whom))


def by_whose_name(entries: tuple[Entry, ...], reading: Reading) -> tuple[Entry, ...]:
    """Those that call whom it is for by the very word that was said ("Kater": Kastration Kater, not Katze)."""
    phrase = reading.phrase
    words = {phrase.tokens[unit.word] for unit in phrase.units if unit.target}
    called = tuple(entry for entry in entries if any(words & set(form.tokens) for form in entry.forms))
    return called or entries


def only_for_the_others(mask: int, reading: Reading, index: ServiceIndex) -> bool:
    """True where ladies were said and what was said is there for gentlemen only, or the other way round."""
    said = {unit.target[1] for unit in reading.phrase.units if unit.target}
    if not said & _OPPOSITE.keys():
        return False
    served = {group for entry in index.entries for _, group in entry.targets}
    theirs = {group for entry in index.chosen(mask) for _, group in entry.targets}
    return any(_OPPOSITE[group] in theirs and group not in served for group in said & _OPPOSITE.keys())


def by_hints(entries: tuple[Entry, ...], reading: Reading) -> tuple[Entry, ...]:
    """Those that most of the words that need no explanation speak for."""
    hints = [
        at
        for at, unit in enumerate(reading.phrase.units)
        if unit.kind in (Kind.HINT, Kind.SIZE, Kind.GENERIC, Kind.TARGET) and reading.mask(at, Level.NAMED)
    ]
    counts = [sum(bool(reading.mask(at, Level.NAMED) & entry.bit) for at in hints) for entry in entries]
    best = tuple(entry for entry, count in zip(entries, counts, strict=True) if count == max(counts))
    sizes = [at for at in hints if reading.phrase.units[at].kind is Kind.SIZE]
    sized = tuple(e for e in best if any(reading.mask(at, Level.NAMED) & e.bit for at in sizes))
    return sized or best


def by_duration(entries: tuple[Entry, ...], reading: Reading) -> tuple[tuple[Entry, ...], bool]:
    wanted = reading.phrase.duration
    if wanted is None:
        return entries, True
    fitting = tuple(entry for entry in entries if entry.duration_min == wanted)
    return (fitting, True) if fitting else (entries, False)


def by_size(entries: list[Entry], reading: Reading) -> Entry | None:
    """The one shortest or longest, where a size was said and the lengths differ."""
    if reading.phrase.size == 0 or len({entry.targets for entry in entries}) > 1:
        return None
    by_length = sorted(entries, key=lambda entry: entry.duration_min * reading.phrase.size, reverse=True)
    return by_length[0] if by_length[0].duration_min != by_length[1].duration_min else None


def by_closeness(entries: tuple[Entry, ...], reading: Reading, level: Level) -> list[tuple[Entry, int]]:
    """Entries with the number of units they say beyond the phrase, fewest first."""
    counted = [(entry, closest_form(entry, reading, level)[0]) for entry in entries]
    return sorted(counted, key=lambda each: (each[1], each[0].bit))


def by_own_hints(entries: tuple[Entry, ...], reading: Reading) -> tuple[Entry, ...]:
    """Those whose own words hold the little words said ("make a will": Will Writing), where there are any."""
    said = {unit.stem for unit in reading.phrase.units if unit.kind is Kind.HINT}
    own = tuple(e for e in entries if any(said & {unit.stem for unit in form.units} for form in e.forms))
    return own or entries


def by_details(entries: tuple[Entry, ...], reading: Reading, index: ServiceIndex) -> tuple[Entry, ...]:
    """Those that a detail of the trade leads to ("for our Great Dane": Full Groom Large Dog), where there are any."""
    grammar = index.grammar(index.language)
    details = [
        at
        for at, unit in enumerate(reading.phrase.units)
        if unit.kind is Kind.HINT
        and reading.phrase.tokens[unit.word] in grammar.light
        and reading.phrase.tokens[unit.word] not in grammar.words.soft
    ]
    led = tuple(entry for entry in entries if any(reading.mask(at, Level.LED) & entry.bit for at in details))
    return led or entries


def led_by_hints(entries: tuple[Entry, ...], reading: Reading) -> tuple[Entry, ...]:
    """Those that little words lead to ("zwei Wochen alt"), where there are any."""
    hints = [at for at, unit in enumerate(reading.phrase.units) if unit.kind is Kind.HINT]
    led = tuple(entry for entry in entries if any(reading.mask(at, Level.LED) & entry.bit for at in hints))
    return led or entries


def of_element(entries: tuple[Entry, ...], reading: Reading) -> tuple[Entry, ...]:
    """Those that name the element of the trade that was said, where there are several."""
    elements = [at for at, unit in enumerate(reading.phrase.units) if unit.kind is Kind.ELEMENT]
    named = tuple(e for e in entries if any(reading.mask(at, Level.NAMED) & e.bit for at in elements))
    return named if len(named) > 1 else entries
