"""What speaks against pinning the one service that fits, so that the caller is asked instead."""

from functools import reduce
from operator import and_, or_

from handfest.catalogue.evidence import BROADER, Level, Reading, closest_form, unsaid
from handfest.catalogue.form import Entry, Form
from handfest.catalogue.index import ServiceIndex
from handfest.catalogue.narrowing import by_duration, by_target, what_all_do
from handfest.catalogue.phrase import Kind
from handfest.catalogue.sides import is_side

_SHORTEST_INSIDE = 4
_MANY = 3
"""What so many services do says nothing of which one is meant."""
_FEW_PARTS = 2
"""A name of more parts is a sum, of which one part alone is not wished for."""
_PEOPLE = {("person", "adult"), ("person", "men"), ("person", "women")}


_SEVERAL = 3
"""So many services about one thing make naming it no choice."""


def is_concept(entry: Entry, reading: Reading) -> bool:
    """True where the trade itself calls a service by the words."""
    return bool(_concepts(entry) & reading.features[Level.LED])


def called_in_general(entry: Entry, reading: Reading, index: ServiceIndex) -> bool:
    """True where the trade itself calls a service by the general words said, not only its name ("zum ersten Mal":
    Erstdiagnostik); what is done is no such word, nor is a talk or a look at a thing."""
    required = reading.required()
    general = all(reading.phrase.units[at].kind is Kind.GENERIC for at in required)
    said = (at for at, unit in enumerate(reading.phrase.units) if unit.kind is Kind.GENERIC)
    explained = all(reading.mask(at, Level.LED) & entry.bit for at in said)
    heads = index.grammar(index.language).talk | index.grammar(index.language).looks
    plain = any(reading.phrase.units[at].stem in heads for at in required)
    return general and explained and not plain and not reading.idle and is_concept(entry, reading)


def _concepts(entry: Entry) -> frozenset[str]:
    return frozenset(call for form in entry.forms for calls in form.calls for call in calls if ":" in call)


def only_looks_again(entry: Entry, reading: Reading, index: ServiceIndex) -> bool:
    """True where a service only looks again at what was said ("Nagelspange": Nagelspange Kontrolle), and nobody asked
    for a look ("contact lens check": Contact Lens Aftercare)."""
    looks = index.grammar(index.language).looks
    asked = any(
        unit.stem in looks or (unit.kind is Kind.GENERIC and reading.mask(at, Level.NAMED) & entry.bit)
        for at, unit in enumerate(reading.phrase.units)
    )
    if asked:
        return False
    return all(any(unit.stem in looks for unit in form.units) for form in entry.forms)


def doing_more(entry: Entry, ranked: list[tuple[Entry, int]], reading: Reading) -> tuple[Entry, ...]:
    """Services that do more with the thing said than one that only looks at it ("Spirale": Kontrolle, Einlegen)."""
    return tuple(other for other, rest in ranked if rest) if _only_looks(entry, reading) else ()


def _only_looks(entry: Entry, reading: Reading) -> bool:
    said = {unit.stem for unit in reading.phrase.units}
    return any(unit.kind is Kind.GENERIC and unit.stem not in said for unit in entry.forms[0].units)


def without_hint(entry: Entry, ranked: list[tuple[Entry, int]], reading: Reading) -> tuple[Entry, ...]:
    """Services that do the same, beside one whose name adds but a hint nobody gave ("Massage": "Massage für Zwei")."""
    said = {unit.stem for unit in reading.phrase.units}
    if any(unit.kind is Kind.CONTENT for unit in reading.phrase.units):
        return ()
    hinted = any(unit.kind is Kind.HINT and unit.stem not in said for unit in entry.forms[0].units)
    others = tuple(other for other, rest in ranked if rest)
    one_head = len(reading.phrase.tokens) == 1 and reading.phrase.tokens[0] not in entry.forms[0].tokens
    hinted |= one_head and all(unit.kind is Kind.GENERIC for unit in reading.phrase.units)
    return others if hinted and (len(others) >= _MANY or (one_head and others)) else ()


