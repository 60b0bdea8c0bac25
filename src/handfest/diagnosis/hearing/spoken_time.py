"""Times of day and days in what agent, caller and tools say, read for judging, not for booking.

The reader of the booking path asks back when words are unclear. The audit cannot ask: it keeps every
reading (`half four` is 15:30, perhaps 03:30; `Tuesday` on a Tuesday is today or next week) and calls two
times different only when no reading agrees. Prices, durations, phone numbers and addresses are no times.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from handfest.diagnosis.hearing.spoken_words import SpokenWords, spoken_words

HALF_DAY = 12 * 60
_GONE = "\x00"
_AHEAD = range(62)
"""Days that "the day after" may mean, which is not worked out here."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day in minutes after midnight; `other` is the reading twelve hours away, where allowed.

    `limit` is `from` or `to` where the words only bound a stretch ("after six", "bis zwölf").
    """

    minutes: int
    other: int | None = None
    limit: str | None = None

    def fits(self, minutes: int) -> bool:
        """Whether this time of day is one of the readings."""
        return minutes in (self.minutes, self.other)


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day; several dates where the words leave it open; `bare` where only a weekday was said."""

    dates: tuple[date, ...]
    bare: bool = False

    def fits(self, day: date) -> bool:
        """Whether this date is one of the readings."""
        return day in self.dates

    @property
    def open(self) -> bool:
        """Whether the words only tell it by another day."""
        return len(self.dates) == len(_AHEAD)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day, [start, end) in minutes after midnight."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Stated:
    """A time of day and the day it was said of, None where the words around it name none."""

    clock: Clock
    day: Day | None = None


@dataclass(frozen=True, slots=True)
class SpokenTimes:
    """Everything temporal in a stretch of speech, in the order spoken; `rest` is the text without times and days."""

    stated: tuple[Stated, ...] = ()
    days: tuple[Day, ...] = ()
    parts: tuple[Part, ...] = ()
    rest: str = ""

    @property
    def clocks(self) -> tuple[Clock, ...]:
        """The times of day, each once."""
        return tuple(dict.fromkeys(each.clock for each in self.stated))

    def meaning(self, known: Iterable[date]) -> "SpokenTimes":
        """These times where a lone weekday may also be a known day of that name, the last known first."""
        if not any(day.bare for day in self.days):
            return self
        newest = tuple(reversed(tuple(known)))
        stated = tuple(
            replace(each, day=_among(each.day, newest)) if each.day is not None else each
            for each in self.stated
        )
        return replace(self, stated=stated, days=tuple(_among(day, newest) for day in self.days))

    @property
    def any(self) -> bool:
        """Whether anything temporal was said."""
        return bool(self.stated or self.days or self.parts)

    @property
    def unread(self) -> bool:
        """Whether a number beside the times was not understood: they may be other times then."""
        return bool(self.stated) and _UNREAD.search(self.rest) is not None


def _among(day: Day, newest: tuple[date, ...]) -> Day:
    if not day.bare:
        return day
    meant = next((each for each in newest if each.weekday() == day.dates[0].weekday()), None)
    return day if meant is None else Day(tuple(dict.fromkeys((meant, *day.dates))), bare=True)


def exact(stated: tuple[Stated, ...]) -> tuple[Stated, ...]:
    """The times named as such: "after six I have twenty past six" names one, and a bound."""
    return tuple(each for each in stated if each.clock.limit is None) or stated


