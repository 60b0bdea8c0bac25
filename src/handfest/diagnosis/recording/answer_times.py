"""Which starts an answer called free or not free, and what a booking answer booked."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from whenever import Instant

from handfest.diagnosis.hearing.phrases import phrases
from handfest.diagnosis.hearing.spoken_time import SpokenTimes, read_times
from handfest.diagnosis.hearing.written_time import UNSAID, WrittenTime, joined
from handfest.diagnosis.recording.answer import as_flag, spoken_part
from handfest.diagnosis.recording.asked import Asked, Reading
from handfest.diagnosis.recording.audit_catalogue import AuditedService
from handfest.diagnosis.recording.tool_words import answer_names, first

_DAY_KEY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_TIME_IN = re.compile(r"\d[:.]\d\d\b")
_HEADING = re.compile(r"(?::|\|)\s*[-*|]*\s*$")
_RANGE_TEXT = re.compile(r"^(\d{1,2}:\d{2})\s*(?:-|–|bis|to)\s*(\d{1,2}:\d{2})$")


@dataclass(frozen=True, slots=True)
class OfferedStart:
    """One offered start that carried an id a later request can name."""

    start: WrittenTime
    service: AuditedService | None


@dataclass(slots=True)
class AnswerTimes:
    """What one answer says about time. `digits` are the wall minutes as written, before any zone conversion.

    `complete` are the days for which the answer listed everything that is free; `nothing` says that it found
    no free time at all; `yes` and `no` that it called the requested start free or not free; `unread` that it is
    an answer of which nothing about time could be understood.
    """

    free: set[Instant] = field(default_factory=set)
    ranges: list[tuple[Instant, Instant]] = field(default_factory=list)
    digits: set[tuple[date | None, int]] = field(default_factory=set)
    taken: set[Instant] = field(default_factory=set)
    complete: set[date] = field(default_factory=set)
    offers: dict[str, OfferedStart] = field(default_factory=dict)
    listed: bool = False
    yes: bool = False
    no: bool = False
    unread: bool = False

    @property
    def nothing(self) -> bool:
        """Whether the answer says that nothing at all is free."""
        return not self.free and not self.ranges and (self.no or self.listed)

    @property
    def says_free(self) -> bool:
        """Whether the answer calls anything free."""
        return bool(self.free or self.ranges or self.yes)

    def offers_start(self, start: Instant) -> bool:
        """Whether this start was listed, confirmed, or lies in a free range."""
        return start in self.free or any(a <= start < b for a, b in self.ranges)


def read_times_of_answer(content: Any, asked: Asked, reading: Reading) -> AnswerTimes:
    """Everything an answer to this request says about free and taken starts."""
    times = AnswerTimes()
    day = asked.days[0] if len(asked.days) == 1 else None
    if isinstance(content, Mapping):
        _walk(content, day, times, asked, reading, listed=False)
    elif isinstance(content, list):
        _walk_listed(content, day, times, asked, reading)
    _flag(content, times, asked, reading)
    if not (times.says_free or times.no or times.listed):
        _from_sentences(spoken_part(content), times, asked, reading)
    if times.listed:
        times.complete.update(asked.days)
    times.unread = not (times.says_free or times.no or times.listed or _lists(content))
    return times


def _lists(content: Any) -> bool:
    """Whether an answer has a place for free times, though there is nothing in it."""
    known = set(answer_names()["listed"])
    return any(known & set(level) for level in _plain_levels(content))


def _walk(
    node: Mapping[str, Any],
    day: date | None,
    times: AnswerTimes,
    asked: Asked,
    reading: Reading,
    *,
    listed: bool,
) -> None:
    names = answer_names()
    day = reading.written(first(node, names["date"])).day or day
    if listed:
        _add_listed(node, day, times, reading)
    for key, value in node.items():
        if _DAY_KEY.match(key):
            on = reading.written(key).day
            times.listed = True
            times.complete.update({on} if on else ())
            _add_flagged(value, on, times, reading)
            _walk_listed(value, on, times, asked, reading)
        elif key in names["ranges"]:
            _add_ranges(value, day, times, reading)
        elif key in names["listed"]:
            times.listed |= key in names["complete"]
            _walk_listed(value, day, times, asked, reading)
        elif isinstance(value, Mapping) and not listed:
            _walk(value, day, times, asked, reading, listed=False)
        elif isinstance(value, list) and (key == "data" or _looks_free(key, value)):
            times.listed = True
            _walk_listed(value, day, times, asked, reading)


def _add_flagged(value: Any, day: date | None, times: AnswerTimes, reading: Reading) -> None:
    """Times as keys with a yes or no each: `{"10:30": true, "11:00": false}`."""
    for key, flag in value.items() if isinstance(value, Mapping) else ():
        start = reading.written(key, day) if _TIME_IN.search(key) else UNSAID
        if as_flag(flag):
            _add_free(start, times)
        elif as_flag(flag) is False and start.moment is not None:
            times.taken.add(start.moment)


def _looks_free(key: str, items: list[Any]) -> bool:
    """Whether a list under an unknown name holds starts, as texts or as objects with one."""
    names = answer_names()
    if key in names["occupied"] or not items:
        return False
    fields = {*names["start"], *names["time"], *names["listed"], *names["ranges"]}
    return all(
        bool(_TIME_IN.search(item))
        if isinstance(item, str)
        else isinstance(item, Mapping) and bool(fields & set(item))
        for item in items
    )


def _walk_listed(value: Any, day: date | None, times: AnswerTimes, asked: Asked, reading: Reading) -> None:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, Mapping):
            _walk(item, day, times, asked, reading, listed=True)
        elif isinstance(item, str):
            _add_free(reading.written(item, day), times)


def _add_listed(item: Mapping[str, Any], day: date | None, times: AnswerTimes, reading: Reading) -> None:
    names = answer_names()
    start = _start_of(item, day, reading)
    occupied = str(item.get("status") or "").casefold() in (*names["taken"], *names["occupied"])
    if occupied or any(as_flag(item.get(key)) is False for key in names["available"]):
        times.taken.update({start.moment} if start.moment else ())
        return
    _add_free(start, times)
    offer_id = first(item, names["offer"])
    if offer_id is not None and start.moment is not None:
        times.offers[str(offer_id)] = OfferedStart(start, service_of(item, reading))


def _start_of(item: Mapping[str, Any], day: date | None, reading: Reading) -> WrittenTime:
    names = answer_names()
    said = first(item, names["start"])
    if isinstance(said, Mapping):
        return _start_of(said, day, reading)
    whole = reading.written(said, day)
    if whole.moment is not None:
        return whole
    on = reading.written(first(item, names["date"])).day or whole.day or day
    at = reading.written(first(item, names["time"]), on)
    return at if at.moment is not None else joined(on, at.minutes, reading.clock)


def _add_free(start: WrittenTime, times: AnswerTimes) -> None:
    if start.moment is not None:
        times.free.add(start.moment)
    if start.digits is not None:
        times.digits.add((start.day, start.digits))


def _add_ranges(value: Any, day: date | None, times: AnswerTimes, reading: Reading) -> None:
    names = answer_names()
    times.listed = True
    for item in value if isinstance(value, list) else [value]:
        ends: tuple[Any, Any] = (None, None)
        if isinstance(item, Mapping):
            day = reading.written(first(item, names["date"])).day or day
            ends = (first(item, names["range_start"]), first(item, names["range_end"]))
        elif isinstance(item, str) and (match := _RANGE_TEXT.match(item.strip())):
            ends = (match[1], match[2])
        begin, end = (reading.written(each, day).moment for each in ends)
        if begin is not None and end is not None and begin < end:
            times.ranges.append((begin, end))


def _flag(content: Any, times: AnswerTimes, asked: Asked, reading: Reading) -> None:
    """Apply `available: true/false` and its like to the start that was asked for."""
    names = answer_names()
    for level in _plain_levels(content):
        flags = [flag for key in names["available"] if (flag := as_flag(level.get(key))) is not None]
        status = str(level.get("status") or "").casefold()
        says = (
            flags[0]
            if flags
            else True
            if status in names["free"]
            else False
            if status in names["taken"]
            else None
        )
        if says is None:
            continue
        fuzzy = level.get("fuzzy_match_applied") is True
        start = (
            asked.start
            if asked.start.moment is not None and not fuzzy
            else _start_of(level, asked.start.day, reading)
        )
        times.yes |= says
        times.no |= not says
        if says:
            _add_free(start, times)
        elif start.moment is not None:
            times.taken.add(start.moment)


def _plain_levels(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of an answer that are not entries of its lists."""
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            if isinstance(inner, Mapping):
                yield from _plain_levels(inner)