def without_element(
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


def is_narrowed(entry: Entry, reading: Reading) -> bool:
    """True where a little word, a size or for whom it is speaks for a service."""
    little = (Kind.HINT, Kind.SIZE, Kind.TARGET)
    return any(
        unit.kind in little and reading.mask(at, Level.NAMED) & entry.bit
        for at, unit in enumerate(reading.phrase.units)
    )


def only_talks(entry: Entry, reading: Reading, index: ServiceIndex) -> bool:
    """True where a service talks about what was said ("colour": Colour consultation), which nobody asked for."""
    said = {unit.stem for unit in reading.phrase.units}
    talk = index.grammar(index.language).talk
    return all(
        any(unit.stem in talk and unit.stem not in said for unit in form.units) for form in entry.forms[:1]
    )


def word_for_word(entry: Entry, reading: Reading) -> bool:
    """True where a form of the service holds every word of the phrase itself, not a synonym of it."""
    said = {
        unit.stem
        for at, unit in enumerate(reading.phrase.units)
        if unit.kind is not Kind.HINT or reading.mask(at, Level.NAMED)
    }
    return any(said <= {unit.stem for unit in form.units} for form in entry.forms)


def only_in_part(entry: Entry, reading: Reading, index: ServiceIndex) -> bool:
    """True where a word is only another word for a part of a name that says more ("Brauen zupfen": a make-up
    of the brows). What "und" or a comma sets apart in a name stands for itself.
    """
    said = {reading.phrase.units[at].stem for at in reading.required() if not what_all_do(at, reading, index)}
    if said <= {unit.stem for form in entry.forms for unit in form.units} or any(reading.by_piece):
        return False
    form = closest_form(entry, reading, Level.NAMED)[1]
    beyond = {u.stem for u in unsaid(form, reading, Level.LED) if u.kind in (Kind.CONTENT, Kind.TARGET)}
    heard = reading.features[Level.LED]
    spoken_of = {unit.stem for unit, calls in zip(form.units, form.led, strict=True) if calls & heard}
    return any(beyond & part and spoken_of & part for part in form.parts)


def other_kinds(
    entry: Entry, reading: Reading, level: Level, rest: int, index: ServiceIndex
) -> tuple[Entry, ...]:
    """Other kinds of what was said, where no service is just that ("colour": root tint, highlights)."""
    if level is not Level.NAMED or rest == 0 or slot_fits(entry, reading):
        return ()
    kinds = reading.kinds & ~reading.full(Level.LED, index.everything)
    others, lengths_fit = by_duration(by_target(index.chosen(kinds), reading), reading)
    if not lengths_fit:
        return ()
    return tuple(other for other in others if other is not entry and not other.targets - entry.targets)


def spoken_against(entry: Entry, reading: Reading, level: Level, index: ServiceIndex) -> tuple[Entry, ...]:
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


def is_doubtful(level: Level, reading: Reading, rest: int = 0) -> bool:
    """True where a word nobody knows was passed over and the others do not name the service in full.

    Two nouns that both lead to it leave no doubt ("der Vermieter zahlt die Kaution nicht zurück"); the side of
    a matter that the caller is of is one of them.
    """
    units = reading.phrase.units
    nouns = sum(units[at].kind is Kind.CONTENT for at in reading.required())
    nouns += any(is_side(unit.target) for unit in units)
    if level is Level.LED and nouns > 1:
        return False
    alone = nouns and all(reading.mask(at, Level.LED).bit_count() == 1 for at in reading.required())
    if level is Level.LED and alone and len({units[at].word for at in reading.idle}) == 1:
        return False
    return bool(reading.idle) and (level is not Level.NAMED or rest > 0)


def rest_of_part(entry: Entry, reading: Reading, level: Level, rest: int) -> int:
    """How much a name says beyond the phrase, 0 where one of the things it sets apart with "und" is said in full
    ("den Pflichtteil einfordern": Erbrecht und Pflichtteil)."""
    form = closest_form(entry, reading, level)[1]
    beyond = {unit.stem for unit in unsaid(form, reading, level)}
    named = {
        unit.stem
        for unit, calls in zip(form.units, form.calls, strict=True)
        if calls & reading.features[Level.NAMED] and unit.kind in (Kind.CONTENT, Kind.ACTION)
    }
    whole = len(form.parts) == _FEW_PARTS and any(part & named and not part & beyond for part in form.parts)
    return 0 if whole else rest


def slot_fits(entry: Entry, reading: Reading) -> bool:
    """True where a target or size was said and is part of the service's name."""
    return any(
        unit.kind in (Kind.TARGET, Kind.SIZE) and reading.mask(at, Level.NAMED) & entry.bit
        for at, unit in enumerate(reading.phrase.units)
    )


def narrower_than_said(entry: Entry, reading: Reading, level: Level) -> bool:
    """True where every name holds more than the words led to ("Reiseimpfung" for a flu jab)."""
    if _names_alone(entry, reading):
        return False
    if _one_of_several_parts(entry, reading):
        return True
    said = {reading.phrase.tokens[unit.word] for unit in reading.phrase.units}
    return all(
        any(
            u.kind is Kind.CONTENT
            and u.stem in _led_to(form, reading)
            and not _begun(form.tokens[u.word], said)
            for u in unsaid(form, reading, level)
        )
        or len({unit.stem for unit in unsaid(form, reading, level) if unit.kind is Kind.TARGET}) == 1
        for form in entry.forms
    )


def _begun(token: str, said: set[str]) -> bool:
    """True where a word of a name begins with one that was said ("der Nagel ist abgebrochen": Nagelbruch)."""
    return any(len(word) > _SHORTEST_INSIDE and token != word and token.startswith(word) for word in said)


def _one_of_several_parts(entry: Entry, reading: Reading) -> bool:
    """True where the words lead to one part of what a service does together ("Locken": Waschen, Schneiden, Föhnen)."""
    form = entry.forms[0]
    heard = reading.features[Level.LED]
    spoken_of = {unit.stem for unit, calls in zip(form.units, form.led, strict=True) if calls & heard}
    return len(form.parts) > _FEW_PARTS and sum(bool(part & spoken_of) for part in form.parts) == 1


def _names_alone(entry: Entry, reading: Reading) -> bool:
    """True where a noun that no other service has in its name was said besides what leads to this one
    ("die Krone ist locker": Krone einsetzen)."""
    own = {unit.stem for form in entry.forms for unit in form.units}
    return any(
        unit.kind is Kind.CONTENT and unit.stem in own and reading.mask(at, Level.NAMED) == entry.bit
        for at, unit in enumerate(reading.phrase.units)
    )


def _led_to(form: Form, reading: Reading) -> frozenset[str]:
    """The stems of the part of a name that the words lead to, without what "und" and "mit" add to it."""
    heard = reading.features[Level.LED]
    spoken_of = {unit.stem for unit, calls in zip(form.units, form.led, strict=True) if calls & heard}
    part = next((part for part in form.parts if part & spoken_of), form.main)
    return part & form.main or part


def named_literally(
    entry: Entry, ranked: list[tuple[Entry, int]], reading: Reading, level: Level
) -> tuple[Entry, ...]:
    """Services whose own names hold all that was said, beside one that says more and that the trade alone
    calls so ("massage": Sports massage, which is one, and Pregnancy massage)."""
    must = {reading.phrase.units[at].stem for at in reading.required()}

    def own(form: Form) -> frozenset[str]:
        return frozenset(unit.stem for unit in form.units)

    literal = {
        reading.phrase.units[at].stem
        for at in reading.required()
        if reading.phrase.units[at].kind is Kind.CONTENT
    }
    missing = literal - frozenset().union(*(own(form) for form in entry.forms))
    if level is Level.LED and missing:
        return tuple(other for other, rest in ranked if rest and any(missing & own(f) for f in other.forms))
    more = all(
        any(unit.kind is Kind.CONTENT and unit.stem not in must for unit in form.units)
        for form in entry.forms
    )
    if not more or is_narrowed(entry, reading) or reading.phrase.duration is not None:
        return ()
    return tuple(
        other
        for other, rest in ranked
        if rest
        and len(other.forms[0].parts) == 1
        and any(must <= {unit.stem for unit in form.units} for form in other.forms)
    )


def named_elsewhere(entry: Entry, reading: Reading, index: ServiceIndex) -> tuple[Entry, ...]:
    """The services that name the content words that were said, none of them this one, which the words only
    lead to ("Arbeitsvertrag": a dismissal, beside labour law and the review of contracts); not those that do
    something else with it ("Waschmaschine anschließen": Waschmaschinenreparatur)."""
    named = [
        reading.mask(at, Level.NAMED)
        for at in reading.required()
        if reading.phrase.units[at].kind is Kind.CONTENT
    ]
    if any(mask & entry.bit for mask in named):
        return ()
    if not named or not all(named):
        return () if reading.told & entry.bit else named_alone(reading, index)
    return by_target(index.chosen(reduce(or_, named) & _doing_it(reading, index)), reading)


def _doing_it(reading: Reading, index: ServiceIndex) -> int:
    """The services that explain what is to be done, all where nothing was said of it."""
    done = (at for at in reading.required() if reading.phrase.units[at].kind is Kind.ACTION)
    return reduce(and_, (reading.mask(at, Level.KIND) for at in done), index.everything)


def led_by_little(entry: Entry, reading: Reading, index: ServiceIndex) -> bool:
    """True where a little word of one wish leads to a service and nowhere else ("Brille kaputt")."""
    words = index.grammar(index.language).words
    if any((token,) in words.together for token in reading.phrase.tokens):
        return False
    return any(
        unit.kind is Kind.HINT
        and reading.phrase.tokens[unit.word] in words.soft
        and reading.mask(at, Level.LED) == entry.bit
        for at, unit in enumerate(reading.phrase.units)
    )


def named_alone(reading: Reading, index: ServiceIndex) -> tuple[Entry, ...]:
    """The services that alone hold a content word that was said in their names."""
    masks = (
        reading.mask(at, Level.NAMED)
        for at in reading.required()
        if reading.phrase.units[at].kind is Kind.CONTENT
    )
    return by_target(index.chosen(reduce(or_, (mask for mask in masks if mask.bit_count() == 1), 0)), reading)


def named_for_them(entry: Entry, reading: Reading, index: ServiceIndex) -> tuple[Entry, ...]:
    """Services named for exactly whom was said, beside one for the broader group ("puppy jabs": Dog booster, Puppy
    primary course), which does not tell of them."""
    said = {unit.target for unit in reading.phrase.units if unit.target and unit.target[1] in BROADER}
    if not said or said & entry.targets:
        return ()
    theirs = tuple(other for other in index.entries if other is not entry and said & other.targets)
    # A service for everybody gives way to one that is for them and nothing else ("Kaninchen und Nager").
    return theirs if entry.targets else tuple(other for other in theirs if _only_for_them(other))


def _only_for_them(entry: Entry) -> bool:
    little = (Kind.TARGET, Kind.HINT, Kind.GENERIC)
    animals = any(rank == "animal" for rank, _ in entry.targets)
    return animals and all(unit.kind in little for unit in entry.forms[0].units)


def for_anybody(entry: Entry, reading: Reading, index: ServiceIndex) -> tuple[Entry, ...]:
    """Services for anybody to which the words lead as well, beside one for somebody nobody spoke of ("ich höre
    schlecht": Kinder-Hörprüfung, Audiometrie)."""
    theirs = any(rank == "person" for rank, _ in entry.targets)
    if not theirs or any(unit.target for unit in reading.phrase.units):
        return ()
    led = reading.full(Level.LED, index.everything) & reading.larger & ~entry.bit
    return tuple(other for other in index.chosen(led) if not other.targets)


def says_the_opposite(entry: Entry, reading: Reading, index: ServiceIndex) -> bool:
    """True where a name holds the opposite of a word that was said ("Hose weiter machen": Hose enger machen)."""
    said = set(reading.phrase.tokens)
    own = {token for form in entry.forms for token in form.tokens}
    return any(
        said & one and own & other and not own & one
        for pair in index.grammar(index.language).words.opposites
        for one, other in (pair, pair[::-1])
    )


def about_it_too(
    entry: Entry, wide: tuple[Entry, ...], reading: Reading, index: ServiceIndex
) -> tuple[Entry, ...]:
    """Other services for the thing that was named, beside one that only talks about it, where they are several:
    a thing alone ("wegen Hörgerät") is then no wish to talk, but a new one is ("neue Brille")."""
    if index.grammar(index.language).words.buying & set(reading.phrase.tokens):
        return ()
    must = {reading.phrase.units[at].stem for at in reading.required()}
    if any(unit.kind is Kind.GENERIC for unit in reading.phrase.units) or not must:
        return ()
    others = tuple(
        other
        for other in wide
        if other is not entry and any(must <= {unit.stem for unit in form.units} for form in other.forms)
    )
    return others if len(others) >= _SEVERAL else ()


def named_as_well(entry: Entry, wide: tuple[Entry, ...], reading: Reading) -> tuple[Entry, ...]:
    """Other services whose names hold every word that was said, beside one that adds a word to them, however
    small ("Pediküre": Pediküre klassisch, Spa-Pediküre). What one is for somebody else is no other one."""
    phrase = reading.phrase
    said = {unit.stem for unit in phrase.units}
    must = {phrase.units[at].stem for at in reading.required()}
    if not must or phrase.duration is not None or phrase.size or is_narrowed(entry, reading):
        return ()

    def own(form: Form) -> frozenset[str]:
        return frozenset(unit.stem for unit in form.units)

    general = (Kind.GENERIC,) if len(phrase.tokens) > 1 else ()
    if any(all(unit.stem in said or unit.kind in general for unit in form.units) for form in entry.forms):
        return ()
    called = _concepts(entry) & reading.features[Level.NAMED]
    told = {u.stem for at, u in enumerate(phrase.units) if u.kind is not Kind.HINT and at not in reading.idle}
    return tuple(
        other
        for other in wide
        if other is not entry
        and (called <= _concepts(other) or (len(told) > 1 and told <= own(other.forms[0])))
        and (len(other.forms[0].parts) == 1 or "(" in other.forms[0].text)
        and not any(rank == "person" for rank, _ in other.targets - entry.targets)
        and any(must <= own(form) for form in other.forms)
    )


def closer_ones(
    entry: Entry, rest: int, wide: tuple[Entry, ...], reading: Reading, index: ServiceIndex
) -> tuple[Entry, ...]:
    """Services that the trade calls so and that say less besides than the one whose name holds the word
    ("KG": KG-ZNS nach Bobath, and Krankengymnastik); not those to which a synonym with a little word of the phrase
    does not lead ("Wohnzimmer streichen": Fassadenanstrich, beside Innenanstrich)."""
    if not _one_word(reading) or is_narrowed(entry, reading):
        return ()
    larger = reading.larger if reading.larger & entry.bit else index.everything
    return tuple(
        other
        for other in wide
        if larger & other.bit
        and other is not entry
        and closest_form(other, reading, Level.NAMED)[0] < rest
        and not other.targets
    )


def led_elsewhere(entry: Entry, rest: int, reading: Reading, index: ServiceIndex) -> tuple[Entry, ...]:
    """Services the only word said leads to as well, beside one whose name holds it and says more
    ("Füße": Shellac Füße, Pediküre)."""
    if not rest or not _one_word(reading) or is_narrowed(entry, reading):
        return ()
    more = {unit.stem for unit in entry.forms[0].units if unit.kind is Kind.CONTENT}
    more -= {unit.stem for unit in reading.phrase.units}
    inside = _inside(reading, index)
    mask = reading.mask(reading.required()[0], Level.LED) | inside
    mask &= reading.larger if reading.larger & entry.bit else mask
    return tuple(
        other
        for other in index.chosen(mask & ~entry.bit)
        if (more or other.bit & inside)
        and not any(unit.stem in more for form in other.forms for unit in form.units)
    )


def _inside(reading: Reading, index: ServiceIndex) -> int:
    """The services in whose names the word stands inside another that nothing took apart ("facial": HydraFacial)."""
    unit = reading.phrase.units[reading.required()[0]]
    word = reading.phrase.tokens[unit.word]
    masks = (
        mask
        for token, mask in index.token_masks.items()
        if len(word) > _SHORTEST_INSIDE and token != word and (token.startswith(word) or token.endswith(word))
    )
    return reduce(or_, masks, 0)


def _one_word(reading: Reading) -> bool:
    """True where nothing but one content word was said, and no length."""
    telling = [unit for unit in reading.phrase.units if unit.kind is not Kind.HINT]
    plain = reading.phrase.duration is None and not reading.phrase.size
    return plain and len(telling) == 1 and telling[0].kind is Kind.CONTENT


def for_no_animal(reading: Reading, index: ServiceIndex) -> bool:
    """True where a caller wishes something for people of a business that serves animals ("a haircut for me",
    "Damenhaarschnitt")."""
    said = {unit.target for unit in reading.phrase.units if unit.target}
    served = index.grammar(index.language).served
    return bool(said) and said <= _PEOPLE and not served & _PEOPLE and any(r == "animal" for r, _ in served)
