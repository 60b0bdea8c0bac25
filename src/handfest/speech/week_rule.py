"""Builders of day forms counted in weeks, days and hours from now, and of parts of weeks."""

from handfest.speech.day_rule import WEEK_OFFSETS
from handfest.speech.form import (
    CalendarDay,
    DayForm,
    Daypart,
    DaySpan,
    Elapsed,
    Month,
    NamedWeekday,
    RelativeDay,
    Unclear,
    Week,
    Weekend,
    Within,
    Year,
)
from handfest.speech.match import Match, day, value_of
from handfest.speech.token import Token

_MINUTES = {"minute": 1, "hour": 60, "quarter_hour": 15, "half_hour": 30, "three_quarter_hour": 45}
_MONTHS = {"month": 1, "year": 12}
_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_AMOUNTS = ("num", "one", "a", "frac", "decimal")
_THIS_PARTS = {"this": 0}


def _weekday(match: Match) -> int | None:
    return match.number("weekday")


def _offset(match: Match) -> int | None:
    return WEEK_OFFSETS.get(match.value("mod") or "")


def _amount(match: Match) -> float | None:
    """The number before the unit, halves and "und eine halbe" included; None when there is none."""
    total: float | None = None
    added = False
    for token in match.tokens:
        if token.kind == "and":
            added = True
        fraction = _fraction(token)
        if fraction is not None:
            total = (total or 0.0) + fraction if added or (total or 1.0) != 1.0 else fraction
        elif token.kind in ("num", "one", "a") and total is None:
            total = float(value_of(token) or 0)
        elif token.kind == "decimal" and isinstance(token.value, tuple):
            total = float(f"{token.value[0]}.{token.value[1]}")
    return total


def _fraction(token: Token) -> float | None:
    if token.kind == "frac" and isinstance(token.value, float):
        return token.value
    return {"half": 0.5, "quarter": 0.25, "threequarter": 0.75}.get(token.kind)


def _whole(match: Match) -> int | None:
    amount = _amount(match)
    return int(amount) if amount is not None and amount == int(amount) else None


def week_of(match: Match) -> list[Token] | None:
    """ "nächste Woche Mittwoch", "next week on Friday"."""
    offset = _offset(match)
    if match.value("unit") != "week" or offset is None:
        return None
    return day(match, Week(offset, weekday=_weekday(match)))


def weekday_of_week(match: Match) -> list[Token] | None:
    """ "Mittwoch nächster Woche", "Friday of next week"."""
    return week_of(match)


def numbered_week(match: Match) -> list[Token] | None:
    """ "KW 43", "week 43", "Freitag in KW 43"."""
    number = match.number("num", "ord")
    if match.has("unit") and (match.value("unit") != "week" or match.tokens[-1].kind == "unit"):
        return None
    if number is None or not 1 <= number <= 53:
        return day(match, Unclear("no_such_date"))
    return day(match, Week(number=number, weekday=_weekday(match)))


def week_of_year(match: Match) -> list[Token] | None:
    """ "week 27 of last year" is behind us; of a year ahead the number alone is the coming one or is asked about."""
    numbered = numbered_week(Match(match.tokens[:-2], match.before, None, match.language))
    if match.tokens[-1].value != "year" or match.value("mod") != "last" or numbered is None:
        return None
    return day(match, Unclear("past"))


def weekday_weeks(match: Match) -> list[Token] | None:
    """ "Freitag in zwei Wochen", "Montag in acht Tagen": the coming one and so many weeks."""
    weekday, amount, unit = _weekday(match), _whole(match), match.value("unit")
    if weekday is None or amount is None:
        return None
    return day(match, _weeks_later(weekday, amount, unit or ""))


