"""Services that callers will confuse, found before they do, so that the business can name an alias."""

from dataclasses import dataclass

from handfest.catalogue.evidence import Level, read
from handfest.catalogue.form import Entry
from handfest.catalogue.index import ServiceIndex
from handfest.catalogue.pattern import parse
from handfest.catalogue.phrase import Kind
from handfest.catalogue.resolve import resolve_service
from handfest.catalogue.spelling import fold
from handfest.model.resolution import Ambiguous


@dataclass(frozen=True, slots=True)
class Confusion:
    """A phrase that fits several services, and what to do: an alias for the one that is usually meant.

    `service_ids` are in catalogue order; `alias` is the phrase as it would be written in the business file,
    `suggested_id` the service that says least beyond it.
    """

    phrase: str
    service_ids: tuple[str, ...]
    alias: str
    suggested_id: str


def confusions(index: ServiceIndex) -> tuple[Confusion, ...]:
    """Every word of a name that several services share and none is literally called, most shared first."""
    found: dict[tuple[str, ...], Confusion] = {}
    grammar = index.grammar(index.language)
    for entry in index.entries:
        for word in _words(entry):
            confusion = _confusion(word, index)
            if confusion is not None and not _is_light(word, grammar.bare):
                found.setdefault(confusion.service_ids, confusion)
    return tuple(sorted(found.values(), key=lambda each: (-len(each.service_ids), each.phrase)))


def _words(entry: Entry) -> tuple[str, ...]:
    """The words of a service's name and the second halves of its compounds, as a caller would say them."""
    return tuple(dict.fromkeys(word.strip("(),;&/") for word in entry.name.replace("-", " ").split()))


def _is_light(word: str, bare: frozenset[str]) -> bool:
    return word.casefold() in bare or not any(letter.isalpha() for letter in word)


def _head(word: str, index: ServiceIndex) -> str:
    """The last part of a compound as it is written ("Herrenhaarschnitt": "Schnitt")."""
    morphology = index.grammar(index.language).morphology
    stem = morphology.parts(fold(word))[-1]
    tails = (word[at:] for at in range(len(word) - 3, 0, -1))
    return next((tail.capitalize() for tail in tails if morphology.parts(fold(tail)) == (stem,)), stem)


def _confusion(word: str, index: ServiceIndex) -> Confusion | None:
    grammar = index.grammar(index.language)
    phrase = parse(word, grammar)
    if not phrase.units or all(unit.kind is Kind.HINT for unit in phrase.units):
        return None
    heads = [phrase] if len(phrase.units) == 1 else [phrase, parse(phrase.units[-1].stem, grammar)]
    for said in heads:
        reading = read(said, index)
        shared = index.chosen(reading.full(Level.NAMED, index.everything))
        literal = index.literals.get(("".join(said.tokens), None), ())
        text = word if said is phrase else _head(word, index)
        asked = isinstance(resolve_service(text, index, index.language), Ambiguous)
        if len(shared) > 1 and len(literal) != 1 and asked:
            closest = min(shared, key=lambda entry: (min(len(form.units) for form in entry.forms), entry.bit))
            return Confusion(text, tuple(e.service_id for e in shared), text, closest.service_id)
    return None
