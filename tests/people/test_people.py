"""Names, numbers and addresses out of speech: tables of what is said and what may become of it."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from handfest.model.catalogue import Staff
from handfest.speech.email_address import EmailOk, EmailRefused, read_back, read_email
from handfest.speech.people import NameOk, NameRefused, read_name
from handfest.speech.phone_number import PhoneOk, PhoneRefused, read_phone

STAFF = (Staff("anna", "Anna Beispiel"), Staff("jana", "Jana"))
SERVICES = ("Herrenhaarschnitt", "Massage 60 Minuten")


def table(name: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))[
        "case"
    ]
    return cases


def said(case: dict[str, Any]) -> str:
    return str(case["said"]) or "nothing"


@pytest.mark.parametrize("case", table("names.toml"), ids=said)
def test_b32_only_a_name_becomes_a_name(case: dict[str, Any]) -> None:
    found = read_name(case["said"], STAFF, SERVICES)
    if "name" in case:
        assert found == NameOk(case["name"])
    else:
        assert found == NameRefused(case["said"].strip(), case["refused"])


def test_no_text_is_an_empty_name() -> None:
    assert read_name(None) == NameRefused("", "empty")


@given(
    some.integers(0, 23),
    some.sampled_from(["Uhr", "Uhr dreißig", "o'clock"]),
    some.sampled_from(["", "um ", "at "]),
)
@settings(derandomize=True)
def test_b32_no_time_becomes_a_name(hour: int, unit: str, before: str) -> None:
    assert isinstance(read_name(f"{before}{hour} {unit}"), NameRefused)


@given(
    some.sampled_from(["Anna", "Anna Beispiel", "Beispiel", "Jana"]),
    some.sampled_from(["", "bei ", "bei der ", "Frau "]),
)
@settings(derandomize=True)
def test_b32_no_staff_becomes_a_customer(name: str, before: str) -> None:
    assert read_name(before + name, STAFF) == NameRefused(before + name, "staff_name")


@given(some.text(max_size=60))
@settings(derandomize=True)
def test_reading_a_read_name_changes_nothing(text: str) -> None:
    found = read_name(text)
    if isinstance(found, NameOk):
        again = read_name(found.name)
        assert isinstance(again, NameRefused) or again.name.casefold() in found.name.casefold()


@pytest.mark.parametrize("case", table("phones.toml"), ids=said)
def test_phone_numbers(case: dict[str, Any]) -> None:
    found = read_phone(case["said"], case.get("country", "DE"))
    if "e164" in case:
        assert found == PhoneOk(case["e164"])
    else:
        assert found == PhoneRefused(case["said"], case["refused"])


@pytest.mark.parametrize("case", table("emails.toml"), ids=said)
def test_email_addresses(case: dict[str, Any]) -> None:
    found = read_email(case["said"])
    if "address" in case:
        assert found == EmailOk(case["address"])
    else:
        assert found == EmailRefused(case["said"], case["refused"])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "erika Punkt bei Unterstrich spiel ät t Bindestrich online Punkt example"),
        ("en", "erika dot bei underscore spiel at t dash online dot example"),
    ],
)
def test_an_address_is_read_back_so_that_it_is_heard_the_same(language: str, words: str) -> None:
    assert read_back("erika.bei_spiel@t-online.example", language) == words
    assert read_email(words) == EmailOk("erika.bei_spiel@t-online.example")
