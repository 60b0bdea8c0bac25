"""From the services that explain a phrase to the answer: narrow by slots, pin what is left, or ask."""

from handfest.catalogue.evidence import Level, Reading, closest_form, unsaid
from handfest.catalogue.index import Entry, Form, ServiceIndex
from handfest.catalogue.phrase import Kind, Unit
from handfest.model.resolution import Ambiguous, Candidate, Resolution, Resolved, Unknown

_SCORES = {Level.NAMED: 0.9, Level.LED: 0.85, Level.KIND: 0.7, Level.NEAR: 0.5}
_PER_UNSAID = 0.06
_BROADER = {
    "rabbit": "small_animal",
    "rodent": "small_animal",
    "puppy": "dog",
    "kitten": "cat",
    "men": "adult",
    "women": "adult",
}
_MANY = 3
"""What so many services do says nothing of which one is meant."""
_OPPOSITE = {"men": "women", "women": "men"}
_EVIDENCE = {Level.NAMED: "words", Level.LED: "synonym", Level.KIND: "kind_of", Level.NEAR: "related"}


def choose(
    said: str, mask: int, reading: Reading, level: Level, index: ServiceIndex
) -> tuple[Resolution, bool]:
    """The answer among the services of `mask`; True where it says no more and no less than the phrase."""
    left = _by_whose_name(_by_target(index.chosen(mask), reading), reading)
    whom = _only_whom(left, mask, reading, index)
    if len(whom) == 1:
        return _pin(said, whom[0], level, 1), False
    if not left:
        return Unknown(said, "not_offered"), False
    left, lengths_fit = _by_duration(left, reading)
    wide = left
    left = _by_own_words(_by_hints(left, reading), reading)
    left = _without_sums(_by_negation(left, reading, index), reading, index)
    ranked = _without_others_only(_ranked(left, reading, level), reading, level)
    if not lengths_fit:
        return _ask(said, ranked, level, "duration_differs"), False
    if _only_for_the_others(index, reading):
        return _ask(said, ranked, level, "several_fit"), False
    exact = [entry for entry, rest in ranked if rest == 0]
    chosen = 0
    for at in reading.required():
        chosen |= reading.weighty[at]
    chooses = bool(chosen & (exact[0] if exact else ranked[0][0]).bit)
    against = _spoken_against(exact[0], reading, level, index) if len(exact) == 1 else ()
    kind = len(exact) == 1 and bool(exact[0].bit & reading.kinds) and not _narrowed(exact[0], reading)
    if kind or (len(exact) == 1 and not against and _only_talks(exact[0], reading, index)):
        against = _by_target(index.chosen(reading.kinds), reading)
        talks = _only_talks(exact[0], reading, index)
        against = tuple(
            e for e in against if e is not exact[0] and (talks or not _only_talks(e, reading, index))
        )
    if len(exact) == 1 and not against and _looks(exact[0], reading, index):
        against = tuple(
            entry for entry in wide if entry is not exact[0] and not _looks(entry, reading, index)
        )
    if len(exact) == 1 and not against and not _is_concept(exact[0], reading):
        against = _doing(exact[0], ranked, reading)
    if len(exact) == 1 and not against:
        against = _without_element(exact[0], ranked, reading, level)
    if against:
        return _ask(said, [(entry, 0) for entry in (exact[0], *against)], level, "several_fit"), False
    certain = level is not Level.NEAR and not _doubtful(level, reading)
    if len(exact) == 1 and (chooses or _plain_one(ranked, reading, level)) and certain:
        return _pin(said, exact[0], level), _word_for_word(exact[0], reading)
    if len(ranked) > 1:
        sized = _by_size([entry for entry, _ in ranked], reading) if not exact or len(exact) > 1 else None
        if sized is not None and (chooses or len(ranked) == 2):
            return _pin(said, sized, level), False
        larger = [(e, 0) for e in index.chosen(reading.larger) if all(e is not other for other, _ in ranked)]
        led = [each for each in ranked if each[0].bit & reading.larger]
        ranked = [*led, *(each for each in ranked if each not in led)]
        asked = [*ranked[:2], *larger, *ranked[2:]]
        return _ask(said, asked, level, "several_fit" if chooses else "general"), False
    return _only(said, ranked[0], reading, level, chooses, index), False


