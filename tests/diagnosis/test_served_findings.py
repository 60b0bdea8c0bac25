"""Findings of served calls: each step that shows one, and the many that must not."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from diagnosis.recorded import step, turn
from handfest.diagnosis.registry.findings import finding_kinds
from handfest.diagnosis.story.root_cause import root_cause
from handfest.diagnosis.story.served_findings import served_findings
from handfest.model.refusal import RefusalCode

ROWS = tomllib.loads(Path(__file__).with_name("served_findings.toml").read_text("utf-8"))["row"]


@pytest.mark.parametrize("row", ROWS, ids=[row["title"] for row in ROWS])
def test_a_step_shows_this_finding_and_no_other(row: dict[str, Any]) -> None:
    turns = (turn(1, step("answered")), turn(2, step(row["step"], **row["facts"])))
    found = served_findings(turns, done=row.get("done", False), pinned=False)
    assert [(one.id, one.detail) for one in found] == (
        [(row["finding"], row.get("detail"))] if "finding" in row else []
    )
    assert all(
        (one.turn, one.steps) == (2, (2,)) and one.evidence("de") and one.evidence("en") for one in found
    )


@pytest.mark.parametrize(("took_ms", "ids"), [(3000.0, []), (3000.1, ["HF416"])])
def test_b88_a_caller_waits_three_seconds_at_most(took_ms: float, ids: list[str]) -> None:
    slow = turn(1, step("slots", calendar_ms=2900.0), took_ms=took_ms)
    found = served_findings([slow], done=True, pinned=True)
    assert [one.id for one in found] == ids
    assert all("the calendar 2.9 s of it" in one.evidence("en") for one in found)


def test_the_same_failure_again_and_again_is_one_finding() -> None:
    failing = [turn(n, step("calendar_failed", code="calendar_timed_out")) for n in range(1, 5)]
    assert [one.turn for one in served_findings(failing, done=False, pinned=True)] == [1]


def test_what_came_first_is_the_cause_and_slowness_only_where_nothing_else_is_left() -> None:
    slow = turn(1, step("slots"), took_ms=5000)
    failed = turn(2, step("calendar_failed", code="calendar_timed_out"))
    both = root_cause(served_findings([slow, failed], done=False, pinned=True), "try_later", done=False)
    alone = root_cause(served_findings([slow], done=False, pinned=True), "offered", done=False)
    assert both is not None
    assert (both.code, both.steps) == ("HF411", (2,))
    assert alone is not None
    assert alone.code == "HF416"


def test_a_call_that_got_its_booking_has_no_cause() -> None:
    failed = served_findings([turn(1, step("fault", code="calendar_timed_out"))], done=True, pinned=True)
    assert root_cause(failed, "booked", done=True) is None


@pytest.mark.parametrize("code", [code.value for code in RefusalCode if code.value != "try_later"])
def test_every_refusal_a_call_may_end_on_is_told_with_remedy_and_owner(code: str) -> None:
    cause = root_cause((), code, done=False)
    assert cause is not None
    assert cause.code == code
    assert cause.owner is not None
    assert all(cause.cause[language] and cause.remedy[language] for language in ("de", "en"))
    assert cause.cause != root_cause((), None, done=False).cause  # type: ignore[union-attr]


def test_every_finding_of_the_table_stands_in_the_registry() -> None:
    assert {row["finding"] for row in ROWS if "finding" in row} <= set(finding_kinds())
