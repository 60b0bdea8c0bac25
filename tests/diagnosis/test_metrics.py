"""What Prometheus is told: of played calls over the real application, and of single steps."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from diagnosis.recorded import START, step, turn
from handfest.diagnosis.watch.metrics import BUSINESSES_MAX, HELD_MAX, OTHER, Metrics, StoreState, Waiting
from handfest.testing.scenario_file import scenario_of
from handfest.testing.scenario_stage import Stage, open_stage, request

BUSINESSES = Path(__file__).parent.parent / "calls" / "businesses"
TABLE: dict[str, Any] = {
    "title": "metrics",
    "classes": [],
    "now": "2025-10-21T10:00:00+02:00",
    "businesses": ["askpro"],
    "step": [],
}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    opened = await open_stage(scenario_of("metrics", TABLE, BUSINESSES))
    opened.house.settings.metrics_token = "of the scraper"
    yield opened
    await opened.close()


async def scraped(stage: Stage) -> dict[str, dict[tuple[str, ...], float]]:
    answer = await request(stage.app, "GET", "/metrics", b"", {"Authorization": "Bearer of the scraper"})
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain")
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.values()))] = sample.value
    return found


def value(metrics: Metrics, name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(name, labels) or 0.0


async def test_a_scrape_of_an_idle_house_holds_every_business(stage: Stage) -> None:
    found = await scraped(stage)
    assert found["handfest_waiting"] == {
        ("askpro", "unknown"): 0.0,
        ("askpro", "calling"): 0.0,
        ("askpro", "callback"): 0.0,
        ("askpro", "letter"): 0.0,
    }
    assert "handfest_signature_failures_total" in found


PROMISED = {
    "calls": "handfest_calls_total",
    "turns": "handfest_turns_total",
    "checks": "handfest_checks_total",
    "offers": "handfest_offers_total",
    "bookings by outcome and code": "handfest_bookings_total",
    "wishes that a free slot could fill": "handfest_wishes_total",
    "kept-promise ratio": "handfest_kept_promise_ratio",
    "mismatches": "handfest_mismatches_total",
    "unknown outcomes": "handfest_waiting",
    "their age": "handfest_waiting_oldest_seconds",
    "queue age": "handfest_waiting_oldest_seconds",
    "provider latency": "handfest_calendar_seconds_bucket",
    "provider errors by class": "handfest_calendar_errors_total",
    "holds": "handfest_holds",
    "signature failures": "handfest_signature_failures_total",
    "audit findings": "handfest_findings_total",
    "answer times": "handfest_turn_seconds_bucket",
}


async def test_every_figure_that_operators_are_promised_is_served(stage: Stage) -> None:
    """After a call with a booking, an error of a calendar and a finding: by name, and per business but for one."""
    metrics = stage.house.metrics
    metrics.turn(turn(1, step("slots", provider="calcom", calendar_ms=80.0), step("offered", offer="A1")))
    metrics.turn(turn(2, step("booked", offer="A1"), code="booked", tool="book_appointment"))
    metrics.turn(turn(3, step("calendar_failed", code="calendar_unauthorised"), code="try_later"))
    found = await scraped(stage)
    assert {told: name for told, name in PROMISED.items() if not found.get(name)} == {}
    house = {"handfest_signature_failures_total", "handfest_calendar_seconds_bucket"}
    for name in set(PROMISED.values()) - house:
        assert any({"studio", "askpro"} & set(labels) for labels in found[name]), name
    waits = {kind for _, kind in found["handfest_waiting_oldest_seconds"]}
    assert waits == {"unknown", "calling", "callback", "letter"}
    assert ("booked", "booked", "studio") in found["handfest_bookings_total"]


@pytest.mark.parametrize(
    ("name", "facts", "request_"),
    [
        ("slots", {}, "slots"),
        ("booked", {"request": "book"}, "book"),
        ("changed", {"request": "move"}, "move"),
        ("cancelled", {"request": "cancel"}, "cancel"),
        ("declined", {"request": "book", "code": "slot_taken"}, "book"),
        ("calendar_failed", {"request": "cancel", "code": "calendar_unreachable"}, "cancel"),
        ("outcome_unknown", {"request": "move", "code": "calendar_timed_out"}, "move"),
        ("booked", {"request": "of a caller"}, "other"),
    ],
)
def test_whatever_a_calendar_is_asked_for_is_timed(name: str, facts: dict[str, Any], request_: str) -> None:
    metrics = Metrics()
    metrics.turn(turn(1, step(name, provider="calcom", calendar_ms=250.0, **facts)))
    labels = {"provider": "calcom", "request": request_}
    assert value(metrics, "handfest_calendar_seconds_sum", **labels) == 0.25
    assert value(metrics, "handfest_calendar_seconds_count", **labels) == 1


def test_an_answer_that_was_only_looked_up_is_not_timed() -> None:
    metrics = Metrics()
    metrics.turn(turn(1, step("looked_up", found=True), step("booked", offer="A1"), code="booked"))
    assert value(metrics, "handfest_calendar_seconds_count", provider="other", request="slots") == 0


async def test_a_request_with_a_wrong_signature_is_counted(stage: Stage) -> None:
    await stage.post("/retell/tools", b"{}", variable=None)
    assert (await scraped(stage))["handfest_signature_failures_total"] == {(): 1.0}


def test_a_booking_is_a_kept_promise_and_a_filled_wish() -> None:
    metrics = Metrics()
    metrics.turn(turn(1, step("offered", offer="A1", held_until="2026-03-02T09:04:00Z")))
    metrics.turn(turn(2, step("booked", offer="A1"), code="booked", tool="book_appointment"))
    assert value(metrics, "handfest_calls_total", business="studio") == 1
    assert value(metrics, "handfest_checks_total", business="studio", code="offered") == 1
    assert value(metrics, "handfest_offers_total", business="studio") == 1
    assert value(metrics, "handfest_bookings_total", business="studio", outcome="booked", code="booked") == 1
    assert value(metrics, "handfest_wishes_total", business="studio", result="booked") == 1
    assert value(metrics, "handfest_kept_promise_ratio", business="studio") == 1.0


def test_a_mismatch_breaks_the_ratio_and_is_counted_once() -> None:
    metrics = Metrics()
    metrics.turn(turn(1, step("booked", offer="A1"), tool="book_appointment"))
    metrics.alarm("offer_mismatch", {"business": "studio", "call": "call_2"})
    steps = (step("mismatch", fields=["start"]), step("fault", code="offer_mismatch"))
    metrics.turn(turn(1, *steps, code="offer_mismatch", tool="book_appointment", call_id="call_2"))
    assert value(metrics, "handfest_mismatches_total", business="studio") == 1
    assert value(metrics, "handfest_kept_promise_ratio", business="studio") == 0.5
    assert value(metrics, "handfest_wishes_total", business="studio", result="lost") == 1
    assert value(metrics, "handfest_findings_total", business="studio", finding="HF401") == 1


@pytest.mark.parametrize("name", ["calendar_failed", "fault"])
def test_b93_errors_of_calendars_are_counted_by_class(name: str) -> None:
    metrics = Metrics()
    metrics.turn(turn(1, step(name, code="calendar_timed_out"), code="calendar_timed_out"))
    counted = {"business": "studio", "code": "calendar_timed_out"}
    assert value(metrics, "handfest_calendar_errors_total", **counted) == 1


def test_a_question_back_is_no_lost_wish() -> None:
    metrics = Metrics()
    metrics.turn(turn(1, step("refused", code="service_ambiguous"), code="service_ambiguous"))
    assert value(metrics, "handfest_wishes_total", business="studio", result="lost") == 0


def test_b91_unknown_outcomes_show_their_number_and_age() -> None:
    metrics = Metrics()
    state = StoreState((Waiting("studio", 2, START.subtract(minutes=11)),), (), ())
    metrics.observe(state, START)
    assert value(metrics, "handfest_waiting", business="studio", kind="unknown") == 2
    assert value(metrics, "handfest_waiting_oldest_seconds", business="studio", kind="unknown") == 660
    metrics.observe(StoreState((), (), ()), START)
    assert value(metrics, "handfest_waiting", business="studio", kind="unknown") == 0


def test_holds_end_when_they_are_released_booked_or_over() -> None:
    metrics = Metrics()
    until = START.add(minutes=3).format_iso()
    for number in range(1, 5):
        metrics.turn(turn(number, step("offered", offer=f"A{number}", held_until=until)))
    metrics.turn(turn(5, step("released", offers=["A1"]), step("booked", offer="A2")))
    nothing = StoreState((), (), ())
    metrics.observe(nothing, START)
    assert value(metrics, "handfest_holds", business="studio") == 2
    metrics.observe(nothing, START.add(minutes=3))
    assert value(metrics, "handfest_holds", business="studio") == 0


def test_holds_that_are_over_are_forgotten_though_nobody_scrapes() -> None:
    metrics = Metrics()
    for number in range(4 * HELD_MAX):
        until = START.add(minutes=number + 2).format_iso()
        metrics.turn(turn(number, step("offered", offer="A1", held_until=until), call_id=f"call_{number}"))
        assert metrics.holds_remembered <= HELD_MAX
    metrics.observe(StoreState((), (), ()), START.add(minutes=4 * HELD_MAX - 1))
    assert value(metrics, "handfest_holds", business="studio") == 2, "those that live are all counted"


def test_more_holds_than_that_are_all_counted_while_they_live() -> None:
    metrics, until = Metrics(), START.add(minutes=9).format_iso()
    for number in range(2 * HELD_MAX):
        metrics.turn(turn(1, step("offered", offer="A1", held_until=until), call_id=f"call_{number}"))
    metrics.observe(StoreState((), (), ()), START)
    assert value(metrics, "handfest_holds", business="studio") == 2 * HELD_MAX


def test_labels_are_bounded_whatever_is_written_into_requests() -> None:
    metrics = Metrics()
    for number in range(BUSINESSES_MAX + 50):
        metrics.turn(turn(1, business_id=f"b{number}", tool=f"tool_{number}", code="tool_unknown"))
    labels = {
        (sample.labels["business"], sample.labels["tool"])
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == "handfest_turns_total"
    }
    assert len(labels) == BUSINESSES_MAX + 1
    assert {tool for _, tool in labels} == {OTHER}


def test_two_houses_do_not_share_their_figures() -> None:
    first, second = Metrics(), Metrics()
    first.alarm("signature_invalid", {})
    assert value(second, "handfest_signature_failures_total") == 0
