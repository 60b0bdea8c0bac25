"""Spoken service names against catalogues: golden readings, rates over labelled phrases, laws of evidence."""

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from handfest.catalogue.confusion import confusions
from handfest.catalogue.index import ServiceIndex, compile_index
from handfest.catalogue.resolve import resolve_answer, resolve_service
from handfest.catalogue.services_answer import answer_item
from handfest.catalogue.staff_wish import (
    StaffAmbiguous,
    StaffAny,
    StaffResolved,
    StaffUnknown,
    StaffWish,
    resolve_staff,
)
from handfest.model.catalogue import Service, Staff
from handfest.model.resolution import Ambiguous, Resolution, Resolved, Several, Unknown

HERE = Path(__file__).parent
CATALOGUES: dict[str, Any] = json.loads((HERE / "catalogues.json").read_text(encoding="utf-8"))


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def business(name: str) -> tuple[list[Service], list[Staff]]:
    data = tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))
    services = [
        Service(
            s["id"],
            s["name"],
            s["duration_min"],
            tuple(s.get("aliases", ())),
            default=s.get("default", False),
        )
        for s in data["services"]
    ]
    return services, [Staff(p["id"], p["name"], frozenset(p["services"])) for p in data["staff"]]


def index_of(name: str) -> ServiceIndex:
    services, staff = business(name)
    return compile_index(services, staff, "de")


INDEXES = {name: index_of(name) for name in ("askpro", "salon")}


def fits(expected: Any, answer: Any) -> bool:
    """True where an answer is what a label of the corpus allows."""
    if isinstance(expected, str):
        return bool(answer in (expected, [expected]))
    if "none" in expected:
        return isinstance(answer, dict) and "none" in answer
    if "services" in expected:
        return isinstance(answer, list) and sorted(answer) == sorted(expected["services"])
    if not (isinstance(answer, dict) and "ask" in answer):
        return False
    shared = set(answer["ask"]) & set(expected["ask"])
    return bool(expected.get("open")) or len(shared) >= min(2, len(expected["ask"]))


def verdict(item: dict[str, Any]) -> str:
    answer = answer_item(item, CATALOGUES)["answer"]
    if any(fits(expected, answer) for expected in (item["expect"], *item.get("accept", ()))):
        return "right"
    if isinstance(answer, dict):
        meant = item["expect"] if isinstance(item["expect"], str) else None
        return "asked" if meant in answer.get("ask", ()) else "missed"
    return "wrong"


@pytest.mark.parametrize(
    ("phrases", "right", "right_or_asked", "wrong"),
    [("sample.jsonl", 0.98, 1.0, 0.0), ("phrases.jsonl", 0.95, 0.97, 0.008)],
)
def test_rates_over_labelled_phrases(phrases: str, right: float, right_or_asked: float, wrong: float) -> None:
    items = lines(phrases)
    counts = Counter(verdict(item) for item in items)
    assert counts["right"] / len(items) >= right, counts
    assert (counts["right"] + counts["asked"]) / len(items) >= right_or_asked, counts
    assert counts["wrong"] / len(items) <= wrong, counts


def test_b2_nothing_out_of_the_catalogue_gets_a_service() -> None:
    foreign = [item for item in lines("sample.jsonl") if item["expect"] == {"none": True}]
    answers = [answer_item(item, CATALOGUES)["answer"] for item in foreign]
    assert foreign
    assert all(isinstance(answer, dict) for answer in answers)


def said_of(case: dict[str, Any]) -> str:
    return f"{case['business']}-{case['said']}"


@pytest.mark.parametrize(
    "case", tomllib.loads((HERE / "examples.toml").read_text(encoding="utf-8"))["case"], ids=said_of
)
def test_b1_b5_b7_example_businesses(case: dict[str, Any]) -> None:
    found = resolve_service(case["said"], INDEXES[case["business"]], "de")
    if case["want"] == "none":
        assert isinstance(found, Unknown)
    elif isinstance(case["want"], str):
        assert isinstance(found, Resolved)
        assert found.service_id == case["want"]
    else:
        assert isinstance(found, Ambiguous)
        assert len(set(found.service_ids[:3]) & set(case["want"])) >= 2


