"""Misreadings that really happened, by their class: the same words must mean what was said, or be asked about."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from handfest.model.wish import AskWhen, RefuseWhen, TimeWindow, Wish
from handfest.speech.when import WhenContext, understand_when

BERLIN = ZoneInfo("Europe/Berlin")
SATURDAY = datetime(2025, 11, 22, 10, tzinfo=BERLIN)
CONTEXT = WhenContext(SATURDAY, BERLIN, "de")


@pytest.mark.parametrize(
    ("said", "day"),
    [("15.1.", date(2026, 1, 15)), ("24.12.", date(2025, 12, 24)), ("5.12.", date(2025, 12, 5))],
)
def test_b18_day_and_month_are_no_clock(said: str, day: date) -> None:
    """B18: "24.12." was read as twelve past twenty-four, "15.1." as one minute past three."""
    assert understand_when(said, CONTEXT) == Wish(day=day)


def test_b19_a_date_without_a_year_stays_in_its_year() -> None:
    """B19: a weekday beside a date is held against it, never dropped and never a year's jump."""
    agreeing = understand_when("Dienstag, den 25. November", CONTEXT)
    assert agreeing == Wish(day=date(2025, 11, 25))
    contradicting = understand_when("Montag, den 25. November", CONTEXT)
    assert isinstance(contradicting, AskWhen | RefuseWhen)


def test_b20_a_part_of_the_day_is_a_window() -> None:
    """B20: "vormittags" became ten o'clock sharp; it is a span, and no time at all."""
    reading = understand_when("am Montag vormittags", CONTEXT)
    assert isinstance(reading, Wish)
    assert (reading.day, reading.at) == (date(2025, 11, 24), None)
    assert reading.window == TimeWindow(8 * 60, 12 * 60, vague=True)
