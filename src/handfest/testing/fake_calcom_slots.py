"""Slots and reservations of the fake Cal.com, quirks included."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handfest.testing.fake_calcom_world import EventType, Schedule, World

STEPS = (60, 30, 20, 15, 10, 5)
"""Slot lengths that divide the hour: the grid of a free range is aligned to them."""


def free_starts(
    world: World, kind: EventType, start: int, end: int, now: int, length: int, besides: str | None = None
) -> list[int]:
    """Starts (epoch seconds) that the server would list: whole slots inside [start, end], any host free.

    `besides` is the booking that is being moved. A reservation blocks every event type of its host; on a
    round robin it blocks all hosts at once.
    """
    earliest = max(start, now + kind.notice * 60)
    if kind.booking_window_days is not None:
        end = min(end, now + kind.booking_window_days * 86400)
    starts: set[int] = set()
    for host_id in kind.host_ids:
        for first, last in _free_ranges(world, kind, host_id, start, end, now, besides):
            starts.update(_grid(kind, first, last, length))
    return sorted(at for at in starts if at >= earliest and at + length * 60 <= end)


def host_free(world: World, kind: EventType, host_id: int, start: int, end: int, visible: float) -> bool:
    """True if the host works in [start, end) and has no accepted booking there (pending ones do not count).

    `visible` is the moment up to which other bookings are seen: the race of nearly simultaneous requests.
    """
    schedule = world.schedules[kind.schedule_id]
    inside = any(first <= start and end <= last for first, last in _working(schedule, start, end))
    return inside and not any(
        booking.status == "accepted" and booking.created.timestamp() <= visible
        for booking in world.live(host_id, start - kind.buffer_before * 60, end + kind.buffer_after * 60)
    )


def _free_ranges(
    world: World, kind: EventType, host_id: int, start: int, end: int, now: int, besides: str | None
) -> Iterator[tuple[int, int]]:
    schedule = world.schedules[kind.schedule_id]
    hosts = set(kind.host_ids) if kind.round_robin else {host_id}
    busy = [
        (booking.start - kind.buffer_after * 60, booking.end + kind.buffer_before * 60)
        for booking in world.bookings.values()
        if booking.status == "accepted" and booking.host_id == host_id and booking.uid != besides
    ]
    busy += [
        (held.start, held.end)
        for held in world.reservations.values()
        if held.until > now and hosts & set(world.event_types[held.event_type_id].host_ids)
    ]
    busy.sort()
    for first, last in _working(schedule, start, end):
        at = first
        for taken, until in busy:
            if until <= at or taken >= last:
                continue
            if taken > at:
                yield at, taken
            at = max(at, until)
        if at < last:
            yield at, last


def _working(schedule: Schedule, start: int, end: int) -> Iterator[tuple[int, int]]:
    zone = ZoneInfo(schedule.time_zone)
    day = datetime.fromtimestamp(start, zone).date() - timedelta(days=1)
    last = datetime.fromtimestamp(end, zone).date()
    while day <= last:
        for begin, finish in schedule.overrides.get(day, schedule.weekdays.get(day.weekday(), [])):
            midnight = datetime.combine(day, time(), zone)
            yield (
                int((midnight + timedelta(minutes=begin)).timestamp()),
                int((midnight + timedelta(minutes=finish)).timestamp()),
            )
        day += timedelta(days=1)


def _grid(kind: EventType, first: int, last: int, length: int) -> Iterator[int]:
    interval = kind.slot_interval or length
    align = next((step for step in STEPS if interval % step == 0), 1) * 60
    at = -(-first // align) * align
    while at + length * 60 <= last:
        yield at
        at += interval * 60


def read_bound(text: str, *, end: bool) -> int:
    """A bound of a slots query in epoch seconds; dates, and ends at midnight UTC, mean that whole UTC day."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    moment = moment.astimezone(UTC)
    if end and (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        moment = moment.replace(hour=23, minute=59, second=59)
    return int(moment.timestamp())
