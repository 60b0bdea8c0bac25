"""Where no service explains a whole phrase: slots alone, a question about what was understood, or nothing."""

from handfest.catalogue.evidence import Level, Reading, closest_form, unsaid
from handfest.catalogue.form import Entry
from handfest.catalogue.index import ServiceIndex
from handfest.catalogue.narrowing import (
    by_closeness,
    by_duration,
    by_hints,
    by_own_hints,
    by_size,
    by_target,
    led_by_hints,
    of_element,
)
from handfest.catalogue.phrase import Kind, Unit
from handfest.catalogue.sides import is_side
from handfest.catalogue.spelling import tokens
from handfest.catalogue.verdict import ask, pin
from handfest.model.resolution import Resolution, Unknown

_REPAIR = "common:repair"


def nearest(said: str, reading: Reading, index: ServiceIndex) -> Resolution:
    """No service explains everything: ask about what was understood, or say that it is not offered."""
    if not reading.required():
        return _unnamed(said, reading, index)
    if _mends_the_trade(reading, index):
        return ask(said, by_closeness(index.entries, reading, Level.NAMED), Level.NAMED, "unnamed")
    words = _content_by_word(reading)
    explained = [reading.mask(units[-1], Level.KIND) for units in words]
    weights = [
        (entry, len([mask for mask in explained if mask & entry.bit]))
        for entry in by_target(index.entries, reading)
    ]
    best = max((weight for _, weight in weights), default=0)
    unexplained = len(words) - best
    strange = sum(_names_another(units, reading) for units in words) + bool(reading.bound)
    elsewhere = (
        _only_what_is_done(words, reading)
        or _done_to_another(words, reading)
        or _only_the_purpose(words, reading, index)
    )
    if best == 0 or unexplained > best or strange >= best or elsewhere:
        return Unknown(said, "not_offered")
    entries = tuple(entry for entry, weight in weights if weight == best)
    entries, lengths_fit = by_duration(by_hints(entries, reading), reading)
    alone = len(entries) == 1 and lengths_fit and not strange and unexplained == 1
    if alone and _led_by_two(entries[0], words, reading, tokens(said)):
        return pin(said, entries[0], Level.LED, 1)
    return ask(said, by_closeness(entries, reading, Level.LED), Level.NEAR, "partly_understood")


def _mends_the_trade(reading: Reading, index: ServiceIndex) -> bool:
    """True for a repair of what the trade is all about, of which nothing is known but that ("repair my bike")."""
    units = reading.phrase.units
    repair = (units[at].stem for at in reading.required())
    element = any(unit.kind is Kind.ELEMENT for unit in units)
    return element and all(
        any(p.concept == _REPAIR and p.stems == {stem} for p in index.patterns.get(stem, ()))
        for stem in repair
    )


def _led_by_two(
    entry: Entry, words: tuple[tuple[int, ...], ...], reading: Reading, heard: tuple[str, ...]
) -> bool:
    """True where two words lead to a service and nowhere else, which outweighs one that nobody knows here ("the
    exhaust blows black smoke"): that one is a circumstance. Words that were only put right
    ("Blut": blow out) are no such words."""

    def leads(at: int) -> bool:
        unit = reading.phrase.units[at]
        said = reading.phrase.tokens[unit.word] in heard
        return said and unit.kind is Kind.CONTENT and reading.mask(at, Level.LED) == entry.bit

    away = any(reading.mask(units[-1], Level.LED) & ~entry.bit for units in words)
    return not away and sum(any(leads(at) for at in units) for units in words) > 1


def _only_what_is_done(words: tuple[tuple[int, ...], ...], reading: Reading) -> bool:
    """True where services explain what is done, and of a thing that was named none knows anything ("car wash")."""
    units = reading.phrase.units
    heads = [units[each[-1]] for each in words]
    explained = [bool(reading.mask(each[-1], Level.NEAR)) for each in words]
    done = all(unit.kind is Kind.ACTION for unit, known in zip(heads, explained, strict=True) if known)
    things = [unit for unit, known in zip(heads, explained, strict=True) if not known]
    return done and any(unit.kind is Kind.CONTENT and unit.known and not unit.verbal for unit in things)


def _done_to_another(words: tuple[tuple[int, ...], ...], reading: Reading) -> bool:
    """True where the only word says what is done to a thing none knows anything of ("Fahrradreparatur" at a garage)."""
    if len(words) != 1:
        return False
    *things, done = (reading.phrase.units[at] for at in words[0])
    known = any(reading.mask(at, Level.NEAR) for at in words[0][:-1])
    return done.kind is Kind.ACTION and not known and any(t.kind is Kind.CONTENT and t.known for t in things)


