"""From a statement to a reading: all combinations of days and times, filtered by clock, calendar and zone."""

from datetime import UTC, date, datetime, timedelta

from handfest.model.wish import AskWhen, DateRange, RefuseWhen, TimeWindow, WhenReading, Wish
from handfest.speech.calendar_day import Days, resolve_day
from handfest.speech.clock_time import (
    DAY_MINUTES,
    Surroundings,
    minute_of,
    narrowed,
    part_of_day,
    settle,
    settle_span,
    time_at,
)
from handfest.speech.form import Clock, DayForm, DaySpan, NamedWeekday, RelativeDay
from handfest.speech.statement import Statement
from handfest.speech.when_context import WhenContext

FARTHEST_DAYS = 1100
_MOST_READINGS = 4


def resolve(statement: Statement, context: WhenContext) -> WhenReading:
    """The reading of a statement, every law of the calendar applied."""
    if statement.silent:
        return Wish()
    if statement.problem == "negation":
        return AskWhen("negation")
    now = context.now.astimezone(context.zone)
    days = _days(statement, now)
    if days.refused:
        return RefuseWhen(days.reason or "unclear")
    if not days.options and days.reason is not None:
        return AskWhen(days.reason)
    times, reason = _times(statement, context)
    if reason is not None and not times:
        refused = reason == "no_such_time"
        return RefuseWhen(reason) if refused else AskWhen(reason)
    if any(_also_a_date(clock, days) or _no_hour_of(clock, context) for clock in statement.clocks):
        statement.problem = statement.problem or "date_or_time"
    if any(wish.at is not None and days.at is not None and wish.at != days.at for wish in times):
        statement.problem = statement.problem or "two_alternatives"
    if any(_deadline(form, statement) for form in statement.days):
        statement.problem = statement.problem or "unclear"
    moments = [_moment(wish, days) for wish in times]
    combined = [_with_day(wish, option) for option in days.options or (None,) for wish in moments]
    asked = days.reason or reason or statement.problem
    return _conclude(combined, asked, statement, context, now)


def _deadline(form: DayForm, statement: Statement) -> bool:
    """ "bis Freitag 10 Uhr", "bis morgen Mittag": a moment by which, which no day and window can say."""
    if not isinstance(form, DaySpan) or form.first is not None:
        return False
    return bool(statement.clocks) or (bool(statement.parts) and isinstance(form.last, RelativeDay))


def _also_a_date(clock: Clock, days: Days) -> bool:
    """ "Freitag 12" when that Friday, or the one after, is a 12th."""
    return clock.loose and any(
        clock.hour in (option.day, (option + timedelta(days=7)).day)
        for option in days.options
        if isinstance(option, date)
    )


def _no_hour_of(clock: Clock, context: WhenContext) -> bool:
    """English "Monday 21": nobody says an hour past noon so bare."""
    return clock.loose and clock.hour > NOON and not clock.minute and context.language != "de"


NOON = 12


def _conclude(
    combined: list[Wish], asked: str | None, statement: Statement, context: WhenContext, now: datetime
) -> WhenReading:
    """Drop the readings that cannot be; ask, refuse or return what is left."""
    coming = [wish for wish in combined if not _is_past(wish, now)]
    if not coming:
        return _all_past(combined, statement, context, now)
    if statement.problem is not None:
        return AskWhen(statement.problem, tuple(coming[:_MOST_READINGS]))
    if len(coming) > 1:
        return AskWhen(asked or "two_alternatives", tuple(coming[:_MOST_READINGS]))
    if asked is not None and (len(combined) == 1 or asked not in _SETTLED_BY_CLOCK):
        return AskWhen(asked, (coming[0],))
    return check_wish(coming[0], context)


_SETTLED_BY_CLOCK = frozenset({"half_of_day", "today_or_next_week", "today_or_next_month"})


def _all_past(combined: list[Wish], statement: Statement, context: WhenContext, now: datetime) -> WhenReading:
    """Everything said has passed; the evening of the same hour may be what was meant, so ask for that."""
    wish = combined[0]
    if wish.at is not None and wish.at.hour < 12 and wish.day == now.date():
        later = _with_clock(wish, minute_of(wish.at) + 720)
        exact = any(clock.exact or clock.half for clock in statement.clocks) or bool(statement.parts)
        if not exact and not _is_past(later, now):
            return AskWhen("past", (later,))
    return RefuseWhen("past", wish)


