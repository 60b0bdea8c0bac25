"""From day forms to days: every reading a form can have, given now.

A `Days` holds the readings (a date or a range each) and a reason: with no reading the reason says why it is
refused, with one or more and a reason it says what has to be asked.
"""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from handfest.model.wish import DateRange
from handfest.speech.day_count import coming_weekday, date_or_none, monday_of, month_ahead, numbered_monday
from handfest.speech.feast import ends_in_doubt, feast_days
from handfest.speech.form import (
    CalendarDay,
    DayForm,
    DaySpan,
    EitherDay,
    Elapsed,
    FeastDay,
    Moment,
    Month,
    NamedWeekday,
    NthWeekday,
    RelativeDay,
    Unclear,
    Week,
    WeekAround,
    WeekdayBy,
    Weekend,
    Within,
    Year,
)

JUST_PASSED_DAYS = 31
LONGEST_YEAR = 366
_SEARCHED_MONTHS = 13
_WEEK_PORTIONS = {"start": (0, 1), "middle": (1, 3), "end": (3, 5), "weekend": (5, 6)} | {
    "first_half": (0, 2),
    "second_half": (2, 5),
}
_MONTH_PORTIONS = {"start": (1, 10), "middle": (11, 20), "end": (21, 31)} | {
    "first_half": (1, 15),
    "second_half": (16, 31),
}
_REFUSALS = frozenset({"past", "no_such_date", "weekday_disagrees", "too_far"})


@dataclass(frozen=True, slots=True)
class Days:
    """The days a form can mean. `at` comes along when the form named a moment."""

    options: tuple[date | DateRange, ...] = ()
    reason: str | None = None
    at: time | None = None
    window: tuple[int, int] | None = None

    @property
    def refused(self) -> bool:
        """True when no day is possible."""
        return not self.options and self.reason in _REFUSALS


def resolve_day(form: DayForm, now: datetime) -> Days:
    """All days a form can mean at `now` (aware, in the business zone)."""
    today = now.date()
    match form:
        case CalendarDay():
            return _calendar_day(form, today)
        case RelativeDay():
            return _relative(form, today)
        case NamedWeekday():
            return _named_weekday(form, today)
        case Week():
            return _week(form, today)
        case Month():
            return _month(form, today)
        case Year():
            return _year(form, now)
        case Weekend():
            return _weekend(form, today)
        case NthWeekday():
            return _nth(form, today)
        case FeastDay():
            return _feast(form, today)
        case Moment():
            return _moment(form, now)
        case Elapsed():
            later = (now.astimezone(UTC) + timedelta(minutes=form.minutes)).astimezone(now.tzinfo)
            return Days((later.date(),), at=later.time().replace(second=0, microsecond=0, fold=0))
        case Within():
            return _within(form, now)
        case EitherDay():
            return _either(form, now)
        case DaySpan():
            return _span(form, now)
        case WeekAround():
            return _week_around(form, now)
        case WeekdayBy():
            return _weekday_by(form, now)
        case Unclear():
            return Days(reason=form.reason)


def _single(day: date, today: date) -> Days:
    return Days(reason="past") if day < today else Days((day,))


def _calendar_day(form: CalendarDay, today: date) -> Days:
    if form.month is not None and not 1 <= form.month <= 12:
        return Days(reason="no_such_date")
    if not 1 <= form.day <= 31:
        return Days(reason="no_such_date")
    if form.month is None:
        return _day_of_month(form, today)
    if form.year is not None:
        year = form.year if form.year >= 100 else 2000 + form.year
        exact = date_or_none(year, form.month, form.day)
        if exact is None:
            return Days(reason="no_such_date")
        if exact < today:
            return Days(reason="past")
        return _agreeing((exact,), form.weekday)
    return _day_and_month(form, today)


def _day_and_month(form: CalendarDay, today: date) -> Days:
    assert form.month is not None
    this_year = date_or_none(today.year, form.month, form.day)
    coming = (
        this_year
        if this_year is not None and this_year >= today
        else date_or_none(today.year + 1, form.month, form.day)
    )
    passed = (
        this_year
        if this_year is not None and this_year < today
        else date_or_none(today.year - 1, form.month, form.day)
    )
    if coming is None or (coming - today).days > LONGEST_YEAR:
        return Days(reason="no_such_date")
    if passed is not None and coming != today and (today - passed).days <= JUST_PASSED_DAYS:
        return Days((coming,), reason="past")
    return _agreeing((coming,), form.weekday)


def _agreeing(days: tuple[date, ...], weekday: int | None) -> Days:
    if weekday is None:
        return Days(days)
    agreeing = tuple(day for day in days if day.weekday() == weekday)
    return Days(agreeing) if agreeing else Days(days, reason="weekday_disagrees")


