"""Cancel: the caller's own appointment, confirmed by the calendar before it is said."""

from dataclasses import replace
from typing import Any

from handfest.booking.asked_calendar import asked_calendar
from handfest.booking.open_turn import Ledger, OpenTurn
from handfest.booking.own_bookings import which_booking
from handfest.booking.refuse import refuse
from handfest.errors import CalendarFault, OutcomeUnknown, RateLimited
from handfest.model.booking import Booking, BookingState, Declined
from handfest.model.intent import Intent
from handfest.model.outcome import Cancelled, Failed, Outcome, Pending
from handfest.model.refusal import Refusal, RefusalCode
from handfest.model.reply import Reply
from handfest.model.turn import TurnRecord

LEASE_SECONDS = 30
"""How long a cancellation in flight belongs to the worker that began it; then the reconciler finishes it."""


async def cancel_appointment(turn: OpenTurn, intent: Intent) -> tuple[Reply, TurnRecord]:
    """Cancel the one appointment that is meant; a repeat hears the same again."""
    repeated = await _cancelled_in_this_call(turn, intent)
    if repeated is not None:
        return await turn.close(lambda _ledger: Cancelled(repeated))
    booking = await which_booking(turn, intent, cancelling=True)
    if isinstance(booking, Refusal):
        return await refuse(turn, booking)
    notice = turn.catalogue.rules.cancel_notice_min
    if booking.start < turn.now.add(minutes=notice):
        return await refuse(turn, Refusal(RefusalCode.UNSUPPORTED, "cancel_too_late"))
    return await cancel_booking(turn, booking)


async def cancel_booking(turn: OpenTurn, booking: Booking) -> tuple[Reply, TurnRecord]:
    """Cancel this appointment: by the calendar's own word, or not at all."""
    # The intent is durable before the calendar is called: a cancellation cut off in between is finished later.
    begun = booking.begin_cancelling(turn.now.add(seconds=LEASE_SECONDS))
    await turn.write(lambda ledger: ledger.tx.save_booking(begun))
    since = turn.trace.elapsed_ms()
    try:
        answer = await turn.calendar.cancel(booking)
    except OutcomeUnknown as fault:
        took = asked_calendar(turn, "cancel", since)
        turn.trace.step("outcome_unknown", booking=booking.id, code=fault.code, **took)
        return await turn.close(lambda _ledger: Pending("book", booking))
    except CalendarFault as fault:
        limited = isinstance(fault, RateLimited)  # nothing was sent: an expected no, with a way on (B74)
        took = {} if limited else asked_calendar(turn, "cancel", since)
        turn.trace.step("calendar_failed", booking=booking.id, code=fault.code, cause=str(fault), **took)
        later = Refusal(RefusalCode.TRY_LATER, "try_later")
        outcome: Outcome = later if limited else Failed(fault.code, "calendar")
        return await turn.close(lambda ledger: _stays(ledger, booking, outcome))
    took = asked_calendar(turn, "cancel", since)
    if isinstance(answer, Declined):
        turn.trace.step("declined", booking=booking.id, code=answer.code, evidence=answer.evidence, **took)
        gone = answer.code == "not_found"
        missing = Refusal(RefusalCode.BOOKING_NOT_FOUND, "booking_not_found")
        later = Refusal(RefusalCode.TRY_LATER, "try_later")
        await turn.write(lambda ledger: _stays(ledger, booking, later))
        return await refuse(turn, missing if gone else later)
    return await turn.close(lambda ledger: _record(ledger, booking, took))


async def _cancelled_in_this_call(turn: OpenTurn, intent: Intent) -> Booking | None:
    """What this call has cancelled already, if the request names nothing else that is still there."""
    if intent.booking_id is None:
        return None
    wanted = intent.booking_id
    booking = await turn.store.read(lambda tx: tx.booking(turn.call.business_id, wanted))
    if booking is None or booking.state is not BookingState.CANCELLED:
        return None
    own = turn.call.caller_number is not None and booking.caller_number == turn.call.caller_number
    return booking if own or booking.call_id == turn.call.id else None


def _stays(ledger: Ledger, booking: Booking, outcome: Outcome) -> Outcome:
    """The calendar has not cancelled it: the booking is what it was."""
    ledger.tx.save_booking(replace(booking, state=BookingState.BOOKED, cancelling=False, lease_until=None))
    return outcome


def _record(ledger: Ledger, booking: Booking, took: dict[str, Any]) -> Outcome:
    cancelled = booking.settle(BookingState.CANCELLED, ledger.now)
    ledger.tx.save_booking(cancelled)
    ledger.call = replace(ledger.call, outcome="cancelled")
    ledger.trace.step(
        "cancelled",
        booking=booking.id,
        service_id=booking.service_id,
        start=booking.local_start.format_iso(),
        **took,
    )
    return Cancelled(cancelled)
