"""Failures in the words of many gateways and calendars: each gets its cause, and only that (B92, B93)."""

import tomllib
from typing import Any

import pytest

from audit.labelled_calls import HERE, catalogues
from audit.scenario import build_call, labelled
from handfest.diagnosis.audit.suite_answer import answer_item

FORMS = tomllib.loads((HERE / "failure_forms.toml").read_text("utf-8"))
ARGUMENTS = '{"call_id":"CALL","date":"2026-01-16","time":"10:00","service_name":"Strähnen"}'
SAY = """
A: Guten Tag.
C: Strähnen am Freitag um zehn.
> check_availability ARGUMENTS
< {"success":true,"available":true}
A: Freitag um 10 Uhr ist frei. Soll ich buchen?
C: Ja bitte.
> book_appointment ARGUMENTS
< ANSWER
A: Da ist leider etwas dazwischengekommen, das tut mir leid.
C: Schade.
"""


def findings(answer: str, call_id: str = "ME") -> list[str]:
    say = SAY.replace("ARGUMENTS", ARGUMENTS).replace("ANSWER", answer).replace('"CALL"', f'"{call_id}"')
    call = build_call({"say": say, "start": "2026-01-13T14:05:00+01:00", "ends": "agent"})
    told = answer_item({"id": "form", "catalogue": "salon", "call": call}, catalogues())["answer"]
    assert told["outcome"] != "booked"
    return labelled(told["findings"])


@pytest.mark.parametrize("row", FORMS["bookings"], ids=lambda row: row[0])
def test_b92_b93_a_failed_booking_tells_its_cause(row: list[Any]) -> None:
    answer, wanted = row
    assert findings(answer) == wanted


@pytest.mark.parametrize("call_id", ["call_123", "None", ""])
@pytest.mark.parametrize("answer", FORMS["without_context"])
def test_a_call_that_the_gateway_does_not_know_is_lost_identity(answer: str, call_id: str) -> None:
    assert findings(answer, call_id) == ["HF410"]
