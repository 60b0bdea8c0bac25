"""Every pack against a business that does all its trade does: each entry leads to its own service or is asked about.

The business names its services by the first entry of each concept. An entry may lead to another service alone
only where that one does a kind of the entry's concept or its own name says every word of the entry.
"""

import tomllib
from functools import cache
from pathlib import Path

import pytest

from handfest.catalogue.index import ServiceIndex, compile_index
from handfest.catalogue.packs import Concept, pack, trades
from handfest.catalogue.pattern import parse
from handfest.catalogue.phrase import Kind
from handfest.catalogue.resolve import resolve_service
from handfest.model.catalogue import Service
from handfest.model.resolution import Resolved

DATA = Path(__file__).parents[2] / "src" / "handfest" / "catalogue" / "data" / "packs"
SAYING = (Kind.CONTENT, Kind.ACTION, Kind.TARGET)
CASES = [(trade, language) for trade in trades() for language in ("de", "en")]


@cache
def business(trade: str, language: str) -> tuple[tuple[Concept, ...], ServiceIndex]:
    """The concepts a business of the trade could list in a language, and the index of all of them."""
    named = {
        concept: next((phrase for spoken, phrase in concept.names if spoken == language), None)
        for concept in pack(trade).concepts
        if not concept.foreign
    }
    services = [Service(concept.id, name, 30) for concept, name in named.items() if name]
    offered = tuple(concept for concept, name in named.items() if name)
    return offered, compile_index(services, (), language, (trade,))


def does_a_kind(service: str, concept: Concept, concepts: dict[str, Concept]) -> bool:
    kinds = concepts[service].kind_of if service in concepts else ()
    return concept.id in kinds or any(does_a_kind(kind, concept, concepts) for kind in kinds)


def has_it_as_well(service: str, phrase: str, concept: Concept, concepts: dict[str, Concept]) -> bool:
    wider = concepts.get(service)
    return wider is not None and service in concept.kind_of and any(phrase == said for _, said in wider.said)


def says_it_itself(service: str, phrase: str, index: ServiceIndex, language: str) -> bool:
    said = {unit.stem for unit in parse(phrase, index.grammar(language)).units if unit.kind in SAYING}
    entry = next(entry for entry in index.entries if entry.service_id == service)
    return bool(said) and said <= {unit.stem for form in entry.forms for unit in form.units}


@pytest.mark.parametrize(("trade", "language"), CASES)
def test_an_entry_leads_to_no_other_service_alone(trade: str, language: str) -> None:
    offered, index = business(trade, language)
    concepts = {concept.id: concept for concept in pack(trade).concepts}
    astray = []
    for concept in offered:
        for spoken, phrase in (*concept.names, *concept.said):
            found = resolve_service(phrase, index, language) if spoken == language else None
            if not isinstance(found, Resolved) or found.service_id == concept.id:
                continue
            if (
                not does_a_kind(found.service_id, concept, concepts)
                and not has_it_as_well(found.service_id, phrase, concept, concepts)
                and not says_it_itself(found.service_id, phrase, index, language)
            ):
                astray.append((concept.id, phrase, found.service_id))
    assert not astray


@pytest.mark.parametrize(("trade", "language"), CASES)
def test_b2_what_a_trade_rarely_offers_is_pinned_to_nothing(trade: str, language: str) -> None:
    _, index = business(trade, language)
    pinned = [
        (phrase, found.service_id)
        for concept in pack(trade).concepts
        if concept.foreign
        for spoken, phrase in concept.names
        if spoken == language and isinstance(found := resolve_service(phrase, index, language), Resolved)
    ]
    assert not pinned


@pytest.mark.parametrize("trade", trades())
def test_concepts_lead_to_concepts_that_are(trade: str) -> None:
    known = {concept.id for each in trades() for concept in pack(each).concepts}
    lost = [
        (concept.id, other)
        for concept in pack(trade).concepts
        for other in (*concept.kind_of, *concept.near)
        if other not in known
    ]
    assert not lost


@pytest.mark.parametrize("trade", trades())
def test_every_concept_is_named_and_written_as_the_format_says(trade: str) -> None:
    data = tomllib.loads((DATA / f"{trade}.toml").read_text(encoding="utf-8"))
    allowed = {"de", "en", "de_said", "en_said", "kind_of", "near"}
    assert set(data) <= {"domain", "details", "concept", "foreign"}
    assert not [name for name, entry in data["concept"].items() if set(entry) - allowed or not entry]