def _day_of_month(form: CalendarDay, today: date) -> Days:
    """The next day with this number; with a weekday the nearest month must agree."""
    for ahead in range(_SEARCHED_MONTHS):
        year, month = month_ahead(today, ahead)
        day = date_or_none(year, month, form.day)
        if day is None or day < today:
            continue
        if (
            day == today
            and form.weekday is None
            and (later := _day_of_month(form, today + timedelta(1))).options
        ):
            return Days((day, *later.options), reason="today_or_next_month")
        return _agreeing((day,), form.weekday)
    return Days(reason="no_such_date")


def _relative(form: RelativeDay, today: date) -> Days:
    if form.months:
        year, month = month_ahead(today, form.months)
        return _single(date(year, month, min(today.day, monthrange(year, month)[1])), today)
    if abs(form.days) > 3660:
        return Days(reason="too_far")
    return _single(today + timedelta(days=form.days), today)


def _named_weekday(form: NamedWeekday, today: date) -> Days:
    coming = coming_weekday(form.weekday, today)
    same_day = coming.weekday() == today.weekday()
    same_week = coming - timedelta(days=coming.weekday()) == today - timedelta(days=today.weekday())
    later = timedelta(weeks=form.weeks)
    if form.weeks > 520:
        return Days(reason="too_far")
    if form.which == "last":
        return Days(reason="past")
    if form.which in ("bare", "this") and same_day:
        return Days((today + later, coming + later), reason="today_or_next_week")
    if form.which == "next" and same_week:
        return Days((coming, coming + timedelta(days=7)), reason="this_or_next_week")
    if form.which == "after_next":
        options = (coming + timedelta(days=7), coming + timedelta(days=14))
        return Days(options, reason="this_or_next_week") if same_week else Days(options[:1])
    return Days((coming + later,))


def _week(form: Week, today: date) -> Days:
    if form.number is not None:
        monday = numbered_monday(form.number, today)
        if monday is None:
            return Days(reason="no_such_date")
    else:
        if abs(form.offset) > 520:
            return Days(reason="too_far")
        monday = monday_of(today, form.offset)
    if form.weekday is not None:
        return _week_day(form, monday + timedelta(days=form.weekday), today)
    if form.portion == "rest":
        return _clipped(today + timedelta(days=1), monday + timedelta(days=6), today)
    start, end = _WEEK_PORTIONS.get(form.portion or "", (0, 6))
    first, last = monday + timedelta(days=start), monday + timedelta(days=end)
    if form.offset == 0 and form.number is None and form.portion is None and today.weekday() >= 5:
        return Days(
            (DateRange(today, last), DateRange(monday + timedelta(7), monday + timedelta(13))),
            "this_or_next_week",
        )
    return _clipped(first, last, today)


def _week_day(form: Week, day: date, today: date) -> Days:
    if day == today and form.offset == 0:
        return Days((day,))
    return _single(day, today)


def _clipped(first: date, last: date, today: date) -> Days:
    if last < today:
        return Days(reason="past")
    return Days((DateRange(max(first, today), last),)) if max(first, today) <= last else Days(reason="past")


def _month(form: Month, today: date) -> Days:
    if form.month is None:
        year, month = month_ahead(today, form.offset)
    elif form.year is not None:
        year, month = form.year, form.month
    else:
        year, month = today.year + (form.month < today.month), form.month
    if not 1 <= year <= 9998:
        return Days(reason="no_such_date")
    start, end = _MONTH_PORTIONS.get(form.portion or "", (1, 31))
    days = monthrange(year, month)[1]
    first, last = date(year, month, start), date(year, month, min(end, days))
    if form.this and form.year is None and (form.month or 13) < today.month:
        return Days(reason="past")
    if last < today and form.year is None and form.month is not None:
        return Days(
            (DateRange(first.replace(year=year + 1), last.replace(year=year + 1, day=min(last.day, 28))),),
            "past",
        )
    return _clipped(first, last, today)


def _year(form: Year, now: datetime) -> Days:
    """The rest of this year or the whole next one; a form inside it is resolved in that year."""
    year = now.year + form.offset
    match form.inside:
        case None:
            return _clipped(date(year, 1, 1), date(year, 12, 31), now.date())
        case NthWeekday():
            return resolve_day(replace(form.inside, month=replace(form.inside.month, year=year)), now)
    return resolve_day(replace(form.inside, year=year), now)


