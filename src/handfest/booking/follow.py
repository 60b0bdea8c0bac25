"""Follow: what somebody did in the provider itself becomes true in our records too.

What is seen there is looked up, not believed: a notice may come late, twice, or never.
"""

from dataclasses import dataclass, replace

from whenever import Instant

from handfest.model.booking import Booking, BookingState
from handfest.ports import Transaction

OPEN = (BookingState.CALLING, BookingState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Seen:
    """An appointment as the provider has it now. `intent_id` is the id of the booking of ours that made it;
    `from_uid` what it took the place of, `gone_to` what took its place."""

    uid: str
    intent_id: str
    live: bool
    pending: bool
    rejected: bool
    start: Instant
    duration_min: int
    no_show: bool = False
    from_uid: str | None = None
    gone_to: str | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """What it meant: nothing, ours_open, confirmed, cancelled, moved, revived, no_show, or stray (undo it)."""

    meaning: str
    booking: Booking | None = None


def follow(tx: Transaction, business_id: str, seen: Seen, now: Instant) -> Followed:
    """Bring the record in line with what is seen; only a stray appointment is for the caller to undo."""
    booking = standing(tx, tx.booking(business_id, seen.intent_id))
    if booking is None:
        return Followed("nothing")
    if booking.state in OPEN or _being_moved(tx, booking):
        return Followed("ours_open", booking)  # whoever is at it, or the reconciler, will see it
    if not seen.live:
        return _gone(tx, booking, seen, now)
    if booking.state is BookingState.REFUSED:
        return Followed("stray", booking)
    if booking.uid == seen.uid:
        return _same(tx, booking, seen, now)
    if booking.state is BookingState.BOOKED and seen.from_uid == booking.uid:
        tx.save_booking(_placed(booking, seen))
        return Followed("moved", booking)
    return Followed("stray", booking)


def standing(tx: Transaction, booking: Booking | None) -> Booking | None:
    """The booking that stands at the end of a chain of changes."""
    while booking is not None and booking.state is BookingState.CHANGED and booking.replaced_by is not None:
        booking = tx.booking(booking.business_id, booking.replaced_by)
    return booking


def _being_moved(tx: Transaction, booking: Booking) -> bool:
    number = booking.caller_number
    rows = list(tx.bookings_of_call(booking.business_id, booking.call_id))
    if number is not None:
        rows += tx.bookings_of_caller(booking.business_id, number)
    return any(row.replaces == booking.id and row.state in OPEN for row in rows)


def _gone(tx: Transaction, booking: Booking, seen: Seen, now: Instant) -> Followed:
    if booking.uid != seen.uid or booking.state is not BookingState.BOOKED or seen.gone_to is not None:
        return Followed("nothing", booking)
    settled = booking.settle(BookingState.CANCELLED, now)
    tx.save_booking(replace(settled, refusal="rejected" if seen.rejected else "cancelled_elsewhere"))
    return Followed("cancelled", booking)


def _same(tx: Transaction, booking: Booking, seen: Seen, now: Instant) -> Followed:
    if booking.state is not BookingState.BOOKED:
        # Confirming a cancelled appointment brings it back on the provider's side.
        tx.save_booking(replace(_placed(booking, seen).settle(BookingState.BOOKED, now), refusal=None))
        return Followed("revived", booking)
    current = _placed(booking, seen)
    if current == booking:
        return Followed("nothing", booking)
    tx.save_booking(current)
    if current.no_show and not booking.no_show:
        return Followed("no_show", booking)
    return Followed("moved" if current.start != booking.start else "confirmed", booking)


def _placed(booking: Booking, seen: Seen) -> Booking:
    return replace(
        booking,
        uid=seen.uid,
        start=seen.start,
        duration_min=seen.duration_min,
        pending=seen.pending,
        no_show=seen.no_show,
    )