_UNIT_AFTER = (
    r"(?! ?(?:€|£|%|euro|minute|stunde|tag|woche|monat|jahr|prozent|person|termin|mal\b|pound|hour|day|week|"
    r"month|year|percent|people|min\b|st\b|nd\b|rd\b|th\b)|\d|[.,:/]\d)"
)
_UNREAD = re.compile(r"(?<![\d.,:/+-])\b\d{1,2}\b(?![\d:/-])" + _UNIT_AFTER)
_TO_THE_HOUR = r"(?! (?:past|to|before|after|nach|vor)\b)"
_NO_HOUR = r"(?!(?:5|10|20|25) (?:to|past|vor|nach)\b)"
"""Minutes that leave their hour unsaid: "by twenty to"."""
_CLOCKS_DE = (
    r"(?P<n>\d{1,2}) (?:minuten )?(?P<r>vor|nach) halb (?P<half>\d{1,2})",
    r"\bhalb (?P<half>\d{1,2})",
    r"\bdreiviertel (?P<three>\d{1,2})",
    r"\bviertel (?P<r>vor|nach|ab) (?P<h>\d{1,2})",
    r"\b(?P<n>5|10|20|25) (?:minuten )?(?P<r>vor|nach|ab) (?P<h>\d{1,2})" + _UNIT_AFTER,
    r"\bviertel (?P<one>\d{1,2})",
    r"(?<![\d.,:])(?P<h>\d{1,2}):(?P<m>[0-5]\d)(?!\d)",
    r"(?<![\d.,:])(?P<h>\d{1,2})\.(?P<m>[0-5]\d) ?uhr",
    r"(?<![\d.,:])(?P<h>\d{1,2})[ -]?uhr(?: (?:und )?(?P<m>[0-5]?\d)(?! ?uhr)" + _UNIT_AFTER + ")?",
    r"(?:^|[,;] )(?:(?:ja|nein|gut|okay|dann|lieber|also|und|oder|nur|aber),? )*(?P<h>\d{1,2})"
    r"(?= (?:wäre|ist|war|geht|ginge|passt|klappt|hätte|hab|habe|würde|wird|könnte|kann|haut|sieht)\b)",
    r"(?<![\d.,:])(?P<h>\d{1,2})(?= (?:morgens|vormittags|nachmittags|abends|in der früh)\b)",
    r"(?<![\d.,:+-])(?<!\d )(?<!für )(?<!macht )(?<!kostet )(?<!nur )(?P<h>[6-9]|1\d|2[0-2]) "
    r"(?P<m>[0-5][05])\b(?! \d)" + _UNIT_AFTER,
    r"\b(?:um|gegen|ab|auf) "
    + _NO_HOUR
    + r"(?P<h>\d{1,2})(?!\.? ?\w*\.?(?:straße|str\.))(?!\. ?\d)"
    + _UNIT_AFTER,
)
_CLOCKS_EN = (
    r"(?<![\d.,:])(?P<h>\d{1,2})(?:[:. ](?P<m>[0-5]\d))? ?(?P<ap>am|pm)\b",
    r"\bhalf(?: past)? (?P<h>\d{1,2})(?P<thirty>)(?: ?(?P<ap>am|pm)\b)?",
    r"\bquarter (?P<r>past|after|to|of|before) (?P<h>\d{1,2})(?: ?(?P<ap>am|pm)\b)?",
    r"\b(?P<n>5|10|20|25) (?:minutes )?(?P<r>past|to|after|before) (?P<h>\d{1,2})(?: ?(?P<ap>am|pm)\b)?",
    r"(?<![\d.,:])(?P<h>\d{1,2}):(?P<m>[0-5]\d)(?!\d)",
    r"(?<![\d.,:])(?P<h>\d{1,2}) o'?clock",
    r"(?<![\d.,:])(?P<h>\d{1,2})(?= (?:in the (?:morning|afternoon|evening)|at night|tonight)\b)",
    r"(?:^|[,;] )(?:(?:yes|no|okay|ok|well|then|so|and|or|but|sorry|maybe),? )*(?P<h>\d{1,2})"
    r"(?='s\b|(?: on \w+day| tomorrow| today)? "
    r"(?:is|it is|was|has|had|looks|should|can|can't|might|may|would|works?|sounds|suits|will|could|"
    r"isn't|hasn't|won't|wouldn't|doesn't)\b)",
    r"\b(?:make (?:it|that)|let's (?:do|say|go for)|i'll take|change it to) (?P<h>\d{1,2})"
    r"(?=\s*(?:$|[,.?!;]|(?:please|then|instead|if)\b))",
    r"\beither (?P<h>\d{1,2})(?= or \d)",
    r"\b(?P<noon>noon|midday)\b",
    r"(?<![\d.,:])(?<!\d )(?<!oh )(?P<h>\d{1,2}) (?:(?:oh?|0) (?=\d\b))?(?P<m>(?<=[oh0] )\d|[0-5]\d)\b(?! \d)"
    + _UNIT_AFTER,
    r"\b(?:at|around|about|by|before|after|until|till|can do|(?:down|in|it|that|me) for) "
    + _NO_HOUR
    + r"(?P<h>\d{1,2})"
    r"(?=\s*(?:$|[,.?!;]|(?:on|in|please|tomorrow|today|if|or|and|then|for|"
    r"works|is|would|instead|that|to|this|next|should|already|too|either|sorry|has|had|have|been|are|was|were|"
    r"got|with|we|i|you|so|but|as|can|could|might|may|must|will|suits?|fits?|needs?|looks?|sounds?|from|by|"
    r"before|after|until|though|because|when|while|sharp|onwards|there|your|my|it)\b))(?![.,:]\d)",
)
_CLOCKS = {
    "de": tuple(re.compile(pattern) for pattern in _CLOCKS_DE),
    "en": tuple(re.compile(pattern) for pattern in _CLOCKS_EN),
}
_LIST_BEFORE = re.compile(
    r"(?<![\d.,:])(?<!diese )(?<!these )(?P<h>\d{1,2})"
    rf"(?=(?:,|,? (?:und|oder|bis|and|or|to|until))\s+(?:um |at )?{_GONE})"
)
_LIST_AFTER = re.compile(
    rf"(?<={_GONE})(?:,|,? (?:und|oder|bis|and|or|to|until))\s+(?P<h>\d{{1,2}})(?![\d.:/])(?! \d)"
    + _TO_THE_HOUR
    + _UNIT_AFTER
)
_SAME_HOUR = re.compile(
    r"(?:,|\b(?:und|oder|and|or))(?: (?:dann|auch|um|at|then|a))*"
    r" (?:(?P<n>5|10|20|25|viertel|quarter) (?:nach|past)|(?P<half>halb|half past))\b(?! ?\d)"
)
_WEEKS_ON = (
    (re.compile(r" (?:fortnight|in 2 weeks)\b| in 2 wochen\b| in 14 tagen\b"), 14),
    (re.compile(r" week\b| in (?:einer|1) woche\b| in 8 tagen\b"), 7),
)
_GIVEN_UP = re.compile(r"\b(?:statt|anstatt|anstelle von|instead of|rather than) (?:um |von |at )?$")
_NOT_A_QUARTER = r"(?:^|(?<!\d)(?<!viertel)(?<!quarter)(?<!minuten)(?<!minutes) )"
_LIMITS = (
    ("from", re.compile(_NOT_A_QUARTER + r"(?:nach|ab|after|from) (?:um )?(?:halb |half (?:past )?)?$")),
    ("to", re.compile(_NOT_A_QUARTER + r"(?:before|vor) (?:um )?(?:halb |half (?:past )?)?$")),
    ("from", re.compile(r"\b(?:zwischen|between|von) (?:um )?(?:halb |half (?:past )?)?$")),
    (
        "to",
        re.compile(r"\b(?:zwischen|between)\b[^,.]{0,25}\b(?:und|and) (?:um )?(?:halb |half (?:past )?)?$"),
    ),
    (
        "to",
        re.compile(r"\b(?:von|from)\b[^,.]{0,25}\b(?:bis|to|until|till) (?:um )?(?:halb |half (?:past )?)?$"),
    ),
)
_LATE = re.compile(r" ?(?:uhr )?(?:am )?(?:nachmittags?|abends?|in the (?:afternoon|evening)|tonight)")
_EARLY = re.compile(r" ?(?:uhr )?(?:am )?(?:morgens|früh|vormittags?|in the morning)")


