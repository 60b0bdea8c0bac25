"""The log: one line a turn with static text, and never a name, a number or an address of a caller."""

import json
from typing import Any

import pytest
import structlog
from hypothesis import example, given
from hypothesis import strategies as st

from diagnosis.recorded import step, turn
from handfest.trace.redact import redact_arguments
from handfest.turn_log import AlarmLog, Personal, TurnLog, drop_personal

LETTERS = st.characters(categories=("Lu", "Ll"))
NAMES = st.text(LETTERS, min_size=4, max_size=12).map(lambda word: f"Zq{word}")
PHONES = st.tuples(st.sampled_from(["+49 30 ", "030/", "0049-30-", "+4930"]), st.integers(10**6, 10**9)).map(
    lambda parts: parts[0] + str(parts[1])
)
EMAILS = NAMES.map(lambda name: f"{name}@example.org")


@pytest.fixture(autouse=True)
def _logged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structlog, "get_logger", lambda _name: Lines)


class _Lines:
    """A logger that renders as the server does and keeps the text."""

    text: str = ""

    def info(self, event: str, **fields: Any) -> None:
        cleaned = drop_personal(None, "info", {"event": event, **fields})
        self.text = json.dumps(cleaned, default=repr, ensure_ascii=False)

    error = info


Lines = _Lines()


@given(NAMES, PHONES, EMAILS)
@example("Zqbeispiel", "+49 30 23125077", "erika@example.org")
def test_b96_no_argument_of_a_caller_reaches_the_text(name: str, phone: str, email: str) -> None:
    arguments = {
        "name": name,
        "phone": phone,
        "email": email,
        "notes": f"{name} {phone} {email}",
        "date": phone,
    }
    heard = step("heard", arguments=redact_arguments(arguments))
    TurnLog().turn(turn(1, heard, step("offered", offer="A1", service_id="47"), tool=name))
    _holds_nothing(name, phone, email)


@given(NAMES, PHONES, EMAILS)
def test_b96_no_alarm_tells_who_called(name: str, phone: str, email: str) -> None:
    facts: dict[str, object] = {
        "caller": phone,
        "name": name,
        "who": Personal(name),
        "cause": f"no booking of {phone} or {email}",
        "rows": [{"phone": phone, "email": email, "note": f"call {phone}"}, Personal(name)],
    }
    AlarmLog().alarm("calendar_rejected", facts)
    _holds_nothing(name, phone, email)
    assert "calendar_rejected" in Lines.text


def _holds_nothing(name: str, phone: str, email: str) -> None:
    for personal in (name, phone, email):
        assert personal not in Lines.text


def test_a_line_names_call_service_binding_offer_code_and_time() -> None:
    offered = step("offered", offer="A1", service_id="47", binding=2563193, start="2026-03-03T10:00:00+01:00")
    TurnLog().turn(turn(1, offered))
    assert json.loads(Lines.text) == {
        "event": "turn served",
        "business": "studio",
        "call": "call_1",
        "turn": 1,
        "tool": "check_availability",
        "code": "offered",
        "took_ms": 20.0,
        "service_id": "47",
        "binding": 2563193,
        "offer": "A1",
        "start": "2026-03-03T10:00:00+01:00",
    }


def test_a_marked_value_has_no_text_to_slip_out_in() -> None:
    assert str(Personal("Erika Beispiel")) == f"{Personal('x')}" == "[personal]"
