"""What the trade is all about, said or left out: a service about one thing of it is then not pinned."""

from handfest.catalogue.evidence import Level, Reading, closest_form, unsaid
from handfest.catalogue.form import Entry
from handfest.catalogue.index import ServiceIndex
from handfest.catalogue.phrase import Kind


def only_of_the_trade(entry: Entry, reading: Reading, level: Level) -> bool:
    """True where nothing was said but what is done to the trade's element, and a service does it to one thing of it
    ("Fahrrad reparieren": Lichtreparatur)."""
    units = reading.phrase.units
    things = {unit.stem for unit in units if unit.kind is Kind.ELEMENT}
    done = all(units[at].kind is Kind.ACTION for at in reading.required())
    form = closest_form(entry, reading, level)[1]
    other = any(unit.kind is Kind.CONTENT for unit in unsaid(form, reading, level))
    return bool(things) and done and other and not things & {unit.stem for unit in form.units}


def of_nothing_else(entry: Entry, reading: Reading, index: ServiceIndex) -> tuple[Entry, ...]:
    """Services to which the words lead as well, beside one for a thing of the trade nobody named ("neue Sommerreifen
    montieren": Motorradreifen-Montage, Neureifen)."""
    must = {reading.phrase.units[at].stem for at in reading.required()}
    done = {unit.stem for unit in reading.phrase.units if unit.kind is Kind.ACTION}
    own = [{unit.stem for unit in form.units} for form in entry.forms]
    if not of_another_thing(entry, reading) or not any(must <= stems for stems in own):
        return ()
    led = reading.full(Level.LED, index.everything) & reading.larger & ~entry.bit
    return tuple(
        other
        for other in index.chosen(led)
        if done <= {unit.stem for unit in other.forms[0].units} and not of_another_thing(other, reading)
    )


def of_another_thing(entry: Entry, reading: Reading) -> bool:
    """True where a name says an element of the trade that nobody named, and nobody named another one."""
    said = {unit.stem for unit in reading.phrase.units}
    if any(unit.kind is Kind.ELEMENT for unit in reading.phrase.units):
        return False
    return any(unit.kind is Kind.ELEMENT and unit.stem not in said for unit in entry.forms[0].units)