@pytest.mark.parametrize(
    "said", ["Zahnreinigung", "Beratung", "Haarschnitt", "einen Termin", "", "Physiotherapie"]
)
def test_b1_a_default_changes_nothing_about_what_was_heard(said: str) -> None:
    services, staff = business("salon")
    marked = [
        Service(s.id, s.name, s.duration_min, s.aliases, default=s.id == "dauerwelle") for s in services
    ]
    assert resolve_service(said, compile_index(marked, staff, "de"), "de") == resolve_service(
        said, INDEXES["salon"], "de"
    )


@given(some.text(max_size=40))
@settings(derandomize=True, max_examples=300)
def test_any_text_has_an_answer_within_the_catalogue(said: str) -> None:
    index = INDEXES["salon"]
    offered = {entry.service_id for entry in index.entries}
    assert set(ids(resolve_service(said, index, "de"))) <= offered


@pytest.mark.parametrize("said", ["Bart " * 2000, "haarschnittfarbe" * 700, "und " * 2500, "x" * 10_000])
def test_a_text_too_long_for_a_wish_is_not_read_but_asked(said: str) -> None:
    index = INDEXES["salon"]
    assert resolve_service(said, index, "de") == Unknown(said, "unnamed")
    assert isinstance(resolve_answer(said, index, ("herren", "damen"), "de"), Unknown)


COURTESY = (
    ("Guten Tag, ich hätte gern ", ""),
    ("Ich würde gerne einen Termin machen für ", ", bitte"),
    ("ähm ja also ", " wäre super, danke"),
    ("Hallo, haben Sie nächste Woche noch was frei für ", "?"),
)


@given(
    some.sampled_from(sorted(k for k, v in CATALOGUES.items() if v["lang"] == "de")), some.integers(0, 100)
)
@settings(derandomize=True, max_examples=60, deadline=None)
def test_courtesy_never_changes_the_service(catalogue: str, at: int) -> None:
    services = CATALOGUES[catalogue]["services"]
    service = services[at % len(services)]
    for before, after in COURTESY:
        item = {"id": "x", "catalogue": catalogue, "said": before + service["name"] + after, "lang": "de"}
        assert answer_item(item, CATALOGUES)["answer"] == service["key"]


@pytest.mark.parametrize(
    ("catalogue", "said", "want"),
    [
        ("dental_de", "Pe Zet Er", "pzr"),
        ("salon_de", "Balla jasch", "balayage"),
        ("dental_de", "Bliedsching", "bleaching"),
        ("dental_en", "in visor line", "align"),
        ("law_de", "Kurzberatung", "schnell"),
        ("law_de", "Blitzer", "verkehr"),
    ],
)
def test_letters_and_loan_words_as_they_are_heard(catalogue: str, said: str, want: str) -> None:
    item = {"id": "x", "catalogue": catalogue, "said": said, "lang": CATALOGUES[catalogue]["lang"]}
    assert answer_item(item, CATALOGUES)["answer"] == want


@given(some.sampled_from(sorted(CATALOGUES)), some.integers(0, 100), some.sampled_from(["", "um "]))
@settings(derandomize=True, max_examples=200)
def test_a_literal_name_pins_its_service(catalogue: str, at: int, before: str) -> None:
    services = CATALOGUES[catalogue]["services"]
    service = services[at % len(services)]
    item = {
        "id": "x",
        "catalogue": catalogue,
        "said": before + service["name"],
        "lang": CATALOGUES[catalogue]["lang"],
    }
    assert answer_item(item, CATALOGUES)["answer"] == service["key"]


@given(some.permutations(range(10)))
@settings(derandomize=True, max_examples=20)
def test_the_order_of_the_catalogue_never_decides(order: list[int]) -> None:
    services, staff = business("salon")
    shuffled = compile_index([services[at] for at in order], staff, "de")
    for said in ("Haarschnitt", "Färben", "Herren Haarschnitt", "Ansatz färben", "Dauer Welle"):
        first, second = resolve_service(said, INDEXES["salon"], "de"), resolve_service(said, shuffled, "de")
        assert type(first) is type(second)
        assert set(ids(first)) == set(ids(second))


def ids(found: Resolution) -> tuple[str, ...]:
    if isinstance(found, Resolved):
        return (found.service_id,)
    return found.service_ids if isinstance(found, Several | Ambiguous) else ()


