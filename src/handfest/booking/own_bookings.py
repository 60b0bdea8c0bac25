"""Whose bookings a caller may hear of, change and cancel: their own (B46, B95, B96)."""

from handfest.booking.open_turn import OpenTurn
from handfest.model.booking import Booking, BookingState
from handfest.model.intent import Intent
from handfest.model.refusal import Refusal, RefusalCode
from handfest.model.wish import AskWhen, RefuseWhen, Wish
from handfest.ports import Transaction


async def own_bookings(turn: OpenTurn, *, cancelling: bool = False) -> tuple[Booking, ...]:
    """The caller's coming bookings in this branch: made from this number, or in this very call.

    `cancelling` includes those whose cancellation has begun and is not known to have reached the calendar.
    """

    def work(tx: Transaction) -> tuple[Booking, ...]:
        number = turn.call.caller_number
        by_number = tx.bookings_of_caller(turn.call.business_id, number) if number else ()
        by_call = tx.bookings_of_call(turn.call.business_id, turn.call.id)
        found = {booking.id: booking for booking in (*by_number, *by_call)}
        return tuple(found.values())

    bookings = await turn.store.read(work)
    coming = (
        booking
        for booking in bookings
        if (booking.state is BookingState.BOOKED or (cancelling and booking.cancelling))
        and booking.start > turn.now
        and turn.compiled.branch_id in (None, booking.branch_id)
    )
    return tuple(sorted(coming, key=lambda booking: (booking.start, booking.id)))


async def which_booking(turn: OpenTurn, intent: Intent, *, cancelling: bool = False) -> Booking | Refusal:
    """The one booking that is meant, or the question back."""
    own = await own_bookings(turn, cancelling=cancelling)
    if not own and turn.call.anonymous:
        return Refusal(RefusalCode.BOOKING_NOT_YOURS, "booking_not_yours")
    fitting = [booking for booking in own if _meant(booking, intent)]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        return Refusal(RefusalCode.BOOKING_NOT_FOUND, "booking_not_found")
    return Refusal(RefusalCode.BOOKING_NOT_FOUND, "booking_which", facts={"bookings": tuple(fitting)})


def _meant(booking: Booking, intent: Intent) -> bool:
    if intent.booking_id is not None:
        return booking.id == intent.booking_id
    match intent.which:
        case Wish() as wish:
            return _is_at(booking, wish)
        case AskWhen() as unclear:
            return not unclear.readings or any(_is_at(booking, reading) for reading in unclear.readings)
        case RefuseWhen():
            return False  # a day that is over or does not exist is nobody's coming appointment


def _is_at(booking: Booking, wish: Wish) -> bool:
    local = booking.local_start
    day, at = wish.day, wish.at
    if day is not None and local.date().to_stdlib() != day:
        return False
    return at is None or (local.hour, local.minute) == (at.hour, at.minute)
