"""Find: the caller's own coming appointments, and nobody else's."""

from handfest.booking.open_turn import OpenTurn
from handfest.booking.own_bookings import own_bookings
from handfest.booking.refuse import refuse
from handfest.model.intent import Intent
from handfest.model.outcome import Appointments
from handfest.model.refusal import Refusal, RefusalCode
from handfest.model.reply import Reply
from handfest.model.turn import TurnRecord
from handfest.model.wish import Wish


async def find_appointments(turn: OpenTurn, intent: Intent) -> tuple[Reply, TurnRecord]:
    """Name the caller's coming appointments; withheld numbers are told nothing."""
    own = await own_bookings(turn)
    if not own and turn.call.anonymous:
        return await refuse(turn, Refusal(RefusalCode.BOOKING_NOT_YOURS, "booking_not_yours"))
    day = intent.when.day if isinstance(intent.when, Wish) else None
    shown = [booking for booking in own if day in (None, booking.local_start.date().to_stdlib())] or own
    if not shown:
        return await refuse(turn, Refusal(RefusalCode.BOOKING_NOT_FOUND, "booking_not_found"))
    turn.trace.step("found", bookings=[booking.id for booking in shown])
    return await turn.close(lambda _ledger: Appointments(tuple(shown)))