@pytest.mark.parametrize(
    ("said", "want"),
    [
        ("das erste", "herren"),
        ("das zweite bitte", "damen"),
        ("die letzte", "kinder"),
        ("für Herren", "herren"),
        ("die für Damen", "damen"),
        ("ja, den für Männer", "herren"),
        ("für meinen Sohn", "kinder"),
        ("den langen", "damen"),
        ("den kurzen", "kinder"),
        ("Damenhaarschnitt", "damen"),
        ("nein, lieber eine Dauerwelle", "dauerwelle"),
        ("the second one", "damen"),
    ],
)
def test_answers_to_a_question(said: str, want: str) -> None:
    language = "en" if said.startswith("the ") else "de"
    found = resolve_answer(said, INDEXES["salon"], ("herren", "damen", "kinder"), language)
    assert isinstance(found, Resolved)
    assert found.service_id == want


@pytest.mark.parametrize(
    ("said", "want"),
    [
        ("nicht das erste", ("damen", "kinder")),
        ("nein, nicht für Herren", ("damen", "kinder")),
        ("nicht das erste, das dritte", ("kinder",)),
        ("die für Damen nicht", ("herren", "kinder")),
        ("nein, das andere", ("herren", "damen", "kinder")),
        ("ja, äh nein, die für Damen", ("damen",)),
        ("warum nicht das erste", ("herren",)),
        ("not the first one", ("damen", "kinder")),
        ("the other one", ("herren", "damen", "kinder")),
    ],
)
def test_what_an_answer_refuses_is_never_taken(said: str, want: tuple[str, ...]) -> None:
    language = "en" if said.endswith(" one") else "de"
    assert ids(resolve_answer(said, INDEXES["salon"], ("herren", "damen", "kinder"), language)) == want


def test_of_two_options_refusing_one_takes_the_other() -> None:
    found = resolve_answer("nicht für Herren", INDEXES["salon"], ("herren", "damen"), "de")
    assert ids(found) == ("damen",)


@pytest.mark.parametrize("said", ["keins von beiden", "weder noch", "falsch", "nein danke"])
def test_a_refusal_of_all_declines(said: str) -> None:
    assert resolve_answer(said, INDEXES["salon"], ("herren", "damen"), "de") == Unknown(said, "declined")


def test_yes_confirms_only_a_single_option() -> None:
    index = INDEXES["salon"]
    assert ids(resolve_answer("ja", index, ("damen",), "de")) == ("damen",)
    assert isinstance(resolve_answer("ja", index, ("damen", "herren"), "de"), Ambiguous)


def test_no_declines_and_both_takes_all() -> None:
    index = INDEXES["salon"]
    assert resolve_answer("nein", index, ("damen", "herren"), "de") == Unknown("nein", "declined")
    assert ids(resolve_answer("beide", index, ("bart", "herren"), "de")) == ("bart", "herren")


def test_b7_services_that_sound_alike_are_found_before_callers_do() -> None:
    found = confusions(INDEXES["salon"])
    assert any({"herren", "damen", "kinder"} <= set(confusion.service_ids) for confusion in found)
    assert all(
        len(confusion.service_ids) > 1 and confusion.suggested_id in confusion.service_ids
        for confusion in found
    )


STAFF = (
    Staff("anna", "Anna Beispiel"),
    Staff("jana", "Jana"),
    Staff("s1", "Petra Schmidt"),
    Staff("s2", "Ole Schmidt"),
)


@pytest.mark.parametrize(
    ("said", "want"),
    [
        ("bei der Anna", StaffResolved("bei der Anna", "anna")),
        ("bei Frau Beispiel", StaffResolved("bei Frau Beispiel", "anna")),
        ("Jahna", StaffResolved("Jahna", "jana")),
        ("mit Petra Schmidt", StaffResolved("mit Petra Schmidt", "s1")),
        ("bei Frau Schmitt", StaffAmbiguous("bei Frau Schmitt", ("s1", "s2"))),
        ("egal", StaffAny("egal")),
        ("wer gerade frei ist", StaffAny("wer gerade frei ist")),
        ("anyone", StaffAny("anyone")),
        ("egal, Hauptsache Anna", StaffResolved("egal, Hauptsache Anna", "anna")),
        ("bei Herrn Krause", StaffUnknown("bei Herrn Krause")),
        ("bei der Anja", StaffUnknown("bei der Anja")),
        ("mit Jan", StaffUnknown("mit Jan")),
        ("bei Janna", StaffResolved("bei Janna", "jana")),
        ("bei Frau Schmied", StaffAmbiguous("bei Frau Schmied", ("s1", "s2"))),
        ("", StaffUnknown("", "unnamed")),
    ],
)
def test_staff_wishes(said: str, want: StaffWish) -> None:
    assert resolve_staff(said, STAFF) == want
