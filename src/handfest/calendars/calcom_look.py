"""Looking: what Cal.com really has, where an answer was lost or says one thing for four."""

from whenever import Instant

from handfest.calendars.calcom_body import intent_of
from handfest.calendars.calcom_client import CalcomClient, Deadlines
from handfest.calendars.calcom_values import CalcomBooking, utc
from handfest.model.booking import Booking

AROUND_HOURS = 26
"""How far from the booked start a booking of ours is looked for: further than any zone can shift it."""


async def find_made(client: CalcomClient, booking: Booking, deadlines: Deadlines) -> CalcomBooking | None:
    """The live booking that carries this booking's id, wherever near it stands and whatever its event type."""
    rows = await around(client, booking.start, booking.duration_min, deadlines, hours=AROUND_HOURS)
    mine = [row for row in rows if row.live and intent_of(row) == booking.id]
    return min(mine, key=lambda row: row.number, default=None)


async def find_moved(
    client: CalcomClient, booking: Booking, old_uid: str, deadlines: Deadlines
) -> CalcomBooking | None:
    """The live booking that took the place of `old_uid` at the booking's start, if it did.

    A moved booking keeps the metadata of the first one, so it is known by what it replaced.
    """
    old = await client.booking(old_uid, deadlines)
    for _ in range(5):
        if old is None or old.to_uid is None:
            return None
        following = await client.booking(old.to_uid, deadlines)
        if following is not None and following.live and following.start == booking.start:
            return following
        old = following
    return None


async def overlapping(
    client: CalcomClient, made: CalcomBooking, deadlines: Deadlines
) -> tuple[CalcomBooking, ...]:
    """Other accepted bookings of the same host that overlap this one, whatever their event type."""
    rows = await around(client, made.start, made.duration_min, deadlines, hours=12)
    hosts = set(made.host_ids)
    return tuple(
        row
        for row in rows
        if row.uid != made.uid
        and row.status == "accepted"
        and hosts & set(row.host_ids)
        and row.start < made.end
        and made.start < row.end
    )


async def around(
    client: CalcomClient, start: Instant, minutes: int, deadlines: Deadlines, *, hours: int
) -> tuple[CalcomBooking, ...]:
    """All bookings near a time, in any state."""
    first, last = start.subtract(hours=hours), start.add(minutes=minutes, hours=hours)
    return await client.bookings(deadlines, afterStart=utc(first), beforeEnd=utc(last), sortStart="asc")
