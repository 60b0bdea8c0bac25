"""Events of an iCalendar feed as values, and the times at which they take place."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar, Event
from icalendar.prop import vRecur
from whenever import Instant

from handfest.calendars.icalendar_text import FeedText

TIMES_MAX = 5_000
"""How many busy times one feed may lead to at most."""
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
OLDEST = datetime(1900, 1, 1)  # noqa: DTZ001 - compared with wall times
"""A daily event that began earlier is not counted up from there."""


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One event: `start` and `length` by the wall clock of `zone`, and how it repeats.

    `instead_of` is the wall time of the occurrence that this one replaces (RECURRENCE-ID); `blocks` is False
    for events that take no time (TRANSP:TRANSPARENT) and for cancelled ones.
    """

    uid: str
    start: datetime
    length: timedelta
    zone: tzinfo
    title: str | None = None
    blocks: bool = True
    rule: vRecur | None = None
    extra: tuple[datetime, ...] = ()
    left_out: frozenset[datetime | date] = frozenset()
    instead_of: datetime | None = None


@dataclass(frozen=True, slots=True, order=True)
class TakenTime:
    """When one occurrence takes place."""

    start: Instant
    end: Instant
    uid: str
    title: str | None


class Unusable(ValueError):
    """Why one event cannot be read; the others can."""


def read_events(text: FeedText, zone: ZoneInfo) -> tuple[list[FeedEvent], Counter[str]]:
    """The events, and how many could not be read for which reason. Floating times are of `zone`."""
    unusable: Counter[str] = Counter()
    events = []
    for component in _components(text, unusable):
        try:
            events.append(_event(component, zone))
        except Unusable as error:
            unusable[str(error)] += 1
        except ValueError:
            unusable["not readable"] += 1
    return events, unusable


def take_place(
    events: Sequence[FeedEvent], first: Instant, last: Instant
) -> tuple[list[TakenTime], Counter[str]]:
    """The times in [first, last) at which the events take place, in order, and what was left out."""
    replaced: defaultdict[str, set[datetime]] = defaultdict(set)
    for event in events:
        if event.instead_of is not None:
            replaced[event.uid].add(event.instead_of)
    times: set[TakenTime] = set()
    left_out: Counter[str] = Counter()
    for event in events:
        if not event.blocks:
            left_out["free or cancelled"] += 1
            continue
        try:
            for start in _starts(event, first, last):
                if event.instead_of is None and _wall_utc(start, event.zone) in replaced[event.uid]:
                    continue
                taken = _taken(event, start)
                if taken.start < last and first < taken.end and taken.start < taken.end:
                    times.add(taken)
        except Unusable as error:
            left_out[str(error)] += 1
        except OverflowError:
            left_out["beyond the year 9999"] += 1
    ordered = sorted(times)
    if len(ordered) > TIMES_MAX:
        left_out[f"beyond the first {TIMES_MAX} busy times"] += len(ordered) - TIMES_MAX
    return ordered[:TIMES_MAX], left_out


def _components(text: FeedText, unusable: Counter[str]) -> Iterator[Event]:
    """All events at once, which is quick; one by one where a broken one spoils the others."""
    try:
        yield from _parse(text.zones, text.events)
    except ValueError:
        for block in text.events:
            try:
                yield from _parse(text.zones, [block])
            except ValueError:
                unusable["not readable"] += 1


def _parse(zones: Iterable[str], blocks: Iterable[str]) -> list[Event]:
    body = "".join(chain(zones, blocks))
    whole = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//handfest//read//\r\n{body}END:VCALENDAR\r\n"
    return [part for part in Calendar.from_ical(whole).walk("VEVENT") if isinstance(part, Event)]


def _event(component: Event, local: ZoneInfo) -> FeedEvent:
    begin = _one(component, "DTSTART")
    if begin is None:
        raise Unusable("without a start")
    zone = _zone(component, begin, local)
    start = _wall(begin, zone)
    rule = component.get("RRULE")
    if rule is not None and not isinstance(rule, vRecur):
        raise Unusable("with several rules of repetition, or one that is none")
    instead = _one(component, "RECURRENCE-ID")
    return FeedEvent(
        uid=str(component.get("UID", "")),
        start=start,
        length=_length(component, begin, start, zone),
        zone=zone,
        title=str(component["SUMMARY"]) if "SUMMARY" in component else None,
        blocks=str(component.get("TRANSP", "")).upper() != "TRANSPARENT"
        and str(component.get("STATUS", "")).upper() != "CANCELLED",
        rule=rule,
        extra=tuple(_wall(_begin_of(moment), zone) for moment in _many(component, "RDATE")),
        left_out=frozenset(
            _wall(moment, zone) if isinstance(moment, datetime) else moment
            for moment in _many(component, "EXDATE")
        ),
        instead_of=None if instead is None else _wall_utc(_wall(instead, zone), zone),
    )


