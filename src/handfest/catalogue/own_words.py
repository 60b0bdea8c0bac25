"""Services whose own names hold all that was said, word for word: the best evidence there is beside a name in full."""

from handfest.catalogue.element import of_another_thing
from handfest.catalogue.evidence import Level, Reading
from handfest.catalogue.form import Entry, Form
from handfest.catalogue.index import ServiceIndex
from handfest.catalogue.objection import only_looks_again, only_talks
from handfest.catalogue.phrase import Kind, Unit
from handfest.catalogue.spelling import tokens

_TWO = 2
"""One word alone says too little: others may be called so by the trade ("Füße", "colour")."""
Said = tuple[tuple[int, Unit], ...]


def said_in_full(entries: tuple[Entry, ...], reading: Reading, index: ServiceIndex) -> Entry | None:
    """The only service whose name holds every word that was said ("Beratung für neue Reifen": Reifenberatung
    Neukauf), where these are two or more; in one part of it where others hold them in several ("lose Zahnspange":
    Lose Zahnspange anpassen, not Reparatur Zahnspange / Bracket lose).

    Not where the name says more and the trade calls another one so ("Handy reparieren": Display-Reparatur Handy)
    or another does a kind of it ("Heizungswartung": Wartung Ölheizung, beside Wartung Gastherme). What is done with
    a thing of the trade nobody named yields ("neue Reifen montieren": Motorradreifen-Montage).
    """
    said = tuple((at, unit) for at, unit in enumerate(reading.phrase.units) if _tells(at, unit, reading))
    kinds = {unit.kind for _, unit in said}
    if len(said) < _TWO or Kind.CONTENT not in kinds or Kind.TARGET in kinds:
        return None
    whole = [
        entry for entry in entries if any(_holds(form, entry, said, reading, index) for form in entry.forms)
    ]
    whole = [entry for entry in whole if not of_another_thing(entry, reading)] or whole
    one = [entry for entry in whole if _part(entry, said, reading, index)] or whole
    if len(one) != 1 or one[0].targets:
        return None
    entry = one[0]
    if only_talks(entry, reading, index) or only_looks_again(entry, reading, index):
        return None
    wide = tuple(each for each in index.entries if each in entries or each.bit & reading.kinds)
    others = _others(entry, wide, said, reading) if _more(entry, said, reading, index) else ()
    inside = all(_inside(unit, entry, reading, index) for _, unit in said)
    return None if any(not inside or _says_some(other, said) for other in others) else entry


def plainly(
    said: str, exact: list[Entry], ranked: list[tuple[Entry, int]], index: ServiceIndex
) -> Entry | None:
    """The service that who says "normal" or "einfach" means: the only one whose name says so too, or the only one
    that says no more than the phrase; None where nobody said so."""
    plain = index.grammar(index.language).words.plain
    if not plain & set(tokens(said)):
        return None
    called = [entry for entry, _ in ranked if plain & set(entry.forms[0].tokens)]
    found = called or exact
    return found[0] if len(found) == 1 and not found[0].targets else None


def told_by_two(entry: Entry, reading: Reading) -> bool:
    """True where a synonym of this service alone holds two words that say something, or two such words each lead to
    it and nowhere else ("mein Chef hat mir gekündigt": Kündigungsschutz Arbeitnehmer)."""
    units = reading.phrase.units
    telling = [at for at, u in enumerate(units) if u.kind is Kind.CONTENT and at not in reading.idle]
    alone = all(reading.mask(at, Level.LED) == entry.bit for at in telling)
    return (reading.told == entry.bit or alone) and len({units[at].word for at in telling}) > 1


def stands_in_it(entry: Entry, reading: Reading) -> bool:
    """True where a name holds the only word that was said, put together of two ("Haarkur": Haarkur Olaplex)."""
    units = reading.phrase.units
    return (
        len(units) > 1
        and len({unit.word for unit in units}) == 1
        and any(reading.phrase.tokens[units[0].word] in form.tokens for form in entry.forms)
    )


def _tells(at: int, unit: Unit, reading: Reading) -> bool:
    return unit.kind is not Kind.HINT and at not in reading.idle | reading.placed


def _holds(form: Form, entry: Entry, said: Said, reading: Reading, index: ServiceIndex) -> bool:
    return _all_in(frozenset(unit.stem for unit in form.units), entry, said, reading, index)


def _part(entry: Entry, said: Said, reading: Reading, index: ServiceIndex) -> frozenset[str]:
    """The part of the name in which every word stands."""
    parts = (part for part in entry.forms[0].parts if _all_in(part, entry, said, reading, index))
    return next(parts, frozenset())


def _all_in(stems: frozenset[str], entry: Entry, said: Said, reading: Reading, index: ServiceIndex) -> bool:
    """True where every unit is among the stems, or its word stands inside one of the name ("Moorpackung")."""
    return all(unit.stem in stems or _inside(unit, entry, reading, index) for _, unit in said)


def _inside(unit: Unit, entry: Entry, reading: Reading, index: ServiceIndex) -> bool:
    return bool(index.ends.get(reading.phrase.tokens[unit.word], 0) & entry.bit)


def _more(entry: Entry, said: Said, reading: Reading, index: ServiceIndex) -> bool:
    """True where the part that holds the words names something besides; not what only goes on with a word said."""
    form = entry.forms[0]
    part = _part(entry, said, reading, index) & form.main
    words = {unit.stem for _, unit in said}
    return any(
        unit.kind is Kind.CONTENT
        and unit.stem not in words
        and (unit.stem in part or not part)
        and not any(_goes_on(form.tokens[unit.word], each, reading) for _, each in said)
        for unit in form.units
    )


def _goes_on(token: str, unit: Unit, reading: Reading) -> bool:
    return token.startswith(reading.phrase.tokens[unit.word])


def _others(entry: Entry, entries: tuple[Entry, ...], said: Said, reading: Reading) -> tuple[Entry, ...]:
    """The other services that are called all the words, or do a kind of them."""
    mask = ~entry.bit
    for at, _ in said:
        mask &= reading.mask(at, Level.KIND)
    return tuple(other for other in entries if mask & other.bit)


def _says_some(entry: Entry, said: Said) -> bool:
    own = {unit.stem for form in entry.forms for unit in form.units}
    return any(unit.stem in own for _, unit in said)