def _weeks_later(weekday: int, amount: int, unit: str) -> DayForm | None:
    if unit == "day":
        amount = {8: 1, 14: 2, 7: 1}.get(amount, -1)
        unit = "week"
    if unit not in ("week", "fortnight") or amount < 0:
        return Unclear("unclear") if amount < 0 else None
    return NamedWeekday(weekday, "bare", amount * _DAYS[unit] // 7)


def weekday_week(match: Match) -> list[Token] | None:
    """British "Friday week", "tomorrow week", "today fortnight"."""
    unit = match.value("unit")
    if match.language != "en" or unit not in ("week", "fortnight"):
        return None
    weekday = _weekday(match)
    if weekday is not None:
        return day(match, _weeks_later(weekday, 1, unit))
    return day(match, RelativeDay((match.number("rel") or 0) + _DAYS[unit]))


def weeks_on(match: Match) -> list[Token] | None:
    """ "a week on Friday", "two weeks from Monday"."""
    weekday, unit = _weekday(match), match.value("unit")
    amount = match.number("num", "one", "a") or 1
    if weekday is None or unit not in ("week", "fortnight") or match.has("mod"):
        return None
    return day(match, _weeks_later(weekday, amount, unit))


def weeks_today(match: Match) -> list[Token] | None:
    """ "a week today", "two weeks from tomorrow", "three days after tomorrow"."""
    unit, amount, base = match.value("unit"), match.number("num", "one", "a"), match.number("rel")
    if unit in _MONTHS and base == 0 and amount is not None:
        return day(match, RelativeDay(months=amount * _MONTHS[unit]))
    if unit not in _DAYS or base is None or amount is None:
        return None
    return day(match, RelativeDay(base + amount * _DAYS[unit]))


def weeks_from_now(match: Match) -> list[Token] | None:
    """ "two weeks from now"."""
    return elapsed(match)


def rel_in(match: Match) -> list[Token] | None:
    """ "heute in acht Tagen" is a week, "morgen in zwei Wochen" is counted."""
    unit, amount = match.value("unit"), _whole(match)
    base = 1 if match.has("morgen") else match.number("rel")
    if unit == "month" and base == 0 and amount is not None:
        return day(match, RelativeDay(months=amount))
    if unit not in _DAYS or amount is None or base is None:
        return None
    days = 7 if unit == "day" and amount == 8 else amount * _DAYS[unit]
    return day(match, RelativeDay(base + days))


def in_weeks_weekday(match: Match) -> list[Token] | None:
    """ "in zwei Wochen am Freitag": Friday of that week."""
    unit, amount = match.value("unit"), _whole(match)
    if unit not in ("week", "fortnight") or amount is None:
        return None
    return day(match, Week(amount * _DAYS[unit] // 7, weekday=_weekday(match)))


def elapsed(match: Match) -> list[Token] | None:
    """ "in drei Tagen", "in anderthalb Stunden", "in half an hour", "in einem Monat"."""
    unit, amount = match.value("unit"), _amount(match)
    if unit is None:
        return None
    if unit in _MINUTES:
        minutes = _MINUTES[unit] * (1.0 if amount is None else amount)
        return day(match, Elapsed(round(minutes)))
    if amount is None:
        return None
    if unit == "day" and amount == 8 and match.language == "de":
        return day(match, Unclear("eight_days"))
    if unit == "month":
        return day(match, RelativeDay(months=int(amount)) if amount == int(amount) else Unclear("unclear"))
    if unit == "year":
        return day(match, RelativeDay(months=int(amount * 12)))
    days = amount * _DAYS[unit]
    return day(match, RelativeDay(int(days)) if days == int(days) else Unclear("unclear"))


def elapsed_hours(match: Match) -> list[Token] | None:
    """ "in 2h"."""
    hours, unit = match.number("num"), match.find("oclock")
    if hours is None or unit is None or unit.text != "h":
        return None
    return day(match, Elapsed(hours * 60))


def portion_span(match: Match) -> list[Token] | None:
    """ "zwischen Mitte und Ende Oktober", "early to mid next week"."""
    named = {"early": "start", "late": "end"}
    first, last = (named.get(t.kind, str(t.value)) for t in match.every("portion", "early", "late"))
    month, unit = match.number("month", "maybe_month"), match.value("unit")
    ends: list[DayForm]
    if month is not None:
        ends = [Month(month, year=match.number("year"), portion=portion) for portion in (first, last)]
    else:
        offset = WEEK_OFFSETS.get(match.value("mod") or "")
        if offset is None or unit not in ("week", "month"):
            return None
        of_week = unit == "week"
        ends = [
            Week(offset, portion=portion) if of_week else Month(offset=offset, portion=portion)
            for portion in (first, last)
        ]
    return day(match, DaySpan(ends[0], ends[1]))


def ago(match: Match) -> list[Token] | None:
    """ "vor drei Tagen", "a week ago": lies behind us."""
    unit = match.value("unit")
    if unit is None or (match.tokens[0].kind == "before" and match.language == "en"):
        return None
    return day(match, RelativeDay(-max(1, int((_amount(match) or 1) * _DAYS.get(unit, 1)))))


def within(match: Match) -> list[Token] | None:
    """ "in den nächsten zwei Wochen", "within the next hour": from now on, so long."""
    which, unit = match.value("mod"), match.value("unit")
    if which not in ("next", "coming") or unit is None:
        return None
    counted = match.has("num", "one", "a", "frac")
    amount = _amount(match)
    if unit in _MINUTES:
        return day(match, Within(minutes=round(_MINUTES[unit] * (amount or 1))))
    if not counted or amount is None:
        return None
    if unit == "month" and amount == int(amount):
        return day(match, Within(months=int(amount)))
    return day(match, Within(days=round(amount * _DAYS[unit]))) if unit in _DAYS else None


def within_amount(match: Match) -> list[Token] | None:
    """ "innerhalb von zwei Wochen", "within the next hour"."""
    unit, amount = match.value("unit"), _amount(match) or 1.0
    if unit in _MINUTES:
        return day(match, Within(minutes=round(_MINUTES[unit] * amount)))
    if unit not in _DAYS or match.value("mod") not in (None, "next", "coming"):
        return day(match, Unclear("unclear"))
    return day(match, Within(days=round(amount * _DAYS[unit])))


def past_weekday(match: Match) -> list[Token] | None:
    """ "Mittwoch vor zwei Wochen", "Wednesday two weeks ago"; "Friday before ten o'clock" is none."""
    return None if match.value("unit") not in _DAYS else day(match, Unclear("past"))


def another_day(match: Match) -> list[Token] | None:
    """ "Chinese New Year", "orthodoxe Ostern", "the closest Monday": not the day that the name has alone."""
    return day(match, Unclear("unclear"))


def vague_amount(match: Match) -> list[Token] | None:
    """ "in less than two weeks", "more than a week from now": no day follows from it."""
    return day(match, Unclear("unclear"))


def later_today(match: Match) -> list[Token] | None:
    """ "later today": today, and no more was said."""
    return day(match, RelativeDay(0)) if match.number("rel") == 0 else None


def recurring_words(match: Match) -> list[Token] | None:
    """ "alle zwei Wochen", "every other Friday"."""
    return day(match, Unclear("recurring"))


def week_portion(match: Match) -> list[Token] | None:
    """ "Anfang nächster Woche", "end of the month"."""
    unit, portion = match.value("unit"), match.value("portion")
    if portion is None:
        portion = "start" if match.has("early") else "end"
    if match.after is not None and match.after.kind in ("month", "maybe_month", "mod"):
        return None
    offset = WEEK_OFFSETS.get(match.value("mod") or "this")
    if offset is None:
        return None
    lead = match.tokens[0]
    kept = [lead] if lead.kind in ("until", "by", "before", "after", "from") else []
    form: DayForm
    if unit == "week":
        form = Week(offset, portion=portion)
    elif unit == "month":
        form = Month(offset=offset, portion=portion)
    elif unit == "year" and kept and portion == "end":
        form = Year(offset, CalendarDay(31, 12))
        kept = [Token("until", None, lead.text)] if lead.kind != "after" else kept
    else:
        form = Unclear("unclear")
    made = day(match, form)
    return None if made is None else [*kept, *made]


def plain_week(match: Match) -> list[Token] | None:
    """ "nächste Woche", "this month"; "next weekend" is the weekend's own matter."""
    unit, offset = match.value("unit"), _offset(match)
    if offset is None:
        return None
    if match.has("weekend"):
        return day(match, Week(offset, portion="weekend")) if unit == "week" else None
    if unit == "week":
        return day(match, Week(offset))
    if unit == "month":
        return day(match, Month(offset=offset))
    if unit == "year":
        return day(
            match, Year(offset) if 0 <= offset <= 1 else RelativeDay(-1) if offset < 0 else Unclear("unclear")
        )
    if unit == "day":
        return day(match, RelativeDay(-1) if offset < 0 else Unclear("unclear"))
    return None


def after_next(match: Match) -> list[Token] | None:
    """ "the week after next", "Friday after next"."""
    following = match.after.kind if match.after is not None else ""
    if match.value("mod") != "next" or following in ("weekday", "unit", "weekend", "month", "feast"):
        return None
    unit, weekdays = match.value("unit"), match.every("weekday")
    if match.has("weekend"):
        return day(match, Weekend("after_next"))
    if unit == "week":
        return day(match, Week(2, weekday=value_of(weekdays[0]) if weekdays else None))
    if unit == "month":
        return day(match, Month(offset=2))
    if unit is not None or len(weekdays) != 1:
        return None
    return day(match, NamedWeekday(value_of(weekdays[0]) or 0, "after_next"))


def late_week(match: Match) -> list[Token] | None:
    """ "later this week": from tomorrow to Sunday."""
    return day(match, Week(0, portion="rest"))


def tonight(match: Match) -> list[Token] | None:
    """ "tonight" is today and the evening."""
    return [Token("day", RelativeDay(0), match.text), Token("part", Daypart("evening"), match.text)]


def this_part(match: Match) -> list[Token] | None:
    """ "this afternoon", "diesen Morgen": today's; "last night" lies behind us, "am nächsten Morgen" is open."""
    which = match.value("mod")
    if which not in _THIS_PARTS:
        if which in ("next", "following", "coming"):
            return day(match, Unclear("unclear"))
        return day(match, RelativeDay(-1)) if which == "last" else None
    name = match.value("daypart") or "morning_de"
    return [Token("day", RelativeDay(0), match.text), Token("part", Daypart(name), match.text)]


_SHIFTED_PARTS = {
    ("late", "forenoon"): "late_morning",
    ("late", "afternoon"): "late_afternoon",
    ("late", "evening"): "late_evening",
    ("early", "forenoon"): "early_forenoon",
    ("early", "afternoon"): "early_afternoon",
    ("early", "evening"): "early_evening",
}


def shifted_part(match: Match) -> list[Token] | None:
    """ "am späteren Nachmittag", "earlyish evening"."""
    shift = "late" if match.has("late") else "early"
    name = _SHIFTED_PARTS.get((shift, match.value("daypart") or ""))
    return None if name is None else [Token("part", Daypart(name), match.text)]


def late_this_part(match: Match) -> list[Token] | None:
    """ "late this afternoon"."""
    shifted = shifted_part(match)
    if match.value("mod") != "this" or shifted is None:
        return None
    return [Token("day", RelativeDay(0), match.text), *shifted]


def thereafter(match: Match) -> list[Token] | None:
    """ "den Freitag drauf": after what, nobody said."""
    return day(match, Unclear("unexplained" if match.value("unit") == "day" else "this_or_next_week"))


def near_part(match: Match) -> list[Token] | None:
    """ "kurz nach Mittag": near the noon hour; how near, nobody said."""
    if match.value("daypart") != "noon":
        return day(match, Unclear("unclear"))
    return [Token("part", Daypart("late_morning" if match.has("before") else "noon"), match.text)]


def morning_after_day(match: Match) -> list[Token] | None:
    """ "am Morgen" is the morning, never tomorrow."""
    return [Token("part", Daypart("morning_de"), match.text)]