@lru_cache(maxsize=1 << 14)
def read_times(text: str, language: str, today: date) -> SpokenTimes:
    """The times of day, days and dayparts in `text`; relative days count from `today` (local)."""
    words = spoken_words(language)
    rest = words.with_digits(text)
    if not (any(letter.isdigit() for letter in rest) or _may_hold_days(words, rest)):
        return SpokenTimes(rest=rest)
    days, rest = _take_days(rest, words, today)
    clocks, left = _take_clocks(rest, words.language)
    parts = tuple(Part(a, b) for pattern, a, b in words.parts if pattern.search(rest))
    return SpokenTimes(_on_days(clocks, days), tuple(dict.fromkeys(day for _, day in days)), parts, left)


def _on_days(clocks: list[tuple[int, Clock]], days: list[tuple[int, Day]]) -> tuple[Stated, ...]:
    """Each time with the last day said before it, else the one right after it that no later time belongs to."""
    stated: list[Stated] = []
    for at, clock in clocks:
        before = [day for place, day in days if place < at]
        after = [day for place, day in days if place > at and not any(place < other for other, _ in clocks)]
        stated.append(Stated(clock, before[-1] if before else after[0] if after else None))
    return tuple(dict.fromkeys(stated))


_BARE = re.compile(r"(?<![\d.,:/+-])\b(?P<h>\d{1,2})\b(?![\d:/-])" + _UNIT_AFTER)
_DICTATED = re.compile(r"(?<![\d.,:])\b0\b(?! ?uhr)|\b\d+ \d+ \d+\b")
"""Figures read out one by one, as of a telephone number."""


