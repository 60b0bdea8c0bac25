"""Answers one line of an availability corpus: a fully declarative question, the ISO starts as the answer."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handfest.model.catalogue import Grid, Hours, Opening, Phase
from handfest.scheduling.available import available
from handfest.scheduling.iso import iso_starts
from handfest.scheduling.request import NOBODY, Demand, Limits, Member, Request, Taken
from handfest.scheduling.timetable import Timetable

Item = dict[str, Any]

_SAME, _OTHER = "same", "other"
_EPOCH = datetime.fromtimestamp(0, UTC)
_SECOND = timedelta(seconds=1)


def answer_item(item: Item) -> Item:
    """`{"id", "answer"}` for one corpus line; the answer is every start in the zone of the query."""
    found = available(request_of(item))
    starts = found.starts() if found else []
    return {"id": item["id"], "answer": iso_starts(starts, item["query"].get("tz") or item["tz"])}


def request_of(item: Item) -> Request:
    """The request a corpus line describes. Moments without an offset mean the zone of the business."""
    zone, service, query = item["tz"], item["service"], item["query"]
    members = _members(item)
    bookings = item.get("bookings") or ()
    return Request(
        demand=_demand(service, query.get("seats") or 1),
        members=members,
        zone=zone,
        now=_ceiling(item["now"], zone),
        start=_ceiling(query["start"], zone),
        end=_ceiling(query["end"], zone),
        taken=(*_busy(item, members), *_booked(bookings, members, zone)),
        notice=service.get("min_notice_min") or 0,
        horizon_days=service.get("max_advance_days"),
        limits=Limits(
            service.get("limit_per_day"),
            service.get("limit_per_week"),
            tuple(_floor(row["start"], zone) // 60 for row in bookings if _service(row) == _SAME),
        ),
        together=service.get("staff_mode") == "all",
    )


def _demand(service: Item, seats: int) -> Demand:
    duration = service["duration_min"]
    return Demand(
        service_id=_SAME,
        duration=duration,
        phases=(Phase(duration),),
        before=service.get("buffer_before_min") or 0,
        after=service.get("buffer_after_min") or 0,
        step=service.get("slot_step_min") or duration,
        grid=Grid(service.get("grid") or "opening"),
        capacity=service.get("capacity") or 1,
        seats=seats,
    )


def _members(item: Item) -> tuple[Member, ...]:
    """The staff of an item, or the business itself. What a person leaves out is the business's; dates on
    which the business is closed close for everybody."""
    people = item.get("staff") or [{"id": NOBODY}]
    return tuple(
        Member(str(person["id"]), _timetable(item, person), fixed=bool(person.get("fixed")))
        for person in people
    )


def _timetable(item: Item, person: Item) -> Timetable:
    own = person.get("hours")
    closed = [*(item.get("closed") or ()), *(person.get("closed") or ())]
    return Timetable(
        zone=person.get("tz") or item["tz"],
        hours=hours_of(item.get("hours") or () if own is None else own),
        closed=frozenset(date.fromisoformat(day) for day in closed),
        holidays=person.get("holidays") or item.get("holidays"),
    )


def hours_of(entries: Iterable[Item]) -> Hours:
    """Hours from rows with a weekday (1 = Monday) or a date."""
    weekdays: list[list[Opening]] = [[] for _ in range(7)]
    dated: dict[date, list[Opening]] = {}
    for entry in entries:
        opening = Opening(_minute(entry["start"]), _minute(entry["end"]))
        if entry.get("date"):
            dated.setdefault(date.fromisoformat(entry["date"]), []).append(opening)
        else:
            weekdays[entry["weekday"] - 1].append(opening)
    overrides = tuple((day, tuple(openings)) for day, openings in dated.items())
    return Hours(tuple(tuple(openings) for openings in weekdays), overrides)


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")[:2]
    return int(hours) * 60 + int(minutes)


def _busy(item: Item, members: tuple[Member, ...]) -> Iterable[Taken]:
    """Calendar entries of the business, which are everybody's, and of each person."""
    zone = item["tz"]
    for member in members:
        for start, end in item.get("busy") or ():
            yield Taken(member.id, _floor(start, zone), _ceiling(end, zone), "busy")
    for person in item.get("staff") or ():
        for start, end in person.get("busy") or ():
            yield Taken(str(person["id"]), _floor(start, zone), _ceiling(end, zone), "busy")


def _booked(bookings: Iterable[Item], members: tuple[Member, ...], zone: str) -> Iterable[Taken]:
    """Own bookings with their own buffers (R9); one without staff takes every member."""
    for seat, row in enumerate(bookings):
        start, end = _floor(row["start"], zone), _ceiling(row["end"], zone)
        if start >= end:
            continue
        staff = row.get("staff")
        for resource in [member.id for member in members] if staff is None else [str(staff)]:
            yield Taken(
                resource,
                start - 60 * (row.get("buffer_before_min") or 0),
                end + 60 * (row.get("buffer_after_min") or 0),
                "booking",
                _service(row),
                start,
                seat,
                seats=row.get("seats") or 1,
            )


def _service(row: Item) -> str:
    return _OTHER if row.get("service") == _OTHER else _SAME


def _moment(text: str, zone: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


def _floor(text: str, zone: str) -> int:
    """Epoch seconds, rounded down."""
    return (_moment(text, zone) - _EPOCH) // _SECOND


def _ceiling(text: str, zone: str) -> int:
    """Epoch seconds, rounded up."""
    return -((_EPOCH - _moment(text, zone)) // _SECOND)
