"""Movable and fixed feasts: Easter by the Gregorian computus, Advent and November days by weekday rules."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from handfest.speech.lexicon import table

_BETWEEN_YEARS = "between_years"


def easter(year: int) -> date:
    """Easter Sunday of a Gregorian year (the anonymous algorithm of Meeus, Jones and Butcher)."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - correction + 15) % 30
    leaps, rest = divmod(in_century, 4)
    weekday = (32 + 2 * century_rest + 2 * leaps - epact - rest) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def _fourth_advent(year: int) -> date:
    christmas = date(year, 12, 25)
    return christmas - timedelta(days=christmas.isoweekday())


def _second_sunday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7)


def _fourth_thursday_november(year: int) -> date:
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 21)


_RULES: dict[str, Callable[[int], date]] = {
    "second_sunday_may": lambda year: _second_sunday(year, 5),
    "second_sunday_november": lambda year: _second_sunday(year, 11),
    "black_friday": lambda year: _fourth_thursday_november(year) + timedelta(days=1),
    "cyber_monday": lambda year: _fourth_thursday_november(year) + timedelta(days=4),
    "advent1": lambda year: _fourth_advent(year) - timedelta(days=21),
    "advent2": lambda year: _fourth_advent(year) - timedelta(days=14),
    "advent3": lambda year: _fourth_advent(year) - timedelta(days=7),
    "advent4": _fourth_advent,
    "totensonntag": lambda year: _fourth_advent(year) - timedelta(days=28),
    "volkstrauertag": lambda year: _fourth_advent(year) - timedelta(days=35),
    "buss_und_bettag": lambda year: _fourth_advent(year) - timedelta(days=32),
}


def feast_days(key: str, year: int) -> tuple[date, date] | None:
    """First and last day of a feast in a year; None when the name alone does not settle a day."""
    if key == _BETWEEN_YEARS:
        return date(year, 12, 27), date(year, 12, 30)
    feast: dict[str, Any] = table("feasts.toml")[key]
    first = _first_day(feast, year)
    if first is None:
        return None
    return first, first + timedelta(days=int(feast.get("span", 1)) - 1)


def ends_in_doubt(key: str) -> bool:
    """True when people disagree on the last day of a feast ("after Christmas")."""
    return bool(table("feasts.toml").get(key, {}).get("ends_in_doubt"))


def _first_day(feast: dict[str, Any], year: int) -> date | None:
    if "fixed" in feast:
        month, day = feast["fixed"]
        return date(year, month, day)
    if "easter" in feast:
        return easter(year) + timedelta(days=int(feast["easter"]))
    rule = _RULES.get(feast["rule"])
    return None if rule is None else rule(year)