def bare_hours(text: str, language: str, known: frozenset[int]) -> tuple[Clock, ...]:
    """Bare numbers that name a full hour among the known starts (minutes of the day): "nine or eleven"."""
    digits = spoken_words(language).with_digits(text)
    if not known or _DICTATED.search(digits):
        return ()
    hours = [int(match["h"]) for match in _BARE.finditer(digits)]
    starts = [start for hour in hours for start in (hour * 60, hour * 60 + HALF_DAY) if start in known]
    return tuple(Clock(start) for start in dict.fromkeys(starts))


def has_number(text: str, language: str) -> bool:
    """Whether any number is said in this text, in figures or in words."""
    return any(letter.isdigit() for letter in spoken_words(language).with_digits(text))


def _may_hold_days(words: SpokenWords, text: str) -> bool:
    return (
        words.weekday.search(text) is not None
        or any(pattern.search(text) for pattern, _ in words.relative)
        or any(pattern.search(text) for pattern, _, _ in words.parts)
        or "noon" in text
        or "midday" in text
    )


def _blank(text: str, start: int, end: int, filler: str = " ") -> str:
    return text[:start] + filler * (end - start) + text[end:]


def _take_clocks(text: str, language: str) -> tuple[list[tuple[int, Clock]], str]:
    """The times of day with their places in the text, in order, and the text without them."""
    found: list[tuple[int, Clock]] = []
    for pattern in _CLOCKS[language]:
        for match in tuple(pattern.finditer(text)):
            clock = _clock(match, text)
            if clock is not None:
                if not _GIVEN_UP.search(text[: match.start()]):
                    limit = _limit(text[: _hour_start(match)])
                    found.append((match.start(), replace(clock, limit=limit)))
                text = _blank(text, match.start(), match.end(), _GONE)
    for pattern in (_LIST_BEFORE, _LIST_AFTER):
        while found and (listed := pattern.search(text)):
            clock = _clock(listed, text)
            text = _blank(text, listed.start("h"), listed.end("h"), _GONE if clock else "x")
            if clock is not None:
                limit = _limit(text[: listed.start("h")])
                found.append((listed.start("h"), replace(clock, limit=limit)))
    for match in tuple(_SAME_HOUR.finditer(text)):
        before = [(at, clock) for at, clock in found if at < match.start() and clock.minutes % 60 == 0]
        if before:
            found.append((match.start(), _of_same_hour(match, max(before, key=lambda each: each[0])[1])))
            text = _blank(text, match.start(), match.end())
    return sorted(found, key=lambda each: each[0]), text.replace(_GONE, " ")