def _from_sentences(text: str, times: AnswerTimes, asked: Asked, reading: Reading) -> None:
    """Read a plain sentence ("Frei sind 10:00 und 11:30 Uhr."); a bare yes or no means the asked start."""
    words = phrases(reading.language)
    listing = False
    for clause in words.clauses(text):
        spoken = read_times(clause, reading.language, reading.today)
        negative = words.found("not_free", clause)
        if not negative and not words.found("free", clause):
            # A line of a list says nothing by itself: it is what the heading called free.
            for start in _moments(spoken, asked, reading) if listing else ():
                _add_free(start, times)
            continue
        listing = not negative and not spoken.clocks
        if listing and _HEADING.search(clause):
            continue
        starts = list(_moments(spoken, asked, reading)) or ([asked.start] if asked.start.moment else [])
        times.yes |= not negative
        times.no |= negative
        for start in starts:
            if not negative:
                _add_free(start, times)
            elif start.moment is not None:
                times.taken.add(start.moment)


def _moments(spoken: SpokenTimes, asked: Asked, reading: Reading) -> Iterator[WrittenTime]:
    day = spoken.days[0].dates[0] if spoken.days else asked.days[0] if asked.days else None
    for clock in spoken.clocks:
        yield joined(day, clock.minutes, reading.clock)


