"""From clocks, spans and parts of the day to times: which half of the day a bare hour means, and when to ask.

Spoken hours 1 to 6 fit both halves of the day, 7 to 11 mean the morning unless the business is open at both,
12 is noon, 13 to 24 and "hh:mm" are exact. Opening hours, a part of the day said beside it, or the part
agreed earlier settle what is left.
"""

from dataclasses import dataclass, replace
from datetime import time
from functools import cache

from handfest.model.wish import TimeWindow
from handfest.speech.form import Clock, ClockSpan, Daypart
from handfest.speech.lexicon import table

_FIRST_MORNING_HOUR = 7
_NOON = 12
DAY_MINUTES = 1440
NOON_MINUTE = 720


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What settles a bare hour: opening hours, the agreed part of the day (minutes), the part said."""

    opening: tuple[int, int] | None = None
    agreed: tuple[int, int] | None = None
    daypart: str | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """The minutes of the day a clock can mean; a reason alone refuses, beside options it asks.

    `passed_over` are readings the convention dropped ("um acht" as 20:00); they only serve to ask better.
    """

    options: tuple[int, ...] = ()
    reason: str | None = None
    passed_over: tuple[int, ...] = ()


def minute_of(at: time) -> int:
    """Minutes since midnight."""
    return at.hour * 60 + at.minute


def time_at(minute: int) -> time:
    """The wall time so many minutes after midnight (1440 wraps to 00:00)."""
    return time(minute // 60 % 24, minute % 60)


def part_window(name: str) -> tuple[int, int]:
    """The conventional window of a part of the day, in minutes."""
    first, last = table("dayparts.toml")[name]["window"]
    return _minutes(first), _minutes(last)


@cache
def _parts_by_window() -> dict[tuple[int, int], str]:
    return {part_window(name): name for name in reversed(table("dayparts.toml"))}


def part_named(window: TimeWindow) -> str | None:
    """The part of the day whose conventional window this is, None where it is nobody's."""
    return _parts_by_window().get((window.start, window.end))


def _minutes(written: str) -> int:
    hour, minute = written.split(":")
    return int(hour) * 60 + int(minute)


def settle(clock: Clock, around: Surroundings) -> Times:
    """All times a clock can mean in its surroundings."""
    if clock.hour == 24 and clock.minute == 0:
        return Times((0,), "midnight")
    if not clock.possible:
        return Times(reason="no_such_time")
    minute = clock.hour * 60 + clock.minute
    if clock.unclear is not None:
        asked_for = _agreed(minute, around) if clock.loose else ()
        return Times(asked_for) if len(asked_for) == 1 else Times((minute,), clock.unclear)
    if clock.half is not None:
        half = table("dayparts.toml")[around.daypart]["half"] if around.daypart else ""
        return _fitting(_halved(clock, clock.half), half)
    if around.daypart is not None:
        return _in_daypart(clock, around.daypart)
    if clock.exact or clock.hour > _NOON:
        return Times((minute,))
    if clock.hour == _NOON:
        return Times((minute,))
    return _bare(minute, around)


def _halved(clock: Clock, half: str) -> int:
    return (clock.hour % 12 + (12 if half == "pm" else 0)) * 60 + clock.minute


def _in_daypart(clock: Clock, name: str) -> Times:
    """An hour beside a part of the day: "acht Uhr abends", "um drei nachts", "zwölf Uhr mittags"."""
    half = table("dayparts.toml")[name]["half"]
    minute = clock.hour * 60 + clock.minute
    if clock.hour > _NOON or (clock.exact and clock.hour != _NOON):
        return _fitting(minute, half)
    if half == "noon":
        settled = minute if clock.hour >= 10 else minute + 720
        return Times((settled,)) if clock.hour >= 10 or clock.hour <= 3 else Times((minute,), "contradiction")
    if half == "night":
        if clock.hour == _NOON:
            return Times((clock.minute,), "midnight")
        return Times((minute + 720,)) if clock.hour >= 6 else Times((minute,))
    if half == "am":
        if clock.hour == _NOON:
            return Times((minute,), "contradiction") if clock.minute == 0 else Times((minute,))
        return Times((minute,))
    if clock.hour == _NOON:
        return Times((minute,)) if name != "evening" else Times((0,), "midnight")
    return _evening(minute, name)


def _fitting(minute: int, half: str) -> Times:
    agrees = {"am": minute < 780, "pm": minute >= 720, "noon": 660 <= minute <= 900}.get(half, True)
    return Times((minute,)) if agrees else Times((minute,), "contradiction")


def _evening(minute: int, name: str) -> Times:
    """Hours beside "nachmittags" and "abends"; "drei Uhr abends" contradicts itself."""
    settled = minute + 720
    odd = (name == "evening" and settled < 16 * 60) or ("afternoon" in name and settled > 20 * 60)
    return Times((settled,), "contradiction" if odd else None)


def _agreed(minute: int, around: Surroundings) -> tuple[int, ...]:
    """The halves of the day in which an hour lies inside the part agreed earlier."""
    if around.agreed is None:
        return ()
    first, last = around.agreed
    return tuple(m for m in (minute, minute + NOON_MINUTE) if first <= m <= last)


