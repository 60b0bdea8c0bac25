"""Builders of times of day: "halb vier", "viertel nach drei", "14 Uhr 30", "nine thirty", "1430"."""

from dataclasses import replace

from handfest.speech.clock_time import NOON_MINUTE, Surroundings, settle
from handfest.speech.form import Clock, Daypart, RelativeDay
from handfest.speech.match import Match, clock, day, value_of
from handfest.speech.token import Token

_HOURS = ("num", "one")
_RANGE_WORDS = frozenset({"between", "from", "of"})


def _hour(token: Token | None) -> int | None:
    return None if token is None else value_of(token)


def _half(match: Match) -> str | None:
    return match.value("ampm")


def _make(match: Match, hour: int | None, minute: int, exact: bool = False) -> Clock | None:
    """A clock of an hour as said; 13 to 24 and hours with am/pm need no settling."""
    if hour is None or hour > 99:
        return None
    half = _half(match)
    if half is not None and hour > 12:
        unclear = "contradiction" if half == "am" else None
        return Clock(hour, minute, exact=True, approximate=match.has("approx"), unclear=unclear)
    if half is not None and hour == 0:
        return Clock(hour, minute, exact=True)
    exact = exact or hour > 12 or hour == 0
    return Clock(hour, minute, half, exact, match.has("approx"))


