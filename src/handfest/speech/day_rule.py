"""Builders of day forms that name their day by number, by weekday or by feast."""

from datetime import time

from handfest.speech.form import (
    CalendarDay,
    DayForm,
    Daypart,
    DaySpan,
    EitherDay,
    FeastDay,
    Moment,
    Month,
    NamedWeekday,
    NthWeekday,
    RelativeDay,
    Unclear,
    Week,
    Weekend,
)
from handfest.speech.match import Match, day, value_of
from handfest.speech.token import Token, iso_moment

_MONTHS = ("month", "maybe_month")
_DAY_NO = ("ord", "num")
WEEK_OFFSETS = {"this": 0, "next": 1, "coming": 1, "after_next": 2, "last": -1, "following": 1}


def iso(match: Match) -> list[Token] | None:
    """An ISO date or timestamp; one at midnight is how machines write a day."""
    text = str(match.tokens[0].value)
    moment = iso_moment(text)
    if moment is None:
        return day(match, Unclear("no_such_date"))
    return day(match, Moment(moment, clock=":" in text and moment.time() != time.min))


def _numbers(token: Token | None) -> tuple[int, ...]:
    return token.value if token is not None and isinstance(token.value, tuple) else ()


def _full_year(year: int) -> int:
    return year if year >= 100 else 2000 + year


def _weekday(match: Match) -> int | None:
    token = match.find("weekday")
    return value_of(token) if token is not None else (6 if match.has("so") else None)


def numeric_date(match: Match) -> list[Token] | None:
    """ "14.10.", "14.10.2026", "10/11": day first in German, undecided in English if both may be months."""
    token = match.find("date", "slashed", "ymd", "dmyword", "compact")
    numbers = _numbers(token)
    assert token is not None
    weekday = _weekday(match)
    if token.kind == "compact":
        text = token.text
        return day(match, CalendarDay(int(text[6:]), int(text[4:6]), int(text[:4]), weekday))
    if token.kind == "ymd":
        return day(match, CalendarDay(numbers[2], numbers[1], numbers[0], weekday))
    first, second = numbers[0], numbers[1]
    year = _full_year(numbers[2]) if len(numbers) > 2 else None
    if token.kind == "slashed" and year is None and (first, second) in ((1, 2), (1, 4), (3, 4)):
        return None
    return day(match, _ordered(first, second, year, weekday, match.language, token.kind))


def _ordered(
    first: int, second: int, year: int | None, weekday: int | None, language: str, kind: str
) -> DayForm:
    day_first, month_first = (
        CalendarDay(first, second, year, weekday),
        CalendarDay(second, first, year, weekday),
    )
    if language == "de" or first == second or first > 12:
        return day_first
    if second > 12:
        return month_first
    return EitherDay((day_first, month_first), "day_month_order")


def dotted_date(match: Match) -> list[Token] | None:
    """ "17.6", "15.1": a date without its last dot. "9.30" and "um 10.15" stay for the clock."""
    token = match.find("dotted")
    first, second = _numbers(token)
    after_at = match.before is not None and match.before.kind in (
        "at",
        "approx",
        "to",
        "from",
        "after",
        "before",
        "of",
    )
    clocklike = match.after is not None and match.after.kind in ("oclock", "ampm", "to", "dash")
    assert token is not None
    if after_at or clocklike or not (1 <= first <= 31 and 1 <= second <= 12):
        return None
    if len(token.text.split(".")[1]) == 1 and second > 1 and first <= 9 and match.language == "en":
        return None
    if len(token.text.split(".")[1]) == 2 and second == 10 and first < 24 and not match.has("weekday", "on"):
        date_word = match.before is not None and match.before.kind == "on"
        if not date_word:
            return day(match, Unclear("date_or_time"))
    return day(match, _ordered(first, second, None, _weekday(match), match.language, "dotted"))


def calendar(match: Match) -> list[Token] | None:
    """A day number with the name of its month, perhaps with weekday and year."""
    number, month = match.number(*_DAY_NO), match.number(*_MONTHS)
    year = match.number("year")
    if number is None or not 1 <= number <= 99:
        return None
    if match.tokens[-1].kind == "num" and not match.tokens[-1].digits and match.tokens[-2].kind in _MONTHS:
        hourly = match.after is not None and match.after.kind in ("oclock", "ampm")
        if hourly:
            return None
    return day(match, CalendarDay(number, month, year, _weekday(match)))


def short_year(match: Match) -> list[Token] | None:
    """ "15. März 27": two figures behind the month that can be no hour are the year."""
    number, month, figures = match.number(*_DAY_NO), match.number(*_MONTHS), match.tokens[-1]
    year = value_of(figures)
    clocked = match.after is not None and match.after.kind in ("oclock", "ampm", "num", "unit")
    if number is None or year is None or not 24 < year < 60 or not figures.digits or clocked:
        return None
    return day(match, CalendarDay(number, month, 2000 + year, _weekday(match)))