def _weekend(form: Weekend, today: date) -> Days:
    saturday = monday_of(today, 0) + timedelta(days=5)
    following = saturday + timedelta(days=7)
    this = DateRange(max(saturday, today), saturday + timedelta(days=1))
    next_one = DateRange(following, following + timedelta(days=1))
    inside = today.weekday() >= 5
    match form.which:
        case "last":
            return Days(reason="past")
        case "next":
            return Days((next_one,)) if inside else Days((this, next_one), reason="this_or_next_week")
        case "after_next":
            later = DateRange(next_one.first + timedelta(days=7), next_one.first + timedelta(days=8))
            return Days((next_one, later), reason="this_or_next_week")
        case "coming" if inside:
            return Days((next_one,))
        case "bare" if inside:
            return Days((this, next_one), reason="today_or_next_week")
    return Days((this,))


def _nth(form: NthWeekday, today: date) -> Days:
    """The n-th weekday of a month; weekday -1 means plainly the n-th day."""
    base = form.month
    year, month = (
        month_ahead(today, base.offset) if base.month is None else (base.year or today.year, base.month)
    )
    day = _nth_day(year, month, form)
    if day is not None and day < today and base.month is not None and base.year is None:
        day = _nth_day(year + 1, month, form)
    return Days(reason="no_such_date") if day is None else _single(day, today)


def _nth_day(year: int, month: int, form: NthWeekday) -> date | None:
    if form.weekday < 0:
        last = monthrange(year, month)[1] + 1
        return date_or_none(year, month, form.nth if form.nth > 0 else last + form.nth)
    days = [
        d
        for n in range(1, 32)
        if (d := date_or_none(year, month, n)) is not None and d.weekday() == form.weekday
    ]
    index = form.nth - 1 if form.nth > 0 else form.nth
    return days[index] if -len(days) <= index < len(days) else None


def _feast(form: FeastDay, today: date) -> Days:
    span = feast_span(form, today)
    if span is None:
        return Days(reason="unclear")
    first, last = span
    if first == last:
        return _single(first, today)
    if form.key == "between_years":
        return _clipped(first, last, today)
    options = tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
    return Days(tuple(day for day in options if day >= today), reason="which_day")


def feast_span(form: FeastDay, today: date) -> tuple[date, date] | None:
    """First and last day of the next such feast; a shifted one counts from its far end and is one day."""
    for year in (form.year,) if form.year else (today.year, today.year + 1):
        days = feast_days(form.key, year)
        if days is None:
            return None
        first, last = days
        if form.shift:
            edge = last if form.shift > 0 else first
            first = last = edge + timedelta(days=form.shift)
        if last >= today:
            return first, last
    return None


def _moment(form: Moment, now: datetime) -> Days:
    moment = form.at if form.at.tzinfo is None else form.at.astimezone(now.tzinfo)
    if not form.clock:
        return _single(moment.date(), now.date())
    local = moment.replace(tzinfo=None)
    at = local.time().replace(second=0, microsecond=0, fold=0)
    return Days((local.date(),), at=at) if local >= now.replace(tzinfo=None) else Days(reason="past")


def _within(form: Within, now: datetime) -> Days:
    if form.months:
        end = _relative(RelativeDay(months=form.months), now.date()).options[0]
        assert isinstance(end, date)
        return Days((DateRange(now.date(), end),))
    if form.days:
        return Days((DateRange(now.date(), now.date() + timedelta(days=min(form.days, 3660))),))
    end = now.replace(tzinfo=None) + timedelta(minutes=form.minutes)
    start_minute = now.hour * 60 + now.minute
    if end.date() != now.date():
        return Days(reason="unclear")
    return Days((now.date(),), window=(start_minute, end.hour * 60 + end.minute))


def _either(form: EitherDay, now: datetime) -> Days:
    options: list[date | DateRange] = []
    reason = "no_such_date"
    for option in form.options:
        days = resolve_day(option, now)
        options.extend(days.options)
        reason = days.reason or reason
    return Days(tuple(options), form.reason if options else reason)


def _span(form: DaySpan, now: datetime) -> Days:
    today = now.date()
    last_form = form.last
    first_form = _completed(form.first, last_form)
    first = resolve_day(first_form, now) if first_form is not None else None
    last = resolve_day(last_form, now) if last_form is not None else None
    if form.after and isinstance(form.first, FeastDay) and ends_in_doubt(form.first.key):
        return _doubtful_end(form.first, today)
    if first is not None and last is not None:
        last = _later_end(first, last)
    for end in (first, last):
        if end is not None and (len(end.options) != 1 or end.reason is not None):
            return _open_feast(form, today) or Days(_spans_of(form, end), end.reason)
    start = _edge(first, late=form.after) if first is not None else today
    stop = _edge(last, late=not form.before or _ends_a_frame(last_form)) if last is not None else None
    if form.after:
        start = _after(form.first, start, today)
    if stop is not None and form.before and not _ends_a_frame(last_form):
        stop -= timedelta(days=1)
    if stop is not None and stop < start and isinstance(last_form, NamedWeekday):
        stop += timedelta(days=7)
    if stop is not None and stop < start:
        return Days(reason="past" if first is None else "unclear")
    return Days((DateRange(start, stop),))


