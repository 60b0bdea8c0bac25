"""Every form of the tables reads as written there: German and English, several days and opening hours."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from handfest.speech.when import understand_when
from handfest.speech.when_answer import item_context
from speech.reading_notation import notation

HERE = Path(__file__).parent


def _forms(name: str) -> list[Any]:
    cases = []
    for group in tomllib.loads((HERE / name).read_text("utf-8"))["group"]:
        item = {"lang": group["language"], "now": group["now"], "opening": group.get("opening")}
        marks = f"{group['now'][:10]} {'-'.join(group.get('opening', []))}"
        cases += [
            pytest.param(item, text, expected, id=f"{marks} {text}") for text, expected in group["forms"]
        ]
    return cases


@pytest.mark.parametrize(("item", "text", "expected"), _forms("when_forms_de.toml"))
def test_german_form(item: dict[str, Any], text: str, expected: str) -> None:
    assert notation(understand_when(text, item_context(item))) == expected


@pytest.mark.parametrize(("item", "text", "expected"), _forms("when_forms_en.toml"))
def test_english_form(item: dict[str, Any], text: str, expected: str) -> None:
    assert notation(understand_when(text, item_context(item))) == expected


@pytest.mark.parametrize(("item", "text", "expected"), _forms("when_misreadings.toml"))
def test_misreading_of_the_replaced_gateway(item: dict[str, Any], text: str, expected: str) -> None:
    assert notation(understand_when(text, item_context(item))) == expected


def test_the_tables_are_wide() -> None:
    assert len(_forms("when_forms_de.toml")) + len(_forms("when_forms_en.toml")) >= 1000