def month_span(match: Match) -> list[Token] | None:
    """ "June 15 to 19"."""
    month, year = match.number(*_MONTHS), match.number("year")
    first, last = match.number(*_DAY_NO), match.number(*_DAY_NO, index=1)
    if first is None or last is None or not first < last <= 31:
        return None
    return day(match, DaySpan(CalendarDay(first, month, year), CalendarDay(last, month, year)))


def calendar_pair(match: Match) -> list[Token] | None:
    """ "fünfzehnter sechster", "15. 6.": day and month by number."""
    first, second = match.number(*_DAY_NO), match.number(*_DAY_NO, index=1)
    if first is None or second is None or not (first <= 31 and second <= 12):
        return None
    if match.language == "en" and match.has("ord"):
        return None
    unfinished = match.tokens[-1].kind == "num"
    if unfinished and match.after is not None and match.after.kind in ("oclock", "ampm", "num", "unit"):
        return None
    return day(match, CalendarDay(first, second, match.number("year"), _weekday(match)))


def weekday_date(match: Match) -> list[Token] | None:
    """ "Freitag, der 19.", "Friday the 19th"."""
    number = match.number(*_DAY_NO)
    if number is None or not 1 <= number <= 31:
        return None
    figure = match.find("num")
    if (
        figure is not None
        and match.after is not None
        and match.after.kind in ("oclock", "ampm", "month", "num")
    ):
        return None
    if figure is not None and not match.has("dot", "the"):
        return None
    return day(match, CalendarDay(number, weekday=_weekday(match)))


def modified_weekday_date(match: Match) -> list[Token] | None:
    """ "am kommenden Freitag, den dritten": both must name the same day."""
    weekday, number, which = _weekday(match), match.number(*_DAY_NO), match.value("mod")
    clocked = match.after is not None and match.after.kind in (
        "oclock",
        "ampm",
        *_MONTHS,
        "ord",
        "num",
        "unit",
    )
    if weekday is None or number is None or not 1 <= number <= 31 or clocked:
        return None
    if which not in ("this", "coming", "next"):
        return None
    return [
        Token("day", NamedWeekday(weekday, which), match.text),
        Token("day", CalendarDay(number), match.text),
    ]


def day_number(match: Match) -> list[Token] | None:
    """ "am fünfzehnten", "am 15.", "the fifteenth": a day without its month.

    "der erste" alone may as well choose among the times that were offered.
    """
    number = match.number(*_DAY_NO)
    if number is None or not 1 <= number <= 31:
        return None
    after = match.after.kind if match.after is not None else ""
    if match.has("num") and after in ("oclock", "ampm", "unit", "month", "maybe_month", "count", "person"):
        return None
    counted = not match.has("on") or (match.language == "de" and number <= _COUNTED)
    if after == "word" and counted and _counts_noun(match, number):
        return None
    hourly = match.language == "de" or not match.has("ord")
    if match.before is not None and match.before.kind == "at" and hourly:
        return None
    bounded = match.has("on") or (match.before is not None and match.before.kind in _BOUNDS)
    if match.has("num") and not match.has("on", "the") and _ends_a_sentence(match):
        return None
    if number <= _OFFERS and match.has("ord") and not bounded and not match.tokens[-1].digits:
        return day(match, Unclear("date_or_choice"))
    return day(match, CalendarDay(number))


def _ends_a_sentence(match: Match) -> bool:
    """ "zehn Uhr, wobei, lieber elf.": a dot behind a number word, or behind a correcting figure, orders nothing."""
    number = match.find("num")
    assert number is not None
    return not number.digits or (match.before is not None and match.before.kind == "corr")


_OFFERS = 3
_COUNTED = 4
"""Up to here "am zweiten Schultag" counts what the noun names; "am zwölften Haare schneiden" names a day."""
_BOUNDS = frozenset({"between", "of", "from", "until", "after", "before", "to", "by", "since"})


def _counts_noun(match: Match, number: int) -> bool:
    """ "der zweite Versuch", "in der ersten Sitzung": the ordinal belongs to the noun behind it."""
    assert match.after is not None
    inside = match.before is not None and match.before.kind == "in"
    noun = match.after.capital if match.language == "de" else number <= 4
    return inside or noun


def day_of_month(match: Match) -> list[Token] | None:
    """ "am 15. nächsten Monats", "nächsten Monat am 15.", "am 15. des Monats"."""
    number, unit = match.number(*_DAY_NO), match.value("unit")
    if unit == "month" and not match.has("mod") and number is not None and 1 <= number <= 31:
        return day(match, CalendarDay(number))
    offset = WEEK_OFFSETS.get(match.value("mod") or "")
    if unit != "month" or offset is None or number is None or not 1 <= number <= 31:
        return None
    return day(match, NthWeekday(number, -1, Month(offset=offset)))


def nth_weekday(match: Match) -> list[Token] | None:
    """ "der erste Montag im Juli", "the last Friday of next month"."""
    mods = [token.value for token in match.every("mod")]
    nth = match.number(*_DAY_NO)
    if nth is None:
        nth = _from_the_end(match)
        mods = mods[1:]
    weekday = _weekday(match)
    if nth is None or weekday is None or not _FARTHEST <= nth <= 5:
        return None
    month = match.number(*_MONTHS)
    if month is not None:
        return day(match, NthWeekday(nth, weekday, Month(month, year=match.number("year"))))
    offset = WEEK_OFFSETS.get(str(mods[0])) if mods else 0
    if offset is None or match.value("unit") != "month":
        return None
    return day(match, NthWeekday(nth, weekday, Month(offset=offset)))