def _with_clock(wish: Wish, minute: int) -> Wish:
    return Wish(wish.day, wish.days, time_at(minute), None, wish.earliest, wish.approximate)


def _is_past(wish: Wish, now: datetime) -> bool:
    if wish.day is None:
        return False
    if wish.day != now.date():
        return wish.day < now.date()
    passed = now.hour * 60 + now.minute
    if wish.at is not None:
        return minute_of(wish.at) < passed
    return wish.window is not None and wish.window.end <= passed


def _days(statement: Statement, now: datetime) -> Days:
    """All days of a statement: one description, or several that must name the same day."""
    if not statement.days:
        return Days()
    resolved = [resolve_day(form, now) for form in statement.days]
    if len(resolved) == 1:
        return resolved[0]
    for days in resolved:
        if not days.options or (days.reason is not None and len(days.options) < 2):
            return days
    if statement.day_choice:
        options = [option for days in resolved for option in days.options]
        return Days(tuple(dict.fromkeys(options)), "two_alternatives")
    pairs = list(zip(statement.days, resolved, strict=True))
    dated = [days for form, days in pairs if not isinstance(form, NamedWeekday) and days.reason is None]
    exact = {days.options[0] for days in dated if len(days.options) == 1}
    return _agreed([days for form, days in pairs if not _only_names(form, exact)])


def _only_names(form: DayForm, exact: set[date | DateRange]) -> bool:
    """ "in vierzehn Tagen, am Freitag": a bare weekday beside the one date that has it adds nothing."""
    if not isinstance(form, NamedWeekday) or form.which != "bare" or form.weeks:
        return False
    return any(isinstance(day, date) and form.weekday == day.weekday() for day in exact)


def _agreed(resolved: list[Days]) -> Days:
    """The days every description allows; none in common is a contradiction to ask about."""
    common: list[date | DateRange] = list(resolved[0].options)
    reason, at, window = resolved[0].reason, resolved[0].at, resolved[0].window
    for days in resolved[1:]:
        met = [m for left in common for right in days.options if (m := _meet(left, right)) is not None]
        if not met:
            options = dict.fromkeys(option for each in resolved for option in each.options)
            return Days(tuple(options), "two_alternatives")
        common, at, window = list(dict.fromkeys(met)), at or days.at, window or days.window
        reason = reason or days.reason
    return Days(tuple(common), reason if len(common) > 1 else None, at, window)


def _meet(left: date | DateRange, right: date | DateRange) -> date | DateRange | None:
    if isinstance(left, DateRange) and isinstance(right, DateRange):
        first = max(left.first, right.first)
        last = min((end for end in (left.last, right.last) if end is not None), default=None)
        if last is not None and last < first:
            return None
        return first if last == first else DateRange(first, last)
    if isinstance(left, DateRange):
        return _meet(right, left)
    if isinstance(right, DateRange):
        return left if right.first <= left and (right.last is None or left <= right.last) else None
    return left if left == right else None


def _surroundings(statement: Statement, context: WhenContext) -> Surroundings:
    opening = None
    if context.opening is not None:
        first, last = minute_of(context.opening[0]), minute_of(context.opening[1])
        opening = (first, DAY_MINUTES if last <= first else last)
    agreed = (context.window.start, context.window.end) if context.window is not None else None
    part = statement.parts[-1] if statement.parts else None
    closed = part is not None and not (part.open_end or part.open_start)
    return Surroundings(opening, agreed, part.name if part is not None and closed else None)


def _times(statement: Statement, context: WhenContext) -> tuple[list[Wish], str | None]:
    """The times of a statement as wishes without a day, and the reason to ask."""
    around = _surroundings(statement, context)
    if statement.clocks and statement.spans:
        return _clock_in_span(statement, around)
    if statement.clocks:
        return _clock_wishes(statement, around)
    if statement.spans and statement.parts and statement.time_choice:
        wishes = [*_part_wishes(statement)[0], *_span_wishes(statement, around)[0]]
        return wishes, "two_alternatives"
    if statement.spans:
        return _span_wishes(statement, around)
    if statement.parts:
        return _part_wishes(statement)
    return [Wish(earliest=statement.earliest)], None


