"""Dates and times as people say them."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files
from typing import Any

from whenever import ZonedDateTime

_WORDS: Mapping[str, Mapping[str, Any]] = tomllib.loads(
    files("handfest.speech").joinpath("data/calendar_words.toml").read_text(encoding="utf-8")
)
LANGUAGES = tuple(_WORDS)


def speak_day(
    day: date, language: str, *, after_on: bool = False, year: bool = False, form: str | None = None
) -> str:
    """ "Mittwoch, 22. Oktober"; `after_on` for the form that follows "am"/"on"; `year` with the year.

    `form` names one of the forms in `data/calendar_words.toml` outright.
    """
    words = _WORDS[language]
    form = form or ("day_after_on" if after_on else "day_year" if year else "day")
    return str(words[form]).format(
        weekday=words["weekdays"][day.weekday()],
        day=day.day,
        ordinal=_ordinal(day.day),
        month=words["months"][day.month - 1],
        year=day.year,
    )


def speak_time(hour: int, minute: int, language: str) -> str:
    """ "14 Uhr", "9 Uhr 15"; "2 pm", "9:15 am"."""
    form = str(_WORDS[language]["hour_minute" if minute else "hour"])
    half = "am" if hour % 24 < 12 else "pm"
    return form.format(hour=hour, minute=minute, hour12=(hour - 1) % 12 + 1, half=half)


def speak_minute_of_day(minute: int, language: str) -> str:
    """A minute of the day, 1440 being midnight at its end ("24 Uhr", "12 am")."""
    return speak_time(minute // 60, minute % 60, language)


def speak_moment(at: ZonedDateTime, language: str) -> str:
    """ "Mittwoch, 22. Oktober, 14 Uhr": the label of an offer."""
    return f"{speak_day(at.date().to_stdlib(), language)}, {speak_time(at.hour, at.minute, language)}"


def speak_list(items: Sequence[str], joint: str) -> str:
    """ "a, b und c" with the joining word given."""
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + joint + items[-1]


def _ordinal(day: int) -> str:
    ending = "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def weekday_name(weekday: int, language: str) -> str:
    """The name of a weekday, 0 = Monday."""
    return str(_WORDS[language]["weekdays"][weekday])


def month_name(month: int, language: str) -> str:
    """The name of a month, 1 = January."""
    return str(_WORDS[language]["months"][month - 1])
