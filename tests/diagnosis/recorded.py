"""Turns as a trace records them, for the rules that read traces."""

from typing import Any

from whenever import Instant

from handfest.model.turn import Step, TurnRecord

START = Instant.from_utc(2026, 3, 2, 9, 0)


def step(name: str, at_ms: float = 1.0, **facts: Any) -> Step:
    return Step(name, at_ms, facts)


def turn(number: int, *steps: Step, code: str = "offered", took_ms: float = 20.0, **rest: Any) -> TurnRecord:
    """Turn `number` begins `number` minutes into the call."""
    fields: dict[str, Any] = {
        "business_id": "studio",
        "call_id": "call_1",
        "tool": "check_availability",
        "key": None,
        "at": START.add(minutes=number),
        "reply": {"ok": True, "code": code, "say": "Am Dienstag um zehn Uhr ist frei.", "next": "ask"},
    }
    return TurnRecord(number=number, took_ms=took_ms, code=code, steps=steps, **{**fields, **rest})
