"""Builders that join days, times and parts of the day: "von ... bis", "ab", "vor", "nach", "zwischen"."""

from dataclasses import replace

from handfest.speech.clock_rule import settled_by_part
from handfest.speech.form import (
    CalendarDay,
    Clock,
    ClockSpan,
    DayForm,
    Daypart,
    DaySpan,
    FeastDay,
    Month,
    NamedWeekday,
    RelativeDay,
    Unclear,
    Week,
    WeekAround,
    WeekdayBy,
)
from handfest.speech.match import Match, aside, day, part, span, value_of
from handfest.speech.token import Token

_CLOCKISH = ("clock", "num", "one", "hm", "hhmm", "noonpoint")


def as_clock(token: Token) -> Clock | None:
    """A number or clock token as a time of day."""
    if isinstance(token.value, Clock):
        return token.value
    if token.kind == "noonpoint":
        return Clock(12, exact=True)
    if token.kind == "hm" and isinstance(token.value, tuple):
        return Clock(token.value[0], token.value[1], exact=len(token.text.split(":")[0]) == 2)
    number = value_of(token)
    if number is None:
        return None
    if token.kind == "hhmm":
        return Clock(number // 100, number % 100, exact=True)
    return Clock(number, exact=number > 12 or number == 0) if number <= 24 else None


def _clocks(match: Match) -> list[Clock]:
    found = [as_clock(token) for token in match.every(*_CLOCKISH)]
    return [form for form in found if form is not None]


def _counts_something(match: Match) -> bool:
    return match.after is not None and match.after.kind in (
        "unit",
        "person",
        "count",
        "price",
        "month",
        "maybe_month",
    )


def between_clocks(match: Match) -> list[Token] | None:
    """ "von 14 bis 16 Uhr", "between ten and twelve"; am/pm of the end counts for the start."""
    clocks = _clocks(match)
    if len(clocks) != 2 or _counts_something(match):
        return None
    first, last = clocks
    if last.half is not None and first.half is None and not first.exact:
        first = replace(first, half=_shared_half(first, last))
    return span(match, ClockSpan(first, last))


def _shared_half(first: Clock, last: Clock) -> str | None:
    if last.half == "pm" and first.hour % 12 > last.hour % 12:
        return "am"
    return last.half


def until_clock(match: Match) -> list[Token] | None:
    """ "bis zehn", "by 4 pm", "vor 12 Uhr", "spätestens um drei"."""
    clocks = _clocks(match)
    if len(clocks) != 1 or _counts_something(match):
        return None
    return span(match, ClockSpan(None, clocks[0]))


def from_clock(match: Match) -> list[Token] | None:
    """ "ab 14 Uhr", "after five", "nach zehn"; "after noon" may be a torn "afternoon"."""
    clocks = _clocks(match)
    if len(clocks) != 1 or _counts_something(match):
        return None
    if match.tokens[0].kind == "of" and match.tokens[-1].kind not in ("from", "auf", "on", "from_suffix"):
        return None
    goes_on = match.after is not None and match.after.kind in ("to", "until", "dash")
    if goes_on and match.tokens[-1].kind == "num":
        return None
    first = clocks[0]
    if match.tokens[0].kind == "after" and match.tokens[-1].text in ("noon", "at noon"):
        first = replace(first, unclear="unclear")
    return span(match, ClockSpan(first, None))


def loose_clock(match: Match) -> list[Token] | None:
    """ "Freitag zehn": a number right behind a day is its hour, unless it counts something."""
    lead, number = match.tokens[0], match.tokens[-1]
    after = match.after.kind if match.after is not None else ""
    hour = value_of(number)
    if after not in ("", "stop", "dot", "comma", "please", "filler") or hour is None or not 1 <= hour <= 24:
        return None
    return [lead, Token("clock", Clock(hour, exact=hour > 12, loose=lead.kind == "day"), number.text)]


def leading_clock(match: Match) -> list[Token] | None:
    """ "ten on Wednesday", "elf am Freitag": a number that opens the utterance before a day is its hour."""
    hour = value_of(match.tokens[0])
    opens = match.before is None or match.before.kind in ("please", "filler", "comma", "corr", "aside")
    plain = isinstance(match.tokens[-1].value, NamedWeekday | RelativeDay | Week | CalendarDay)
    if hour is None or not opens or not plain or not 7 <= hour <= 24:
        return None
    return [Token("clock", Clock(hour, exact=hour > 12), match.tokens[0].text), match.tokens[-1]]


def or_clock(match: Match) -> list[Token] | None:
    """ "um zehn oder elf": two times to choose from; numbers alone may count anything."""
    clocks = _clocks(match)
    if len(clocks) != 2 or not match.has("clock") or _counts_something(match):
        return None
    either = match.find("or")
    assert either is not None
    return [Token("clock", clocks[0], match.text), either, Token("clock", clocks[1], match.text)]


def early_part(match: Match) -> list[Token] | None:
    """ "Monday early"."""
    return [match.tokens[0], Token("part", Daypart("early"), match.tokens[-1].text)]


def early_on_day(match: Match) -> list[Token] | None:
    """ "early Saturday", "early on Monday"."""
    named = match.tokens[-1]
    plain = isinstance(named.value, NamedWeekday | RelativeDay | CalendarDay)
    return [named, Token("part", Daypart("early"), match.tokens[0].text)] if plain else None


def clock_in_part(match: Match) -> list[Token] | None:
    """ "halb acht am Abend", "viertel nach drei nachmittags"."""
    token, name = match.tokens[0], match.value("daypart")
    if not isinstance(token.value, Clock) or name is None:
        return None
    return settled_by_part(token.value, name, match.text)


def half_named_parts(match: Match) -> list[Token] | None:
    """ "Vor- oder Nachmittag": two parts of the day, the first one only half spoken."""
    name = match.value("daypart")
    if name not in ("afternoon", "forenoon"):
        return None
    first = "forenoon" if match.tokens[0].kind == "before" else "afternoon"
    return [
        Token("part", Daypart(first), match.tokens[0].text),
        Token("or", None, match.tokens[2].text),
        Token("part", Daypart(name), match.tokens[-1].text),
    ]


def after_part(match: Match) -> list[Token] | None:
    """ "ab mittags", "nach dem Vormittag"."""
    name = match.value("daypart")
    if name == "noon" and match.tokens[0].kind == "after":
        return part(match, Daypart("after_noon" if match.has("the") else "afternoon"))
    if name is None:
        return None
    return part(match, Daypart(name, open_end=True))


def before_part(match: Match) -> list[Token] | None:
    """ "vor dem Mittag", "bis mittags"."""
    name = match.value("daypart")
    return None if name is None else part(match, Daypart(name, open_start=True))


def parts_span(match: Match) -> list[Token] | None:
    """ "vormittags bis nachmittags"."""
    names = [str(token.value) for token in match.every("daypart")]
    return part(match, Daypart(names[0], until=names[1]))


def _days(match: Match) -> list[DayForm]:
    forms: list[DayForm] = []
    for token in match.every("day", "num", "ord"):
        if token.kind == "day":
            forms.append(token.value)  # type: ignore[arg-type]
        elif (number := value_of(token)) is not None and 1 <= number <= 31:
            forms.append(CalendarDay(number))
    return forms


_WEEK_BY_WEEK = ("tags", "wochs", "abends", "days")
"""Endings of weekdays that come back every week ("montags bis freitags")."""


def between_days(match: Match) -> list[Token] | None:
    """ "von Montag bis Mittwoch", "vom 15. bis 19. Juni"."""
    forms = _days(match)
    if len(forms) != 2 or any(isinstance(form, DaySpan) for form in forms):
        return None
    if (
        all(token.text.endswith(_WEEK_BY_WEEK) for token in match.every("day")[:2])
        and len(match.every("day")) == 2
    ):
        return day(match, Unclear("unclear"))
    if not isinstance(forms[1], CalendarDay) and match.has("num", "ord"):
        return None
    return day(match, DaySpan(forms[0], forms[1]))


def from_day(match: Match) -> list[Token] | None:
    """ "ab Donnerstag", "nach Ostern", "from Monday on"."""
    forms = _days(match)
    if len(forms) != 1 or isinstance(forms[0], DaySpan | Unclear):
        return None
    if isinstance(forms[0], RelativeDay) and forms[0].days < 0:
        return None
    if match.tokens[0].kind == "of" and match.tokens[-1].kind not in ("from", "on", "from_suffix", "auf"):
        return None
    lead = match.tokens[0]
    after = lead.kind == "after" or lead.text.split()[-1] in _AFTER_WORDS
    return day(match, DaySpan(forms[0], None, after=after))


_AFTER_WORDS = frozenset({"nach", "after"})


def until_day(match: Match) -> list[Token] | None:
    """ "bis Freitag", "vor Weihnachten", "by Friday"; "drop by on Friday" is no deadline."""
    forms = _days(match)
    if [token.text for token in match.tokens[:2]] == ["by", "on"]:
        return [match.tokens[-1]]
    if len(forms) != 1 or isinstance(forms[0], DaySpan | Unclear):
        return None
    return day(match, DaySpan(None, forms[0], before=match.has("before")))


def until_moment(match: Match) -> list[Token] | None:
    """ "bis Freitag Mittag": a moment by which, which no day and window can say; "vormittags" is each day's."""
    return None if match.tokens[-1].text.endswith("s") else day(match, Unclear("unclear"))


def until_day_from_now(match: Match) -> list[Token] | None:
    """ "zwischen jetzt und Freitag", "from now until Friday"."""
    return until_day(match)


def next_to_feast(match: Match) -> list[Token] | None:
    """ "am Tag nach Pfingsten", "the day before Christmas"; a Saturday before it is not worked out."""
    unit, forms = match.value("unit"), _days(match)
    if unit != "day" or len(forms) != 1:
        return None
    shift = -1 if match.has("before") else 1
    form = forms[0]
    if isinstance(form, FeastDay):
        return day(match, replace(form, shift=form.shift + shift))
    if isinstance(form, RelativeDay):
        return day(match, replace(form, days=form.days + shift))
    return day(match, Unclear("unclear"))


def days_from_feast(match: Match) -> list[Token] | None:
    """ "zwei Tage nach Ostern": counted from the feast's far end; weeks from a feast have no agreed start."""
    unit, forms, amount = match.value("unit"), _days(match), match.number("num", "one", "a")
    if len(forms) == 0 or amount is None:
        return None
    base = forms[-1]
    shift = -amount if match.has("before") else amount
    if unit == "day" and isinstance(base, FeastDay) and amount <= 60:
        return day(match, replace(base, shift=base.shift + shift))
    if unit == "day" and isinstance(base, RelativeDay):
        return day(match, replace(base, days=base.days + shift))
    return day(match, Unclear("unclear"))


def week_around(match: Match) -> list[Token] | None:
    """ "in der Woche vom 15. Juni", "the week after Easter"."""
    forms = _days(match)
    if match.value("unit") != "week" or len(forms) != 1 or isinstance(forms[0], DaySpan | Unclear | Week):
        return None
    shift = -1 if match.has("before") else 1 if match.has("after") else 0
    return day(match, WeekAround(forms[0], shift))


def named_week(match: Match) -> list[Token] | None:
    """ "week commencing 15 June"."""
    forms = _days(match)
    if len(forms) != 1 or isinstance(forms[0], DaySpan | Unclear | Week):
        return None
    return day(match, WeekAround(forms[0]))


def weekday_by(match: Match) -> list[Token] | None:
    """ "am Montag nach Pfingsten", "the Friday before Christmas"."""
    forms = _days(match)
    if len(forms) != 2 or not isinstance(forms[0], NamedWeekday) or forms[0].which != "bare":
        return None
    if not isinstance(forms[1], FeastDay | CalendarDay):
        return day(match, Unclear("two_alternatives"))
    return day(match, WeekdayBy(forms[0].weekday, forms[1], match.has("after")))


def restarted_clock(match: Match) -> list[Token] | None:
    """ "um zehn, ich meine elf": after a correction a bare number is the time again."""
    form = as_clock(match.tokens[-1])
    if form is None or form.hour == 0 or _counts_something(match):
        return None
    if match.after is not None and match.after.kind == "toomuch":
        return [match.tokens[0], Token("corr", None, "nein")]
    return [Token("clock", form, match.text)]


def past_mention(match: Match) -> list[Token] | None:
    """ "seit Montag": a time that explains, not one that is wished."""
    return aside(match)


def too_much(match: Match) -> list[Token] | None:
    """ "zehn ist mir zu früh": what is too early or too late is taken back."""
    return [Token("corr", None, "nein")]


def portion_behind(match: Match) -> list[Token] | None:
    """ "im März, gern in der ersten Hälfte": the part of a month or week that was named before."""
    form, portion = match.tokens[0].value, match.value("portion")
    plain = isinstance(form, Month) or (isinstance(form, Week) and form.weekday is None)
    if not plain or not isinstance(form, Month | Week) or form.portion is not None:
        return None
    return day(match, replace(form, portion=portion))


def near_form(match: Match) -> list[Token] | None:
    """ "kurz vor halb drei", "shortly before Christmas": near it, and nobody said how near."""
    named = match.find("clock")
    if named is not None and isinstance(named.value, Clock):
        return [Token("clock", replace(named.value, unclear="unclear"), match.text)]
    return day(match, Unclear("unclear"))


def occasion(match: Match) -> list[Token] | None:
    """ "am Samstag ist Hochzeit": the day of an occasion; it is a wish only where no other day is told."""
    named = match.find("day")
    assert named is not None
    return [Token("occasion", named.value, match.text)]


def bridge_day(match: Match) -> list[Token] | None:
    """ "am Brückentag nach Fronleichnam": which working day people bridge is not settled."""
    return day(match, Unclear("unclear"))


def not_later(match: Match) -> list[Token] | None:
    """ "nicht später als 16 Uhr"."""
    return until_clock(match)


def not_before(match: Match) -> list[Token] | None:
    """ "nicht vor zehn"."""
    return from_clock(match)


def not_later_day(match: Match) -> list[Token] | None:
    """ "nicht später als Freitag"; "nicht nach Freitag" means the same."""
    return until_day(match)


def not_before_day(match: Match) -> list[Token] | None:
    """ "nicht vor Donnerstag"."""
    return from_day(match)
