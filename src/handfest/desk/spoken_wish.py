"""Wishes about time as they are said: the options of a question, and what was asked for and is not free."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, time, timedelta

from handfest.model.wish import DateRange, TimeWindow, Wish
from handfest.speech.clock_time import DAY_MINUTES, part_named
from handfest.speech.sentences import all_sentences, sentence, word
from handfest.speech.spoken import month_name, speak_day, speak_minute_of_day, speak_time

OPTIONS_MAX = 3
_YEAR_IS_SAID_AFTER = 300
_HALF_DAY = 12
_NIGHT_ENDS = 6
_NEAR = {0: "today", 1: "tomorrow", 2: "day_after_tomorrow"}


def speak_options(readings: Sequence[Wish], today: date, language: str) -> str:
    """The readings as options of one question: "Freitag, den 12. Juni, oder Freitag, den 19. Juni".

    A day that all share is said once. Where days and times both differ only the days are asked for: one
    question at a time. Empty when no reading can be put into words.
    """
    readings = sorted(readings, key=_from)
    days = list(dict.fromkeys((wish.day, wish.days) for wish in readings))
    times = list(dict.fromkeys((wish.at, wish.window) for wish in readings))
    if len(days) > 1 and len(times) > 1:
        readings = [Wish(day=day, days=span) for day, span in days]
        times = []
    halves = {at.hour for at, _ in times if at is not None}
    if len(days) == 1 and len(times) > 1:
        lead = _days_of(readings[0], today, language, "asked")
        options = [_time_of(wish, language, bool(lead), halves) for wish in readings]
        chosen = _either(options, language)
        return f"{lead} {chosen}" if lead and chosen else lead or chosen
    return _either([_whole(wish, today, language, "asked", halves) for wish in readings], language)


def speak_wish(wish: Wish, today: date, language: str) -> str:
    """What was asked for, inside a statement: "am Freitag, dem 12. Juni, vormittags"; empty for "any time"."""
    return _whole(wish, today, language, "said", set()).rstrip(",")


def _from(wish: Wish) -> date:
    return wish.day or (wish.days.first if wish.days else date.min)


def _either(options: Sequence[str], language: str) -> str:
    """The options with "oder" between each two: after a comma the next day would sound like the same one."""
    said = [option for option in dict.fromkeys(options) if option][:OPTIONS_MAX]
    return word(language, "or").join(said).rstrip(",")


def _whole(wish: Wish, today: date, language: str, frame: str, halves: set[int]) -> str:
    lead = _days_of(wish, today, language, frame)
    if wish.window is not None and wish.day is not None:
        near = _near_part(wish.window, (wish.day - today).days, language)
        if near is not None:
            return f"{lead} {near}"
    if frame == "said" and wish.at is None and wish.window is None:
        return lead
    clock = _time_of(wish, language, bool(lead) or frame == "said", halves)
    return " ".join(part for part in (lead, clock) if part)


def _near_part(window: TimeWindow, days_ahead: int, language: str) -> str | None:
    """ "morgen Nachmittag": how a part of one of the next days is called, where the language has a way of its own."""
    name = part_named(window) if window.vague else None
    called = all_sentences(language).get("near", {})
    return called.get(name) if name is not None and days_ahead in _NEAR else None


def _days_of(wish: Wish, today: date, language: str, frame: str) -> str:
    if wish.day is not None:
        return _day(wish.day, today, language, frame)
    return _span(wish.days, today, language, frame) if wish.days is not None else ""


def _day(day: date, today: date, language: str, frame: str) -> str:
    near = _NEAR.get((day - today).days)
    if near is not None:
        return word(language, near)
    return sentence(language, frame, "day", day=_dated(day, today, language, frame))


def _dated(day: date, today: date, language: str, frame: str) -> str:
    """The day in the case its frame asks for, with its year when it is far ahead."""
    form = "day_asked" if frame == "asked" else "day_after_on"
    dated = speak_day(day, language, form=form)
    return f"{dated} {day.year}" if (day - today).days > _YEAR_IS_SAID_AFTER else dated


def _span(days: DateRange, today: date, language: str, frame: str) -> str:
    """A range of days by its name (weekend, week, month) or by its ends."""

    def put(name: str, **facts: str) -> str:
        return sentence(language, frame, name, **facts)

    after_on = _dated(days.first, today, language, "said")
    if days.last is None:
        return put("from_day", day=after_on)
    name = _name_of(days)
    if name == "month":
        return put("month", month=month_name(days.first.month, language))
    if name is not None:
        return put(name, day=speak_day(days.first, language, form="day_of_month"))
    if days.first <= today:
        return put("until_day", day=_dated(days.last, today, language, "asked"))
    return put("days", first=after_on, last=_dated(days.last, today, language, "asked"))


def _name_of(days: DateRange) -> str | None:
    assert days.last is not None
    length = (days.last - days.first).days + 1
    if days.first.day == 1 and days.last == days.first + timedelta(monthrange(*_month(days.first))[1] - 1):
        return "month"
    if days.first.weekday() == 0 and length == 7:
        return "week"
    return "weekend" if days.first.weekday() == 5 and length == 2 else None


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


def _time_of(wish: Wish, language: str, after_day: bool, halves: set[int]) -> str:
    if wish.at is not None:
        return _clock(wish.at, language, after_day, halves)
    if wish.window is not None:
        return _window(wish.window, language)
    return word(language, "earliest") if wish.earliest else ""


def _clock(at: time, language: str, after_day: bool, halves: set[int]) -> str:
    """ "15 Uhr"; an hour whose other half is an option too says its own ("3 Uhr nachts")."""
    spoken = speak_time(at.hour, at.minute, language)
    if at.hour + _HALF_DAY in halves:
        spoken += word(language, "night" if at.hour < _NIGHT_ENDS else "morning")
    return f"{word(language, 'at').strip()} {spoken}" if after_day else spoken


def _window(window: TimeWindow, language: str) -> str:
    name = part_named(window) if window.vague else None
    if name is not None:
        return word(language, f"part_{name}")
    start, end = (speak_minute_of_day(minute, language) for minute in (window.start, window.end))
    open_side = "until_time" if window.start == 0 else "from_time" if window.end == DAY_MINUTES else "between"
    return sentence(language, "words", open_side, start=start, end=end)