def _of_same_hour(match: re.Match[str], before: Clock) -> Clock:
    """The time that leaves its hour to the one before it: "at eight or twenty past"."""
    minutes = 30 if match["half"] else int(match["n"]) if match["n"].isdigit() else 15
    full = (None if reading is None else reading // 60 * 60 for reading in (before.minutes, before.other))
    first, other = (None if reading is None else reading + minutes for reading in full)
    assert first is not None
    return Clock(first, other)


def _limit(before: str) -> str | None:
    """Whether the words before an hour make it the end of a stretch, and which."""
    return next((name for name, words in _LIMITS if words.search(before)), None)


def _hour_start(match: re.Match[str]) -> int:
    """Where the figure of the hour stands; where the match begins for a word like noon."""
    groups = match.groupdict()
    name = next((name for name in ("half", "three", "one", "h") if groups.get(name)), None)
    return match.start(name) if name else match.start()


def _clock(match: re.Match[str], text: str) -> Clock | None:
    """The time of day one match of a clock pattern stands for, None where it is no time."""
    groups = match.groupdict()
    if groups.get("noon"):
        return Clock(HALF_DAY)
    hour_text = next(groups[name] for name in ("half", "three", "one", "h") if groups.get(name))
    hour = int(hour_text)
    minutes = hour * 60 + _offset(groups)
    if hour > 24 or not 0 <= minutes <= 24 * 60:
        return None
    meridiem = groups.get("ap")
    if meridiem is None:
        after = text[match.end() : match.end() + 30]
        meridiem = "pm" if _LATE.match(after) else "am" if _EARLY.match(after) else None
    leading_zero = hour_text.startswith("0")
    return _reading(minutes % (24 * 60), hour, meridiem, exact=leading_zero or hour > 12)


def _offset(groups: dict[str, str | None]) -> int:
    """Minutes to add to the full hour named."""
    base = -30 if groups.get("half") else -15 if groups.get("three") else -45 if groups.get("one") else 0
    if groups.get("thirty") is not None:
        return 30
    if groups.get("m"):
        return int(groups["m"] or 0)
    if groups.get("r"):
        minutes = int(groups.get("n") or 15)
        return base + (minutes if groups["r"] in ("nach", "ab", "past", "after") else -minutes)
    return base


def _reading(minutes: int, hour: int, meridiem: str | None, *, exact: bool) -> Clock:
    if exact:
        return Clock(minutes)
    if meridiem == "am":
        return Clock(minutes % HALF_DAY if hour == 12 else minutes)
    if meridiem == "pm":
        return Clock(minutes if minutes >= HALF_DAY else minutes + HALF_DAY)
    other = (minutes + HALF_DAY) % (2 * HALF_DAY)
    afternoon = minutes < 7 * 60
    return Clock(other, minutes) if afternoon else Clock(minutes, other)


def _take_days(text: str, words: SpokenWords, today: date) -> tuple[list[tuple[int, Day]], str]:
    """The days with their places in the text, in order, and the text without them."""
    found: list[tuple[int, Day]] = []
    for start, end, day in _dates(text, words, today):
        if day is not None:
            found.append((start, day))
        text = _blank(text, start, end)
    explicit = [start for start, _ in found]
    for match in words.weekday.finditer(text):
        if not any(0 <= start - match.end() <= 12 or 0 <= match.start() - start <= 24 for start in explicit):
            found.append((match.start(), _weekday(match, text, words, today)))
    for match in tuple(words.other_day.finditer(text)):
        found.append((match.start(), Day(tuple(today + timedelta(days=ahead) for ahead in _AHEAD))))
        text = _blank(text, match.start(), match.end())
    for pattern, ahead in words.relative:
        for match in tuple(pattern.finditer(text)):
            found.append((match.start(), Day((today + timedelta(days=ahead),))))
            text = _blank(text, match.start(), match.end())
    return sorted(found, key=lambda each: each[0]), text


def _weekday(match: re.Match[str], text: str, words: SpokenWords, today: date) -> Day:
    """The coming day of this name; today and a week on where it is today's; `next` may skip a week."""
    wanted = next(i for i, group in enumerate(match.groups()) if group)
    ahead = (wanted - today.weekday()) % 7
    if words.next_week.search(text):
        return Day((today + timedelta(days=7 - today.weekday() + wanted),))
    coming = today + timedelta(days=ahead)
    for pattern, more in _WEEKS_ON:
        if pattern.match(text, match.end()):
            return Day((coming + timedelta(days=more),))
    if ahead == 0 or words.next_day.search(text[: match.start()]):
        return Day((coming, coming + timedelta(days=7)), bare=True)
    return Day((coming,), bare=True)


def _dates(text: str, words: SpokenWords, today: date) -> Iterator[tuple[int, int, Day | None]]:
    """Spans of explicit dates; a date that does not exist yields a span without a day."""
    taken: list[tuple[int, int]] = []
    for pattern in _date_patterns(words.language):
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            yield match.start(), match.end(), _explicit(match, words, today)


def _date_patterns(language: str) -> tuple[re.Pattern[str], ...]:
    return _DATES[language]


def _explicit(match: re.Match[str], words: SpokenWords, today: date) -> Day | None:
    groups = match.groupdict()
    month = groups.get("month")
    if groups.get("name"):
        name = groups["name"]
        month = str(next(i for i, word in enumerate(words.months, 1) if re.fullmatch(word, name)))
    year = groups.get("year")
    try:
        return _nearest(int(groups["day"]), int(month) if month else None, int(year) if year else None, today)
    except ValueError:
        return None


def _full_year(year: int) -> int:
    """Two digits count from 2000; a year no call can mean is refused as a date that does not exist."""
    full = year + 2000 if year < 100 else year
    if full not in range(1900, 2200):
        raise ValueError(year)
    return full


def _nearest(day: int, month: int | None, year: int | None, today: date) -> Day:
    """The date named; without a year the next one from today, or the past one; without a month the next."""
    if year is not None and month is not None:
        return Day((date(_full_year(year), month, day),))
    if month is not None:
        this_year = date(today.year, month, day)
        if this_year >= today:
            return Day((this_year,))
        return Day((date(today.year + 1, month, day), this_year))
    first = today.replace(day=1)
    for _ in range(12):
        try:
            candidate = first.replace(day=day)
        except ValueError:
            candidate = None
        if candidate is not None and candidate >= today:
            return Day((candidate,))
        first = (first + timedelta(days=32)).replace(day=1)
    raise ValueError(day)


def _compiled_dates(language: str) -> tuple[re.Pattern[str], ...]:
    names = f"(?P<name>{'|'.join(spoken_words(language).months)})"
    iso = r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)"
    if language == "de":
        patterns = [
            iso,
            r"(?<![\d.])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?!\d\d ?uhr)"
            r"(?:\s?(?P<year>\d{4}|\d{2})(?![\d:]))?",
            rf"\b(?P<day>\d{{1,2}})\.?\s*{names}\b(?:\s+(?P<year>\d{{4}}))?",
            r"\b(?:den|am|der|dem)\s+(?P<day>\d{1,2})\.(?!\d)",
        ]
    else:
        patterns = [
            iso,
            r"(?<![\d/])(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>\d{4}))?(?![\d/])",
            rf"\b{names}\s+(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?(?![:\d])(?:,?\s+(?P<year>\d{{4}}))?",
            rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?{names}\b(?:,?\s+(?P<year>\d{{4}}))?",
            r"\bthe\s+(?P<day>\d{1,2})(?:st|nd|rd|th)\b",
        ]
    return tuple(re.compile(pattern) for pattern in patterns)


_DATES = {language: _compiled_dates(language) for language in ("de", "en")}