def _bare(minute: int, around: Surroundings) -> Times:
    halves = (minute, minute + 720)
    inside = _agreed(minute, around)
    if len(inside) == 1:
        return Times(inside)
    morning = minute >= _FIRST_MORNING_HOUR * 60
    if around.opening is not None:
        first, last = around.opening
        open_then = tuple(m for m in halves if first <= m < last)
        if len(open_then) == 1:
            return Times(open_then)
        if len(open_then) == 2 or (morning and halves[1] == last):
            return Times(halves, "half_of_day")
    if morning:
        return Times(halves[:1], passed_over=halves[1:])
    return Times(halves, "half_of_day")


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows a span can mean; reasons as in `Times`."""

    options: tuple[TimeWindow, ...] = ()
    reason: str | None = None


def settle_span(span: ClockSpan, around: Surroundings) -> Windows:
    """All windows a span of the day can mean."""
    if span.first is None or span.last is None:
        return _open_span(span, around)
    if _plainly_night(span):
        return Windows(reason="unclear")
    firsts, lasts = _span_options(span.first, around), _span_options(span.last, around)
    for end in (firsts, lasts):
        if not end.options:
            return Windows(reason=end.reason)
    pairs = [(a, b) for a in firsts.options for b in lasts.options if a < b]
    if not pairs:
        return Windows(reason="unclear")
    shortest = min(b - a for a, b in pairs)
    close = [(a, b) for a, b in pairs if b - a == shortest]
    reason = firsts.reason or lasts.reason
    if len(close) > 1 and around.opening is not None:
        inside = [(a, b) for a, b in close if around.opening[0] <= a and b <= around.opening[1]]
        early = [pair for pair in close if pair[0] >= _FIRST_MORNING_HOUR * 60][:1]
        close = inside or early or close
    windows = tuple(TimeWindow(a, b) for a, b in close)
    if len(windows) > 1:
        return Windows(windows, "half_of_day")
    return Windows(windows, None if reason == "half_of_day" else reason)


def _plainly_night(span: ClockSpan) -> bool:
    assert span.first is not None
    assert span.last is not None
    return span.first.exact and span.last.exact and span.first.hour >= span.last.hour and span.last.hour < 13


def _span_options(clock: Clock, around: Surroundings) -> Times:
    """Like `settle`, but the ends of a span settle each other, so both halves stay in play below seven."""
    if clock.hour == 24 and clock.minute == 0:
        return Times((DAY_MINUTES,))
    if clock.unclear == "midnight":
        return Times((DAY_MINUTES,))
    if around.daypart is not None and clock.half is None and not clock.exact:
        settled = _in_daypart(clock, around.daypart)
        both = (clock.hour % 12 * 60 + clock.minute, clock.hour % 12 * 60 + clock.minute + 720)
        return settled if settled.reason is None else Times(both)
    bare = settle(clock, replace(around, opening=None, daypart=None))
    if around.opening is not None and bare.passed_over:
        return Times((*bare.options, *bare.passed_over))
    return bare


def _open_span(span: ClockSpan, around: Surroundings) -> Windows:
    clock = span.first or span.last
    assert clock is not None
    times = settle(clock, around)
    if clock.unclear == "midnight" or (clock.hour == 24 and span.last is not None):
        return Windows(reason="unclear")
    windows = tuple(
        TimeWindow(m, DAY_MINUTES) if span.first is not None else TimeWindow(0, m) for m in times.options
    )
    windows = tuple(w for w in windows if w.start < w.end)
    doubtful = span.first is not None and clock.half is None and not clock.exact and around.daypart is None
    if times.reason is None and doubtful and times.passed_over and clock.hour in (7, 8):
        both = (*windows, TimeWindow(times.passed_over[0], DAY_MINUTES))
        return Windows(both, "half_of_day") if clock.hour == 7 else Windows(windows)
    return Windows(windows, times.reason if windows else times.reason or "unclear")


def part_of_day(form: Daypart) -> TimeWindow:
    """The vague window of a part of the day, opened on one side where "ab" or "bis" says so."""
    start, end = part_window(form.name)
    if form.until is not None:
        end = max(end, part_window(form.until)[1])
    if form.open_end:
        end = DAY_MINUTES
    if form.open_start:
        start, end = 0, start
    return TimeWindow(start, end, vague=True)


def narrowed(window: TimeWindow, form: Daypart) -> TimeWindow | None:
    """A span inside a part of the day ("vormittags ab 9 Uhr"): what both allow, None when nothing.

    "tomorrow morning before eight" means the morning as people have it, not as a convention begins it.
    """
    around = part_of_day(form)
    if window.start == 0 and window.end <= around.start and around.end <= NOON_MINUTE:
        return window
    start = max(window.start, around.start) if window.start == 0 else window.start
    end = min(window.end, around.end) if window.end == DAY_MINUTES else window.end
    if window.start != 0 and window.end == DAY_MINUTES and around.start >= 1020:
        end = DAY_MINUTES
    return TimeWindow(start, end) if start < end else None