def _only_whom(
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


def _without_sums(entries: tuple[Entry, ...], reading: Reading, index: ServiceIndex) -> tuple[Entry, ...]:
    """Without services that do what others do singly ("Haircut & beard"), where a later part was spoken of alone."""
    must = {reading.phrase.units[at].stem for at in reading.required()}
    left = tuple(entry for entry in entries if entry.bit not in index.sums or must & entry.forms[0].parts[0])
    return left or entries


def _by_negation(entries: tuple[Entry, ...], reading: Reading, index: ServiceIndex) -> tuple[Entry, ...]:
    """Those whose names leave out what the caller leaves out ("Maniküre ohne Lack"), where names do so."""
    leaving = index.grammar(index.language).words.excluding & set(reading.phrase.tokens)
    left = tuple(entry for entry in entries if any(leaving & set(form.tokens) for form in entry.forms))
    return left or entries


def _plain_one(ranked: list[tuple[Entry, int]], reading: Reading, level: Level) -> bool:
    """True where all others are the same thing for somebody else ("Check-up", "Children's check-up")."""
    extra = [unsaid(closest_form(entry, reading, level)[1], reading, level) for entry, rest in ranked if rest]
    return bool(extra) and all(_person(unit) for units in extra for unit in units)


def _person(unit: Unit) -> bool:
    """True where a word says for whom: who calls speaks of themself where nobody is named, of no animal though."""
    return unit.kind is Kind.TARGET and unit.target is not None and unit.target[0] == "person"


def _without_others_only(
    ranked: list[tuple[Entry, int]], reading: Reading, level: Level
) -> list[tuple[Entry, int]]:
    """Without the services for somebody nobody spoke of, where one for everybody says no more than they do."""
    beyond = {
        entry.bit: unsaid(closest_form(entry, reading, level)[1], reading, level) for entry, _ in ranked
    }
    whom = {bit: sum(_person(unit) for unit in units) for bit, units in beyond.items()}
    plain = [len(beyond[entry.bit]) for entry, _ in ranked if not whom[entry.bit]]
    return [
        (entry, rest)
        for entry, rest in ranked
        if not whom[entry.bit] or not plain or min(plain) > rest - whom[entry.bit]
    ]


def _is_concept(entry: Entry, reading: Reading) -> bool:
    """True where the trade itself calls a service by the words."""
    concepts = {call for form in entry.forms for calls in form.calls for call in calls if ":" in call}
    return bool(concepts & reading.features[Level.LED])


def _looks(entry: Entry, reading: Reading, index: ServiceIndex) -> bool:
    """True where a service only looks again at what was said ("Nagelspange": Nagelspange Kontrolle)."""
    said = {unit.stem for unit in reading.phrase.units}
    looks = index.grammar(index.language).looks - said
    return all(any(unit.stem in looks for unit in form.units) for form in entry.forms)


def _doing(entry: Entry, ranked: list[tuple[Entry, int]], reading: Reading) -> tuple[Entry, ...]:
    """Services that do more with the thing said than one that only looks at it ("Spirale": Kontrolle, Einlegen)."""
    return tuple(other for other, rest in ranked if rest) if _only_looks(entry, reading) else ()


def _only_looks(entry: Entry, reading: Reading) -> bool:
    said = {unit.stem for unit in reading.phrase.units}
    return any(unit.kind is Kind.GENERIC and unit.stem not in said for unit in entry.forms[0].units)


def _without_element(
    entry: Entry, ranked: list[tuple[Entry, int]], reading: Reading, level: Level
) -> tuple[Entry, ...]:
    """Services that say what was said of no thing in particular, beside one that says it of a thing nobody named
    ("Reifen": Motorradreifen, Reifenmontage)."""

    def things(each: Entry) -> bool:
        said = {unit.stem for unit in reading.phrase.units}
        form = closest_form(each, reading, level)[1]
        return any(unit.kind is Kind.ELEMENT and unit.stem not in said for unit in form.units)

    if not things(entry):
        return ()
    return tuple(other for other, rest in ranked if rest and not things(other))


def _narrowed(entry: Entry, reading: Reading) -> bool:
    """True where a little word, a size or for whom it is speaks for a service."""
    little = (Kind.HINT, Kind.SIZE, Kind.TARGET)
    return any(
        unit.kind in little and reading.mask(at, Level.NAMED) & entry.bit
        for at, unit in enumerate(reading.phrase.units)
    )


def _only_talks(entry: Entry, reading: Reading, index: ServiceIndex) -> bool:
    """True where a service talks about what was said ("colour": Colour consultation), which nobody asked for."""
    said = {unit.stem for unit in reading.phrase.units}
    talk = index.grammar(index.language).talk
    return all(
        any(unit.stem in talk and unit.stem not in said for unit in form.units) for form in entry.forms[:1]
    )


def _word_for_word(entry: Entry, reading: Reading) -> bool:
    """True where a form of the service holds every word of the phrase itself, not a synonym of it."""
    said = {
        unit.stem
        for at, unit in enumerate(reading.phrase.units)
        if unit.kind is not Kind.HINT or reading.mask(at, Level.NAMED)
    }
    return any(said <= {unit.stem for unit in form.units} for form in entry.forms)


def _by_own_words(entries: tuple[Entry, ...], reading: Reading) -> tuple[Entry, ...]:
    """Those whose own words, not only synonyms, hold all that must be explained, where there are any."""
    must = {reading.phrase.units[at].stem for at in reading.required()}
    own = tuple(e for e in entries if any(must <= {unit.stem for unit in form.units} for form in e.forms))
    plain = not all(entry.targets for entry in entries)
    if not own or (plain and all(entry.targets for entry in own)):
        return entries
    return own


def _only(
    said: str, found: tuple[Entry, int], reading: Reading, level: Level, chooses: bool, index: ServiceIndex
) -> Resolution:
    """One service explains the words: pinned, unless the words are too general or only lead near it."""
    entry, rest = found
    if level is Level.NEAR or (level is Level.KIND and (rest > 1 or reading.bound)):
        return _ask(said, [found], level, "related")
    if not chooses:
        _, form = closest_form(entry, reading, level)
        timed = reading.phrase.duration is not None and reading.phrase.duration in (
            form.duration,
            entry.duration_min,
        )
        certain = timed or rest == 0 or _slot_fits(entry, reading)
        return _pin(said, entry, level, rest) if certain else _ask(said, [found], level, "general")
    kinds = _kinds(entry, reading, level, rest, index)
    if kinds:
        return _ask(said, [found, *((other, 1) for other in kinds)], Level.KIND, "several_fit")
    against = _spoken_against(entry, reading, level, index)
    if against:
        return _ask(said, [found, *((other, 0) for other in against)], level, "several_fit")
    if rest > 1 and any(reading.by_piece[at] for at in reading.required()):
        return _ask(said, [found], level, "related")
    if level is Level.NAMED and _only_in_part(entry, reading):
        return _ask(said, [found], level, "related")
    if (level is Level.LED and _narrower_than_said(entry, reading, level)) or _doubtful(level, reading, rest):
        return _ask(said, [found], level, "related")
    return _pin(said, entry, level, rest)


def _only_in_part(entry: Entry, reading: Reading) -> bool:
    """True where a word is only another word for a part of a name that says more ("Brauen zupfen": a make-up
    of the brows). What "und" or a comma sets apart in a name stands for itself.
    """
    said = {reading.phrase.units[at].stem for at in reading.required()}
    if said <= {unit.stem for form in entry.forms for unit in form.units} or any(reading.by_piece):
        return False
    form = closest_form(entry, reading, Level.NAMED)[1]
    beyond = {u.stem for u in unsaid(form, reading, Level.LED) if u.kind in (Kind.CONTENT, Kind.TARGET)}
    heard = reading.features[Level.LED]
    spoken_of = {unit.stem for unit, calls in zip(form.units, form.led, strict=True) if calls & heard}
    return any(beyond & part and spoken_of & part for part in form.parts)


def _kinds(entry: Entry, reading: Reading, level: Level, rest: int, index: ServiceIndex) -> tuple[Entry, ...]:
    """Other kinds of what was said, where no service is just that ("colour": root tint, highlights)."""
    if level is not Level.NAMED or rest == 0:
        return ()
    kinds = reading.kinds & ~reading.full(Level.LED, index.everything)
    others = _by_target(index.chosen(kinds), reading)
    return tuple(other for other in others if other is not entry and not other.targets - entry.targets)


def _spoken_against(entry: Entry, reading: Reading, level: Level, index: ServiceIndex) -> tuple[Entry, ...]:
    """Services whose own words hold what the caller was led away from ("Arbeitsvertrag prüfen": Vertragsprüfung)."""
    if level is Level.NAMED:
        return index.chosen(0 if reading.larger & entry.bit else reading.larger)
    if level is not Level.LED:
        return ()
    units = reading.phrase.units
    mask = 0
    for at, unit in enumerate(units):
        named = reading.mask(at, Level.NAMED)
        if unit.kind is Kind.GENERIC and named and not reading.mask(at, Level.KIND) & entry.bit:
            for other in reading.required():
                mask |= named & reading.mask(other, Level.NAMED)
    return index.chosen(mask & ~entry.bit)


def _doubtful(level: Level, reading: Reading, rest: int = 0) -> bool:
    """True where a word nobody knows was passed over and the others do not name the service in full."""
    return bool(reading.idle) and (level is not Level.NAMED or rest > 0)


def _slot_fits(entry: Entry, reading: Reading) -> bool:
    """True where a target or size was said and is part of the service's name."""
    return any(
        unit.kind in (Kind.TARGET, Kind.SIZE) and reading.mask(at, Level.NAMED) & entry.bit
        for at, unit in enumerate(reading.phrase.units)
    )


def _narrower_than_said(entry: Entry, reading: Reading, level: Level) -> bool:
    """True where every name holds more than the words led to ("Reiseimpfung" for a flu jab)."""
    return all(
        any(u.kind is Kind.CONTENT and u.stem in _led_to(form, reading) for u in unsaid(form, reading, level))
        or len({unit.stem for unit in unsaid(form, reading, level) if unit.kind is Kind.TARGET}) == 1
        for form in entry.forms
    )


def _led_to(form: Form, reading: Reading) -> frozenset[str]:
    """The stems of the part of a name that the words lead to, without what "und" and "mit" add to it."""
    heard = reading.features[Level.LED]
    spoken_of = {unit.stem for unit, calls in zip(form.units, form.led, strict=True) if calls & heard}
    part = next((part for part in form.parts if part & spoken_of), form.main)
    return part & form.main or part


def _by_target(entries: tuple[Entry, ...], reading: Reading) -> tuple[Entry, ...]:
    """Without services for somebody else; those for exactly the one named where there are any."""
    said = {unit.target for unit in reading.phrase.units if unit.target}
    said |= {(rank, _BROADER[group]) for rank, group in said if group in _BROADER}
    ranks = {rank for rank, _ in said}
    fitting = tuple(e for e in entries if said & e.targets or not any(rank in ranks for rank, _ in e.targets))
    named = tuple(entry for entry in fitting if said & entry.targets)
    return named or fitting


def _by_whose_name(entries: tuple[Entry, ...], reading: Reading) -> tuple[Entry, ...]:
    """Those that call whom it is for by the very word that was said ("Kater": Kastration Kater, not Katze)."""
    phrase = reading.phrase
    words = {phrase.tokens[unit.word] for unit in phrase.units if unit.target}
    called = tuple(entry for entry in entries if any(words & set(form.tokens) for form in entry.forms))
    return called or entries


def _only_for_the_others(index: ServiceIndex, reading: Reading) -> bool:
    """True where ladies were said and the catalogue names gentlemen only, or the other way round."""
    said = {unit.target[1] for unit in reading.phrase.units if unit.target}
    served = {group for entry in index.entries for _, group in entry.targets}
    return any(_OPPOSITE[group] in served and group not in served for group in said & _OPPOSITE.keys())


def _by_hints(entries: tuple[Entry, ...], reading: Reading) -> tuple[Entry, ...]:
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


def _by_duration(entries: tuple[Entry, ...], reading: Reading) -> tuple[tuple[Entry, ...], bool]:
    wanted = reading.phrase.duration
    if wanted is None:
        return entries, True
    fitting = tuple(entry for entry in entries if entry.duration_min == wanted)
    return (fitting, True) if fitting else (entries, False)


def _by_size(entries: list[Entry], reading: Reading) -> Entry | None:
    """The one shortest or longest, where a size was said and the lengths differ."""
    if reading.phrase.size == 0 or len({entry.targets for entry in entries}) > 1:
        return None
    by_length = sorted(entries, key=lambda entry: entry.duration_min * reading.phrase.size, reverse=True)
    return by_length[0] if by_length[0].duration_min != by_length[1].duration_min else None


def _ranked(entries: tuple[Entry, ...], reading: Reading, level: Level) -> list[tuple[Entry, int]]:
    """Entries with the number of units they say beyond the phrase, fewest first."""
    counted = [(entry, closest_form(entry, reading, level)[0]) for entry in entries]
    return sorted(counted, key=lambda each: (each[1], each[0].bit))


def _pin(said: str, entry: Entry, level: Level, rest: int = 0) -> Resolved:
    score = round(_SCORES[level] - _PER_UNSAID * rest, 3)
    return Resolved(said, entry.service_id, score, _EVIDENCE[level])


def _ask(said: str, ranked: list[tuple[Entry, int]], level: Level, reason: str) -> Ambiguous:
    candidates = tuple(
        Candidate(entry.service_id, round(_SCORES[level] / (1 + 0.1 * rest), 3), _EVIDENCE[level])
        for entry, rest in ranked
    )
    return Ambiguous(said, candidates, reason)


def nearest(said: str, reading: Reading, index: ServiceIndex) -> Resolution:
    """No service explains everything: ask about what was understood, or say that it is not offered."""
    if not reading.required():
        units = reading.phrase.units
        absent = len(units) == 1 and units[0].kind is Kind.ELEMENT and reading.strange[0]
        return Unknown(said, "not_offered") if absent else _unnamed(said, reading, index)
    weights: dict[Entry, int] = {}
    words = _content_by_word(reading)
    for entry in _by_target(index.entries, reading):
        weights[entry] = sum(bool(reading.mask(units[-1], Level.KIND) & entry.bit) for units in words)
    best = max(weights.values(), default=0)
    unexplained = len(words) - best
    strange = sum(_names_another(units, reading) for units in words) + bool(reading.bound)
    if best == 0 or unexplained > best or strange >= best:
        return Unknown(said, "not_offered")
    entries = tuple(entry for entry, weight in weights.items() if weight == best)
    entries, _ = _by_duration(_by_hints(entries, reading), reading)
    return _ask(said, _ranked(entries, reading, Level.LED), Level.NEAR, "partly_understood")


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
    or whom it is for and what is done besides; words anybody says of anything ("anmelden") do not.
    """
    words = index.grammar(index.language).words
    said = [unit for at, unit in enumerate(reading.phrase.units) if reading.mask(at, Level.NAMED) & entry.bit]
    rest = unsaid(closest_form(entry, reading, Level.NAMED)[1], reading, Level.NAMED)
    if any(unit.kind is Kind.TARGET for unit in said) and all(unit.kind is Kind.ACTION for unit in rest):
        return True
    return (
        any(
            unit.kind is not Kind.TARGET and reading.phrase.tokens[unit.word] not in words.soft
            for unit in said
        )
        or not rest
    )


def _by_own_hints(entries: tuple[Entry, ...], reading: Reading) -> tuple[Entry, ...]:
    """Those whose own words hold the little words said ("make a will": Will Writing), where there are any."""
    said = {unit.stem for unit in reading.phrase.units if unit.kind is Kind.HINT}
    own = tuple(e for e in entries if any(said & {unit.stem for unit in form.units} for form in e.forms))
    return own or entries


def _led_by_hints(entries: tuple[Entry, ...], reading: Reading) -> tuple[Entry, ...]:
    """Those that little words lead to ("zwei Wochen alt"), where there are any."""
    hints = [at for at, unit in enumerate(reading.phrase.units) if unit.kind is Kind.HINT]
    led = tuple(entry for entry in entries if any(reading.mask(at, Level.LED) & entry.bit for at in hints))
    return led or entries


def _of_element(entries: tuple[Entry, ...], reading: Reading) -> tuple[Entry, ...]:
    """Those that name the element of the trade that was said, where there are several."""
    elements = [at for at, unit in enumerate(reading.phrase.units) if unit.kind is Kind.ELEMENT]
    named = tuple(e for e in entries if any(reading.mask(at, Level.NAMED) & e.bit for at in elements))
    return named if len(named) > 1 else entries


def _unnamed(said: str, reading: Reading, index: ServiceIndex) -> Resolution:
    """Only slots were said: narrow the whole catalogue by them."""
    phrase = reading.phrase
    entries = _by_target(index.entries, reading)
    if phrase.duration is not None:
        entries = tuple(entry for entry in entries if entry.duration_min == phrase.duration)
        if not entries:
            return Unknown(said, "not_offered")
    entries = _of_element(_led_by_hints(_by_hints(entries, reading), reading), reading)
    entries = _by_own_hints(entries, reading)
    ranked = _ranked(entries, reading, Level.NAMED)
    narrowed = phrase.duration is not None or any(
        unit.kind is not Kind.ELEMENT and reading.explained[at][0] for at, unit in enumerate(phrase.units)
    )
    if len(entries) == 1 and narrowed and not reading.idle:
        timed = phrase.duration is not None and any(
            form.duration == phrase.duration for form in entries[0].forms
        )
        if timed or (phrase.duration is None and _slots_name(entries[0], reading, index)):
            return _pin(said, entries[0], Level.NAMED)
    sized = _by_size(list(entries), reading) if len(index.entries) == 2 else None
    if sized is not None:
        return _pin(said, sized, Level.NAMED)
    return _ask(said, ranked, Level.NAMED, "several_fit" if narrowed else "unnamed")