def _clock_wishes(statement: Statement, around: Surroundings) -> tuple[list[Wish], str | None]:
    settled = [settle(clock, around) for clock in statement.clocks]
    for times in settled:
        if not times.options:
            return [], times.reason
    wishes = [
        Wish(at=time_at(minute), earliest=statement.earliest, approximate=clock.approximate)
        for clock, times in zip(statement.clocks, settled, strict=True)
        for minute in times.options
    ]
    if len(statement.clocks) > 1:
        return _restated(wishes, [times.options for times in settled], statement.time_choice)
    return wishes, settled[0].reason


def _restated(
    wishes: list[Wish], options: list[tuple[int, ...]], choice: bool
) -> tuple[list[Wish], str | None]:
    """Two times: the same one twice ("um drei, also 15 Uhr") or two to choose from."""
    common = set(options[0]).intersection(*options[1:])
    if common and not choice:
        return [wish for wish in wishes if wish.at is not None and minute_of(wish.at) in common][:1], None
    return wishes, "two_alternatives"


def _span_wishes(statement: Statement, around: Surroundings) -> tuple[list[Wish], str | None]:
    first = settle_span(statement.spans[0], around)
    windows, reason = list(first.options), first.reason
    if not windows:
        return [], reason or "unclear"
    for span in statement.spans[1:]:
        other = settle_span(span, around)
        if statement.time_choice or len(other.options) != 1 or len(windows) != 1:
            return [Wish(window=w) for w in (*windows, *other.options)], other.reason or "two_alternatives"
        both = TimeWindow(
            max(windows[0].start, other.options[0].start), min(windows[0].end, other.options[0].end)
        )
        if both.start >= both.end:
            return [Wish(window=w) for w in (*windows, *other.options)], "two_alternatives"
        windows = [both]
    if statement.parts:
        met = [window for w in windows if (window := narrowed(w, statement.parts[-1])) is not None]
        if not met:
            return [Wish(window=w) for w in windows], "contradiction"
        windows = met
    return [Wish(window=window, earliest=statement.earliest) for window in windows], reason


def _clock_in_span(statement: Statement, around: Surroundings) -> tuple[list[Wish], str | None]:
    wishes, reason = _clock_wishes(statement, around)
    if not wishes or reason is not None:
        return wishes, reason
    spans, reason = _span_wishes(statement, around)
    return [*wishes, *spans], reason or "two_alternatives"


def _part_wishes(statement: Statement) -> tuple[list[Wish], str | None]:
    windows = [part_of_day(form) for form in dict.fromkeys(statement.parts)]
    if statement.time_choice:
        return [Wish(window=window) for window in windows], "two_alternatives"
    start, end = max(w.start for w in windows), min(w.end for w in windows)
    if start >= end:
        return [Wish(window=window) for window in windows], "two_alternatives"
    return [Wish(window=TimeWindow(start, end, vague=True), earliest=statement.earliest)], None


def _moment(wish: Wish, days: Days) -> Wish:
    """A moment's own time ("in einer Stunde") counts unless another was said."""
    if wish.at is not None or wish.window is not None:
        return wish
    if days.at is not None:
        return Wish(at=days.at, earliest=wish.earliest)
    if days.window is not None:
        return Wish(window=TimeWindow(*days.window), earliest=wish.earliest)
    return wish


def _with_day(wish: Wish, option: date | DateRange | None) -> Wish:
    day = option if isinstance(option, date) else None
    days = option if isinstance(option, DateRange) else None
    if days is not None and days.first == days.last:
        day, days = days.first, None
    return Wish(day, days, wish.at, wish.window, wish.earliest, wish.approximate)


def check_wish(wish: Wish, context: WhenContext) -> WhenReading:
    """A single wish against past, horizon and the nights the clocks change."""
    now = context.now.astimezone(context.zone)
    if _is_past(wish, now):
        return RefuseWhen("past", wish)
    first = wish.day or (wish.days.first if wish.days else None)
    if first is not None and (first - now.date()).days > min(
        context.horizon_days or FARTHEST_DAYS, FARTHEST_DAYS
    ):
        return RefuseWhen("too_far", wish)
    if wish.day is None or wish.at is None:
        return wish
    local = datetime.combine(wish.day, wish.at, tzinfo=context.zone)
    if local.astimezone(UTC).astimezone(context.zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        return RefuseWhen("no_such_time", wish)
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        return AskWhen("repeated_hour", (wish,))
    return wish