def _one(component: Event, name: str) -> Any:
    value: Any = component.get(name)
    if isinstance(value, list):
        raise Unusable(f"with several {name}")
    return None if value is None else value.dt


def _many(component: Event, name: str) -> Iterator[Any]:
    value: Any = component.get(name)
    for part in value if isinstance(value, list) else [value] if value is not None else []:
        yield from (moment.dt for moment in part.dts)


def _begin_of(moment: Any) -> Any:
    return moment[0] if isinstance(moment, tuple) else moment


def _zone(component: Event, begin: Any, local: ZoneInfo) -> tzinfo:
    if isinstance(begin, datetime) and begin.tzinfo is not None:
        return begin.tzinfo
    written: Any = component["DTSTART"]
    if isinstance(begin, datetime) and "TZID" in written.params:
        raise Unusable(f"in the unknown time zone {written.params['TZID']}")
    return local


def _wall(moment: Any, zone: tzinfo) -> datetime:
    """The wall time in `zone`; a date alone is its midnight."""
    if isinstance(moment, datetime):
        return (
            moment.replace(tzinfo=None)
            if moment.tzinfo is None
            else moment.astimezone(zone).replace(tzinfo=None)
        )
    if isinstance(moment, date):
        return datetime.combine(moment, time())
    raise Unusable("with a time that is none")


def _wall_utc(wall: datetime, zone: tzinfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _length(component: Event, begin: Any, start: datetime, zone: tzinfo) -> timedelta:
    """From start to end by the wall clock; an event of a date alone lasts that day (RFC 5545, 3.6.1)."""
    end, duration = _one(component, "DTEND"), _one(component, "DURATION")
    if end is not None:
        length = _wall(end, zone) - start
    elif isinstance(duration, timedelta):
        length = duration
    else:
        length = timedelta(0) if isinstance(begin, datetime) else timedelta(days=1)
    if length < timedelta(0):
        raise Unusable("that ends before it starts")
    return length


def _starts(event: FeedEvent, first: Instant, last: Instant) -> Iterator[datetime]:
    """The wall times at which the event starts, up to `last`."""
    until = _naive(last, event.zone)
    repeated = _repeated(event, until) if event.rule is not None else (event.start,)
    known = set()
    for start in chain(repeated, sorted(event.extra)):
        if start > until:
            continue
        if start in event.left_out or start.date() in event.left_out or start in known:
            continue
        known.add(start)
        if start + event.length >= _naive(first, event.zone) - timedelta(days=1):
            yield start


def _repeated(event: FeedEvent, until: datetime) -> Iterator[datetime]:
    rule = event.rule
    assert rule is not None
    frequency = str(rule.get("FREQ", [""])[0]).upper()
    if frequency not in FREQUENCIES:
        raise Unusable(f"that repeats {frequency or 'without saying how often'}")
    if frequency == "DAILY" and event.start < OLDEST:
        raise Unusable("that has repeated daily for more than a century")
    bounded = vRecur(rule)
    if "COUNT" not in rule:
        given = [_wall(moment, event.zone) for moment in rule.get("UNTIL", [])]
        ends = [
            end + timedelta(days=1) if not isinstance(said, datetime) else end
            for said, end in zip(rule.get("UNTIL", []), given, strict=True)
        ]
        bounded["UNTIL"] = [min([until, *ends])]
    try:
        written: bytes = bounded.to_ical()  # type: ignore[no-untyped-call]
        rows = iter(rrulestr(written.decode(), dtstart=event.start))
    except (ValueError, KeyError) as error:
        raise Unusable("with a rule of repetition that is none") from error
    for start in rows:
        if start > until:
            return
        yield start


def _naive(moment: Instant, zone: tzinfo) -> datetime:
    return moment.to_stdlib().astimezone(zone).replace(tzinfo=None)


def _taken(event: FeedEvent, start: datetime) -> TakenTime:
    begin, end = (
        Instant.from_timestamp(int(wall.replace(tzinfo=event.zone).timestamp()))
        for wall in (start, start + event.length)
    )
    return TakenTime(begin, end, event.uid, event.title)