def _shifted(hour: int, minutes: int) -> tuple[int, int]:
    """The clock position `minutes` after the hour (negative before), on the face it was said on."""
    total = hour * 60 + minutes
    if hour <= 12:
        total = total % 720
        return (total // 60) or 12, total % 60
    return (total // 60) % 24, total % 60


def tomorrow(match: Match) -> list[Token] | None:
    """German "morgen": tomorrow, unless a day before it makes it that day's morning ("Freitag morgen")."""
    if match.before is not None and match.before.kind == "day" and match.before.value != RelativeDay(1):
        return [Token("daypart", "morning_de", match.text)]
    return day(match, RelativeDay(1))


def half_hour(match: Match) -> list[Token] | None:
    """German "halb drei" is half an hour before three, British "half (past) three" after it."""
    hour = _hour(match.find(*_HOURS))
    if hour is None or not 1 <= hour <= 24:
        return None
    english = match.language == "en" or match.has("after")
    shifted, minute = _shifted(hour, 30 if english else -30)
    return clock(match, _make(match, shifted, minute))


def bent_half(match: Match) -> list[Token] | None:
    """ "um halber neun", "gegen halbe zehn": half past, as the south bends it."""
    counted = match.after is not None and match.after.kind in ("unit", "person", "count", "num")
    half = match.find("frac")
    return None if half is None or half.value != HALF or counted else half_hour(match)


HALF = 0.5


def half_shift(match: Match) -> list[Token] | None:
    """ "fünf vor halb drei" (14:25), "zehn nach halb drei"."""
    numbers = match.every("num", "quarter")
    if len(numbers) != 2:
        return None
    shift, hour = 15 if numbers[0].kind == "quarter" else value_of(numbers[0]), value_of(numbers[1])
    if shift is None or hour is None or not 1 <= hour <= 24 or not 1 <= shift <= 20:
        return None
    base = 30 if match.language == "en" else -30
    hour, minute = _shifted(hour, base - shift if match.has("before", "to") else base + shift)
    return clock(match, _make(match, hour, minute))


def closing_clock(match: Match) -> list[Token] | None:
    """ "halb 8.", "Viertel nach 8.": at the end a dot behind a figure ends the sentence."""
    if match.after is not None:
        return None
    spoken = Match(match.tokens[:-1], match.before, None, match.language)
    if not match.has("before", "after", "to"):
        return half_hour(spoken)
    return half_shift(spoken) if match.has("half") else minutes_shift(spoken)


def minutes_shift(match: Match) -> list[Token] | None:
    """ "viertel vor drei", "zehn nach neun", "twenty to five"."""
    hours = match.every("num", "one", "noonpoint", "midnight", "hm")
    hour_token = hours[-1]
    minutes = _shift_minutes(match)
    if minutes is None or (hour_token is match.find("num") and not match.has("quarter", "threequarter")):
        return None
    if hour_token.kind == "hm":
        return None
    hour = (
        12
        if hour_token.kind == "noonpoint"
        else 24
        if hour_token.kind == "midnight"
        else value_of(hour_token)
    )
    if hour is None or not 1 <= hour <= 24 or _spoken_range(match):
        return None
    if match.has("until") and match.language != "en":
        return None
    backwards = match.has("before", "to", "of", "until")
    if match.has("of") and (match.language != "en" or not match.has("quarter")):
        return None
    shifted, minute = _shifted(hour, -minutes if backwards else minutes)
    form = _make(match, shifted, minute)
    if form is not None and match.has("until") and minutes < hour and not match.has("quarter", "unit"):
        form = replace(form, unclear="two_alternatives")
    return clock(match, form)


def _shift_minutes(match: Match) -> int | None:
    if match.has("quarter"):
        return 15
    if match.has("threequarter"):
        return 45
    first = match.find("num")
    minutes = value_of(first) if first is not None else None
    return minutes if minutes is not None and 1 <= minutes <= 29 else None


def _spoken_range(match: Match) -> bool:
    """ "from ten to twelve" and "10 to 12" are spans, "ten to nine" is 8:50."""
    if not match.has("to", "until"):
        return False
    if match.language == "de":
        return True
    if match.has("quarter", "unit"):
        return False
    first = match.find("num")
    ranged = match.before is not None and match.before.kind in _RANGE_WORDS
    return ranged or first is None or first.digits or value_of(first) not in (5, 10, 20, 25)


def quarter_of(match: Match) -> list[Token] | None:
    """Regional "viertel drei" (2:15) and "dreiviertel drei" (2:45)."""
    hour = _hour(match.find(*_HOURS))
    if hour is None or match.language == "en" or not 1 <= hour <= 24:
        return None
    shifted, minute = _shifted(hour, -45 if match.has("quarter") else -15)
    return clock(match, _make(match, shifted, minute))


def nearly(match: Match) -> list[Token] | None:
    """ "kurz vor zehn": near an hour, but which minute was not said."""
    hour = 12 if match.has("noonpoint") else _hour(match.find(*_HOURS))
    return None if hour is None else clock(match, Clock(hour, approximate=True, unclear="unclear"))


def spoken_clock(match: Match) -> list[Token] | None:
    """ "vierzehn Uhr dreißig", "9 Uhr 30"."""
    hour = _hour(match.find(*_HOURS))
    figures = match.every("num")
    minute = 15 if match.has("quarter") else 30 if match.has("half") else value_of(figures[-1])
    if len(figures) > 2 and value_of(figures[1]) != 0:
        return None
    if hour is None or minute is None:
        return None
    if match.has("unit") and match.value("unit") != "minute":
        return None
    if figures and not match.has("quarter", "half"):
        bare = match.after is not None and match.after.kind in (
            "oclock",
            "person",
            "count",
            "price",
            "dot",
            "month",
        )
        if bare and match.after is not None and match.after.kind != "dot":
            return None
    return clock(match, _make(match, hour, minute))


def repeated_oclock(match: Match) -> list[Token] | None:
    """ "neun Uhr dreißig Uhr": a number too high for an hour is the minutes."""
    hour, minute = (value_of(token) for token in match.every("num", "one"))
    return None if minute is None or not 24 < minute < 60 else clock(match, _make(match, hour, minute))


def meridiem_clock(match: Match) -> list[Token] | None:
    """ "3 pm", "8:30am", "nine thirty a.m."."""
    token = match.find("num", "one", "hm", "dotted", "hhmm")
    numbers = token.value if token is not None and isinstance(token.value, tuple) else ()
    if token is not None and token.kind == "hhmm" and isinstance(token.value, int):
        return clock(match, _make(match, token.value // 100, token.value % 100))
    if numbers:
        return clock(match, _make(match, numbers[0], numbers[1]))
    figures = match.every("num", "one")
    minute = value_of(figures[-1]) or 0 if len(figures) > 1 else 0
    if match.has("dash") and figures[-1].digits:
        return None
    if len(figures) > 1 and minute < 10 and not match.has("o") and len(figures[-1].text) != 2:
        return None
    return clock(match, _make(match, value_of(figures[0]), minute))


def hour(match: Match) -> list[Token] | None:
    """ "um drei", "14 Uhr", "gegen zehn", "10.30 Uhr"."""
    token = match.find("num", "one", "hhmm", "hm", "dotted", "year")
    assert token is not None
    if token.kind in ("hm", "dotted"):
        return _digital(match, token)
    value = value_of(token)
    if value is None:
        return None
    if token.kind in ("hhmm", "year"):
        return clock(match, _make(match, value // 100, value % 100, exact=value >= 1300))
    after = match.after.kind if match.after is not None else ""
    if after in ("unit", "month", "person", "price") and not match.has("oclock"):
        return None
    if token.kind == "one" and token.text not in ("ein", "eins", "one"):
        return None
    if match.tokens[-1].kind == "dot" and after in ("num", "month"):
        return None
    return clock(match, _make(match, value, 0))


def _digital(match: Match, token: Token) -> list[Token] | None:
    numbers = token.value if isinstance(token.value, tuple) else ()
    offset = "z" in token.text or "+" in token.text
    if offset:
        return clock(match, Clock(numbers[0], numbers[1], unclear="unclear"))
    written_exactly = len(token.text.split(":")[0].split(".")[0]) == 2
    return clock(
        match,
        _make(
            match, numbers[0], numbers[1], exact=written_exactly and _half(match) is None and numbers[0] != 12
        ),
    )


def digital(match: Match) -> list[Token] | None:
    """ "14:30", "09:15"; "3:30" may still be either half of the day."""
    token = match.find("hm")
    assert token is not None
    return _digital(match, token)


def dotted_clock(match: Match) -> list[Token] | None:
    """ "um 9.30", or "9.30" where no such date exists."""
    token = match.find("dotted")
    assert token is not None
    numbers = token.value if isinstance(token.value, tuple) else (99, 99)
    if not match.has("at", "approx", "sharp") and not 13 <= numbers[1] <= 59:
        return None
    if len(token.text.split(".")[1]) != 2 or numbers[0] > 24 or numbers[1] > 59:
        return None
    return _digital(match, token)


def compact_clock(match: Match) -> list[Token] | None:
    """ "1430"."""
    token = match.find("hhmm", "year")
    value = value_of(token) if token is not None else None
    if token is None or value is None or value // 100 > 24 or value % 100 > 59:
        return None
    exact = len(token.text) == 4
    return clock(match, _make(match, value // 100, value % 100, exact=exact))


def hour_hundred(match: Match) -> list[Token] | None:
    """ "fourteen hundred", "eleven hundred hours"."""
    hour_value = match.number("num")
    if hour_value is None or not 7 <= hour_value <= 24 or match.value("unit") not in (None, "hour"):
        return None
    return clock(match, _make(match, hour_value, 0, exact=True))


def noh(match: Match) -> list[Token] | None:
    """ "nine oh five"."""
    return clock(match, _make(match, match.number("num"), match.number("num", index=1) or 0))


def hours_said(match: Match) -> list[Token] | None:
    """ "fourteen thirty hours"; "two thirty minute slots" are none."""
    hour_value, minute = match.number("num"), match.number("num", index=1)
    said = match.value("unit") == "hour" and hour_value is not None and minute is not None
    if not said or not 12 < (hour_value or 0) < 24 or (minute or 0) > 59:
        return None
    return clock(match, _make(match, hour_value, minute or 0, exact=True))


def hour_minutes(match: Match) -> list[Token] | None:
    """ "zehn dreißig", "nine thirty"."""
    first, second = match.every("num", "one")
    hour_value, minute = value_of(first), value_of(second)
    if match.has("dash") and (second.digits or (minute or 0) <= 12):
        return None
    if hour_value is None or minute is None or not 1 <= hour_value <= 24 or minute > 59:
        return None
    if minute < 10 and not (second.digits and len(second.text) == 2):
        return None
    if match.has("and") or first.digits != second.digits or (minute % 5 and not match.has("at")):
        return None
    if match.after is not None and match.after.kind in (
        "unit",
        "person",
        "count",
        "month",
        "num",
        "oclock",
        "dot",
    ):
        return None
    return clock(match, _make(match, hour_value, minute))


def noon(match: Match) -> list[Token] | None:
    """ "noon" and "midday" are twelve o'clock."""
    return clock(match, Clock(12, exact=True, approximate=match.has("approx")))


def midnight(match: Match) -> list[Token] | None:
    """Midnight belongs to two days."""
    return clock(match, Clock(0, exact=True, unclear="midnight"))


def hour_in_part(match: Match) -> list[Token] | None:
    """ "eight in the evening", "sieben abends": an hour and the part of the day that settles it."""
    value = _hour(match.find(*_HOURS))
    form = None if value is None or not 1 <= value <= 24 else _make(match, value, 0)
    if form is None or (match.has("one") and not match.has("at", "oclock") and not _stands_alone(match)):
        return None
    name = match.value("daypart") or "morning_de"
    if match.has("morgen") and not match.has("on"):
        return None
    if _counts_parts(match):
        return None
    return settled_by_part(form, name, match.text)


def _stands_alone(match: Match) -> bool:
    """ "one in the afternoon" with nothing before it that it could be one of ("I'd like one in the afternoon")."""
    opens = match.before is None or match.before.kind in ("day", "comma", "dot", "corr")
    return opens and match.language == "en" and match.has("in")


def _counts_parts(match: Match) -> bool:
    """ "two nights", "2 morning sessions", "drei Abende": parts of days that are counted."""
    if match.has("at", "approx", "sharp", "oclock", "in", "on"):
        return False
    part = match.tokens[-1].text
    return match.language == "en" or part.endswith(("e", "aechte"))


def settled_by_part(form: Clock, name: str, text: str) -> list[Token]:
    """A clock whose half of the day the part right beside it settles; both, where they do not fit."""
    times = settle(form, Surroundings(daypart=name))
    if len(times.options) != 1 or times.reason is not None:
        return [Token("clock", form, text), Token("part", Daypart(name), text)]
    half = "pm" if times.options[0] >= NOON_MINUTE else "am"
    exact = form.exact or form.half is not None
    return [Token("clock", form if exact else replace(form, half=half), text)]