def _ends_a_frame(form: DayForm | None) -> bool:
    """ "vor Ende Oktober" means before October is over."""
    return isinstance(form, Month | Week) and form.portion == "end"


def _later_end(first: Days, last: Days) -> Days:
    """ "Montag bis Mittwoch" on a Wednesday: of the days the end can mean only one lies behind the start."""
    if len(first.options) != 1 or first.reason is not None or last.reason != "today_or_next_week":
        return last
    start = _edge(first, late=True)
    behind = tuple(o for o in last.options if isinstance(o, date) and o > start)
    return Days(behind) if len(behind) == 1 else last


def _week_around(form: WeekAround, now: datetime) -> Days:
    if isinstance(form.day, FeastDay):
        span = feast_span(form.day, now.date())
        days = Days((span[1] if form.shift > 0 else span[0],)) if span else Days(reason="unclear")
    else:
        days = resolve_day(form.day, now)
    if len(days.options) != 1 or days.reason is not None:
        return days
    first = _edge(days, late=False)
    monday = first - timedelta(days=first.weekday()) + timedelta(weeks=form.shift)
    return _clipped(monday, monday + timedelta(days=6), now.date())


def _weekday_by(form: WeekdayBy, now: datetime) -> Days:
    if isinstance(form.base, FeastDay):
        span = feast_span(form.base, now.date())
        if span is None:
            return Days(reason="unclear")
    else:
        days = resolve_day(form.base, now)
        if len(days.options) != 1 or days.reason is not None:
            return days
        span = (_edge(days, late=False), _edge(days, late=True))
    if form.after:
        return _single(coming_weekday(form.weekday, span[1]), now.date())
    ahead = (span[0].weekday() - form.weekday - 1) % 7 + 1
    return _single(span[0] - timedelta(days=ahead), now.date())


def _completed(first: DayForm | None, last: DayForm | None) -> DayForm | None:
    """ "vom 15. bis 19. Juni", "von Dienstag bis Freitag nächster Woche": month and week said last count for both."""
    plain = isinstance(first, NamedWeekday) and first.which == "bare" and not first.weeks
    if plain and isinstance(first, NamedWeekday) and isinstance(last, Week) and last.weekday is not None:
        return replace(last, weekday=first.weekday) if first.weekday <= last.weekday else first
    if isinstance(first, CalendarDay) and isinstance(last, CalendarDay) and first.month is None:
        return CalendarDay(first.day, last.month, last.year, first.weekday)
    return first


def _edge(days: Days, late: bool) -> date:
    option = days.options[0]
    if isinstance(option, DateRange):
        return option.last if late and option.last is not None else option.first
    return option


def _after(form: DayForm | None, start: date, today: date) -> date:
    if isinstance(form, FeastDay) and (span := feast_span(form, today)) is not None:
        return span[1] + timedelta(days=1)
    return start + timedelta(days=1)


def _open_feast(form: DaySpan, today: date) -> Days | None:
    """ "nach Ostern", "vor Weihnachten": feasts of several days have an outside."""
    named = form.first or form.last
    if not isinstance(named, FeastDay) or (form.first is not None and form.last is not None):
        return None
    span = feast_span(named, today)
    if span is None:
        return Days(reason="unclear")
    if form.first is not None:
        return Days((DateRange(span[1] + timedelta(days=1) if form.after else span[0], None),))
    stop = span[0] - timedelta(days=1) if form.before else span[1]
    return Days((DateRange(today, stop),)) if stop >= today else Days(reason="past")


def _doubtful_end(feast: FeastDay, today: date) -> Days:
    """Both days from which a feast may be over."""
    span = feast_span(feast, today)
    if span is None:
        return Days(reason="unclear")
    return Days(tuple(DateRange(span[1] + timedelta(days=n), None) for n in (1, 2)), "which_day")


def _spans_of(form: DaySpan, end: Days) -> tuple[date | DateRange, ...]:
    """The open spans an ambiguous end leaves ("ab Mittwoch" on a Wednesday)."""
    if form.first is None or form.last is not None:
        return ()
    starts = [o.first if isinstance(o, DateRange) else o for o in end.options]
    return tuple(DateRange(start + timedelta(days=int(form.after)), None) for start in starts)
