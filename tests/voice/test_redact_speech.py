"""Names, numbers and addresses in kept transcripts, one call a row of `names_said.toml`."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from handfest.voice.heard_names import personal_variables
from handfest.voice.redact_speech import redact_speech
from handfest.voice.retell_events import transcript_lines

CASES = tomllib.loads(Path(__file__).with_name("names_said.toml").read_text("utf-8"))["case"]
ROLES = {"c": "user", "a": "agent"}
SPEAKERS = {"caller": "c", "agent": "a"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_b96_names_said_in_a_call_are_not_kept(case: dict[str, Any]) -> None:
    entries = [
        {"role": ROLES[speaker], "content": text}
        for speaker, text in (line.split(": ", 1) for line in case["said"])
    ]
    lines = transcript_lines(
        {"transcript_object": entries}, case.get("names", ()), tuple(case.get("keep", ()))
    )
    assert [f"{SPEAKERS[line.who]}: {line.text}" for line in lines] == case["kept"]


def test_b96_names_that_the_platform_collected_are_known() -> None:
    variables = {
        "customer_name": "Erika Beispiel",
        "vorname": "Erika",
        "business_name": "Salon",
        "agent_name": "Eva",
    }
    assert personal_variables([variables, None, [], {"name": 3}]) == {"Erika Beispiel", "Erika"}
    call = {
        "collected_dynamic_variables": variables,
        "transcript_object": [{"role": "user", "content": "Beispiel hier, Salon bitte."}],
    }
    assert [line.text for line in transcript_lines(call)] == ["[name] hier, Salon bitte."]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("0151 23456789", "[number]"),
        ("null eins fünf eins zwei drei", "[number]"),
        ("am 22.10.2025 um 14:30", "am 22.10.2025 um 14:30"),
        ("erika@example.org", "[email]"),
        ("erika punkt beispiel at example punkt de", "[email]"),
    ],
)
def test_b96_numbers_and_addresses(said: str, kept: str) -> None:
    assert redact_speech(said).endswith(kept)