def _only_the_purpose(words: tuple[tuple[int, ...], ...], reading: Reading, index: ServiceIndex) -> bool:
    """True where a known word before "für" names nothing here, and all that is understood stands behind it
    ("einen DJ für die Hochzeit")."""
    phrase, leading = reading.phrase, index.grammar(index.language).words.purpose
    at = next((at for at, token in enumerate(phrase.tokens) if token in leading), None)
    before = [units for units in words if at is not None and phrase.units[units[0]].word < at]
    return bool(before) and all(
        phrase.units[unit].known and not reading.mask(unit, Level.NEAR) for units in before for unit in units
    )


def _names_another(units: tuple[int, ...], reading: Reading) -> bool:
    """True for a word that names something absent; not where only its modifier does ("Aknenarben": Narben)."""
    if any(reading.phrase.units[at].stem.startswith("@") and reading.strange[at] for at in units):
        return True
    head = units[-1]
    kept = reading.phrase.units[head].kind is Kind.CONTENT and reading.mask(head, Level.NAMED)
    return not kept and any(reading.strange[at] for at in units)


def _content_by_word(reading: Reading) -> tuple[tuple[int, ...], ...]:
    """The units that say something, word by word; the last of a compound is its head."""
    words: dict[int, list[int]] = {}
    for at in reading.required():
        unit = reading.phrase.units[at]
        if unit.kind is Kind.CONTENT or reading.weighty[at]:
            words.setdefault(unit.word, []).append(at)
    return tuple(tuple(units) for units in words.values())


def _slots_name(entry: Entry, reading: Reading, index: ServiceIndex) -> bool:
    """True where slots and little words alone name a service ("der große Service"): its size, its name in full,
    whom it is for and what is done besides, or the side of a matter ("als Vermieter").

    Words anybody says of anything ("anmelden") and details of the trade ("ein Rezept": Massage auf Rezept) do not.
    """
    words, light = index.grammar(index.language).words, index.grammar(index.language).light
    said = [unit for at, unit in enumerate(reading.phrase.units) if reading.mask(at, Level.NAMED) & entry.bit]
    form = closest_form(entry, reading, Level.NAMED)[1]
    rest = unsaid(form, reading, Level.NAMED)
    if any(unit.kind is Kind.TARGET for unit in said) and all(unit.kind is Kind.ACTION for unit in rest):
        return True
    if any(unit.target in entry.targets and is_side(unit.target) for unit in said):
        return True
    telling = [unit for unit in said if not _is_inside(unit, entry, reading, index)]
    return any(
        unit.kind is not Kind.TARGET
        and reading.phrase.tokens[unit.word] not in words.soft
        and not (unit.kind is Kind.HINT and unit.stem in light)
        for unit in telling
    ) or (not rest and (bool(telling) or not said))


def _led_alone(entry: Entry, reading: Reading) -> bool:
    """True where little words lead to a service and nowhere else ("I've never been before": New patient)."""
    hints = [at for at, unit in enumerate(reading.phrase.units) if unit.kind is Kind.HINT]
    return not any(reading.strange) and any(reading.mask(at, Level.LED) == entry.bit for at in hints)


def _is_inside(unit: Unit, entry: Entry, reading: Reading, index: ServiceIndex) -> bool:
    """True for a little word that only happens to stand inside one of a name or beside it ("nach": Nachstechen)."""
    grammar = index.grammar(index.language)
    token = reading.phrase.tokens[unit.word]
    if unit.kind is Kind.TARGET or token not in grammar.words.function:
        return False
    names = [tokens(word) for form in entry.forms for word in form.text.split() if word[:1].isupper()]
    return not any(
        (token,) == told or (token not in told and grammar.morphology.parts(told[0]) == (unit.stem,))
        for told in names
        if told
    )


def _unnamed(said: str, reading: Reading, index: ServiceIndex) -> Resolution:
    """Only slots were said: narrow the whole catalogue by them."""
    phrase = reading.phrase
    entries = by_target(index.entries, reading)
    if phrase.duration is not None:
        entries = tuple(entry for entry in entries if entry.duration_min == phrase.duration)
        if not entries:
            return Unknown(said, "not_offered")
    entries = of_element(led_by_hints(by_hints(entries, reading), reading), reading)
    entries = by_own_hints(entries, reading)
    ranked = by_closeness(entries, reading, Level.NAMED)
    narrowed = phrase.duration is not None or any(
        unit.kind is not Kind.ELEMENT and reading.explained[at][0] for at, unit in enumerate(phrase.units)
    )
    if len(entries) == 1 and narrowed and not reading.idle:
        timed = phrase.duration is not None and any(
            form.duration == phrase.duration for form in entries[0].forms
        )
        if timed or (phrase.duration is None and _slots_name(entries[0], reading, index)):
            return pin(said, entries[0], Level.NAMED)
    if len(entries) == 1 and not narrowed and not reading.idle and _led_alone(entries[0], reading):
        return pin(said, entries[0], Level.LED, 1)
    sized = by_size(list(entries), reading) if len(index.entries) == 2 else None
    if sized is not None:
        return pin(said, sized, Level.NAMED)
    return ask(said, ranked, Level.NAMED, "several_fit" if narrowed else "unnamed")
