"""From a wish to the span of time that is searched, and back to why a time is refused."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from whenever import Instant

from handfest.model.refusal import Refusal, RefusalCode
from handfest.model.wish import AskWhen, DateRange, RefuseWhen, TimeWindow, Wish

ALTERNATIVES_DAYS = 14
"""How far past the wished days alternatives are searched."""

_ASK_SENTENCES = {
    "negation": "time_negated",
    "weekday_disagrees": "weekday_disagrees_bare",
    "unclear": "time_vague",
    "recurring": "time_recurring",
    "repeated_hour": "time_repeated",
    "midnight": "time_exactly",
}
_NO_CHOICE = frozenset({"repeated_hour", "midnight"})
"""Reasons whose readings cannot be told apart by saying them."""
_WHICH_SENTENCES = {"weekday_disagrees": "weekday_disagrees", "past": "time_which_past"}
_REFUSALS = {
    "past": (RefusalCode.TIME_PAST, "time_past"),
    "too_far": (RefusalCode.NO_OPENINGS, "too_far"),
    "no_such_date": (RefusalCode.TIME_UNCLEAR, "date_impossible"),
    "no_such_time": (RefusalCode.TIME_UNCLEAR, "time_impossible"),
    "weekday_disagrees": (RefusalCode.TIME_UNCLEAR, "weekday_disagrees_bare"),
}


@dataclass(frozen=True, slots=True)
class SearchSpan:
    """Where to look: [start, end) for the wish itself, `until` for alternatives.

    `exact` is the one instant wished for; `minute` the wall time wished for on any of the days (minutes of the
    day); `window` narrows every day.
    """

    start: Instant
    end: Instant
    until: Instant
    day: date | None
    days: DateRange | None
    exact: Instant | None
    minute: int | None
    window: TimeWindow | None
    earliest: bool


def refuse_reading(reading: AskWhen | RefuseWhen) -> Refusal:
    """The question back for a reading that is not one clear wish."""
    if isinstance(reading, AskWhen):
        if reading.readings and reading.reason not in _NO_CHOICE:
            facts = {"readings": reading.readings, "reason": reading.reason}
            name = _WHICH_SENTENCES.get(reading.reason, "time_which")
            return Refusal(RefusalCode.TIME_UNCLEAR, name, facts=facts)
        name = _ASK_SENTENCES.get(reading.reason, "time_unclear")
        return Refusal(RefusalCode.TIME_UNCLEAR, name, facts={"reason": reading.reason})
    code, name = _REFUSALS.get(reading.reason, (RefusalCode.TIME_UNCLEAR, "time_unclear"))
    return Refusal(code, name, facts={"reason": reading.reason})


def search_span(wish: Wish, now: Instant, zone: ZoneInfo, horizon_days: int) -> SearchSpan:
    """Where to look for this wish, from now on and not past the horizon."""
    today = now.to_tz(zone.key).date().to_stdlib()
    first = wish.day or (wish.days.first if wish.days else None) or today
    last = wish.day or (wish.days.last if wish.days else None)
    if last is None:
        last = first + timedelta(days=ALTERNATIVES_DAYS)
    horizon = today + timedelta(days=horizon_days)
    until = min(last + timedelta(days=ALTERNATIVES_DAYS), horizon)
    exact = instant_of(wish.day, wish.at, zone) if wish.day and wish.at else None
    return SearchSpan(
        start=max(midnight(first, zone), now),
        end=midnight(min(last, horizon) + timedelta(days=1), zone),
        until=midnight(max(until, last) + timedelta(days=1), zone),
        day=wish.day,
        days=wish.days,
        exact=exact,
        minute=wish.at.hour * 60 + wish.at.minute if wish.at else None,
        window=wish.window,
        earliest=wish.earliest,
    )


def midnight(day: date, zone: ZoneInfo) -> Instant:
    """The moment a local day begins."""
    return Instant(datetime.combine(day, time(), zone))


def instant_of(day: date, at: time, zone: ZoneInfo) -> Instant:
    """The moment of a local wall time; the first of two where clocks repeat it (rule R6)."""
    return Instant(datetime.combine(day, at, zone))