def service_of(level: Mapping[str, Any], reading: Reading) -> AuditedService | None:
    """The service an object of an answer names by key; None when it names none this business has."""
    names = answer_names()
    provider_id = first(level, names["provider_id"])
    if provider_id is not None:
        return reading.catalogue.by_provider_id(provider_id)
    service_id = first(level, names["service_id"])
    if service_id is not None:
        return reading.catalogue.by_id(service_id)
    name = first(level, names["service_name"])
    return reading.catalogue.by_name(name).service if isinstance(name, str) else None


@dataclass(frozen=True, slots=True)
class BookedFacts:
    """What a booking answer says it booked, each None where it does not say; `keyed` is a service by key."""

    id: str | None = None
    start: WrittenTime = UNSAID
    keyed: AuditedService | None = None
    duration_min: int | None = None
    replay: bool = False


_NUMBER = re.compile(
    r"(?:buchungsnummer|termin-?nummer|booking (?:number|reference|id)|reference|confirmation)\W+(\S*\w)"
)


def read_booked(content: Any, reading: Reading) -> BookedFacts:
    """The booking an answer describes, wherever in the answer it lies."""
    if not isinstance(content, Mapping):
        match = _NUMBER.search(str(content).lower())
        return BookedFacts(id=match[1] if match else None)
    names = answer_names()
    levels = list(_plain_levels(content))
    found_id = next((first(lv, names["booking_id"]) for lv in levels if first(lv, names["booking_id"])), None)
    start = next(
        (s for lv in levels if (s := _start_of(lv, None, reading)).moment is not None), WrittenTime()
    )
    provider = next(
        (first(lv, names["provider_id"]) for lv in levels if first(lv, names["provider_id"])), None
    )
    service = next((first(lv, names["service_id"]) for lv in levels if first(lv, names["service_id"])), None)
    keyed = reading.catalogue.by_provider_id(provider) if provider is not None else None
    if keyed is None and service is not None:
        keyed = reading.catalogue.by_id(service)
    duration = next((first(lv, names["duration"]) for lv in levels if first(lv, names["duration"])), None)
    return BookedFacts(
        id=str(found_id) if found_id is not None else None,
        start=start,
        keyed=keyed,
        duration_min=_whole_minutes(duration),
        replay=any(lv.get("idempotent_replay") is True for lv in levels),
    )


def _whole_minutes(duration: object) -> int | None:
    whole = isinstance(duration, int) or (isinstance(duration, float) and duration.is_integer())
    return int(duration) if whole and isinstance(duration, int | float) else None