def nth_weekday_part(match: Match) -> list[Token] | None:
    """ "am ersten Montagabend im Oktober": that day, and the part of it."""
    days = nth_weekday(match)
    name = match.value("daypart") or "morning_de"
    return None if days is None else [*days, Token("part", Daypart(name), match.text)]


_ENDMOST = {"vorletzt": -2, "drittletzt": -3, "viertletzt": -4, "antepenultimate": -3} | dict.fromkeys(
    ("penultimate", "second to last", "second last", "next to last"), -2
)
_FARTHEST = -4


def _from_the_end(match: Match) -> int | None:
    """Which one from the end a covered "last", "vorletzter", "penultimate" counts; None without one."""
    token = match.find("mod")
    if token is None or token.value != "last":
        return None
    return next((nth for word, nth in _ENDMOST.items() if token.text.startswith(word)), -1)


def plain_weekday(match: Match) -> list[Token] | None:
    """A weekday alone; "donnerstags" too."""
    weekday = _weekday(match)
    return None if weekday is None else day(match, NamedWeekday(weekday))


def weekday_mod(match: Match) -> list[Token] | None:
    """ "nächsten Freitag", "this Monday"."""
    weekday, which, mods = _weekday(match), match.value("mod"), match.every("mod")
    if weekday is None or which is None or (len(mods) > 1 and mods[1].value != "coming"):
        return None
    if which == "following":
        return day(match, Unclear("unclear"))
    return day(match, NamedWeekday(weekday, which))


def recurring(match: Match) -> list[Token] | None:
    """ "jeden Freitag", "every morning": a series is no appointment."""
    if match.has("mod") and match.value("mod") != "every":
        return None
    return day(match, Unclear("recurring"))


def feast(match: Match) -> list[Token] | None:
    """A feast by name, perhaps of a year."""
    key = match.value("feast")
    return None if key is None else day(match, FeastDay(key, year=match.number("year")))


def relative_day(match: Match) -> list[Token] | None:
    """heute, morgen, übermorgen, today, ..."""
    days = match.number("rel")
    return None if days is None else day(match, RelativeDay(days))


def month_whole(match: Match) -> list[Token] | None:
    """ "im Juli", "next June": any day of the month."""
    month, which = match.number(*_MONTHS), match.value("mod")
    if which in ("last", "every", "after_next", "following"):
        return day(match, Unclear("past" if which == "last" else "unclear"))
    return day(match, Month(month, year=match.number("year"), this=which == "this"))


def month_range(match: Match) -> list[Token] | None:
    """ "from May to October 2027": the year said last counts for both."""
    first, last = match.number(*_MONTHS), match.number(*_MONTHS, index=1)
    if first is None or last is None:
        return None
    year = match.number("year")
    began = year if year is None or first <= last else year - 1
    return day(match, DaySpan(Month(first, year=began), Month(last, year=year)))


def month_portion(match: Match) -> list[Token] | None:
    """ "Anfang Juli", "mid June", "late September"."""
    portion = match.value("portion") or ("start" if match.has("early") else "end")
    return day(match, Month(match.number(*_MONTHS), year=match.number("year"), portion=portion))


def weekend(match: Match) -> list[Token] | None:
    """ "am Wochenende", "nächstes Wochenende", "the weekend after next"."""
    which = match.value("mod") or "bare"
    unit = match.value("unit")
    if unit is not None:
        offset = WEEK_OFFSETS.get(which)
        return None if unit != "week" or offset is None else day(match, Week(offset, portion="weekend"))
    return day(match, Unclear("recurring") if which == "every" else Weekend(which))


def workdays(match: Match) -> list[Token] | None:
    """ "unter der Woche": Monday to Friday, of which week is open unless one is told."""
    return day(match, Unclear("unclear", passing=not match.has("num")))


def between_years(match: Match) -> list[Token] | None:
    """ "zwischen den Jahren": the days from 27 to 30 December."""
    return day(match, FeastDay("between_years"))


def month_week(match: Match) -> list[Token] | None:
    """ "in der ersten Juliwoche", "letzter Werktag im Mai": where these begin is not agreed; a day's number is.

    "next year in May" is no week.
    """
    if match.value("unit") == "year":
        return None
    nth, month = match.number(*_DAY_NO) or _from_the_end(match), match.number(*_MONTHS)
    if match.value("unit") == "day" and nth is not None and month is not None:
        return day(match, NthWeekday(nth, -1, Month(month, year=match.number("year"))))
    return day(match, Unclear("unclear"))


def few_days(match: Match) -> list[Token] | None:
    """ "in den nächsten Tagen", "bald": too vague to look for."""
    return day(match, Unclear("unclear", passing=True))
