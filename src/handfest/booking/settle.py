"""Settle: call the calendar for a durable intent, hold its answer against the offer, record the outcome."""

from dataclasses import dataclass, replace
from typing import Any

from handfest.booking.asked_calendar import asked_calendar
from handfest.booking.offer_instead import offer_instead
from handfest.booking.open_turn import Ledger, OpenTurn
from handfest.booking.refuse import refuse
from handfest.errors import CalendarFault, OfferMismatch, OutcomeUnknown, RateLimited
from handfest.model.booking import Booking, BookingState, Confirmation, Declined
from handfest.model.offer import Offer
from handfest.model.outcome import Booked, Changed, Failed, Outcome, Pending
from handfest.model.refusal import Refusal, RefusalCode
from handfest.model.reply import Reply
from handfest.model.turn import TurnRecord
from handfest.ports import Calendar


@dataclass(frozen=True, slots=True)
class Begun:
    """A durable intent; `fresh` if this turn made it and nobody else has called the calendar for it."""

    booking: Booking
    fresh: bool


async def settle(turn: OpenTurn, offer: Offer, begun: Begun) -> tuple[Reply, TurnRecord]:
    """Bring the booking to its outcome and close the turn with it."""
    booking = begun.booking
    old = await _replaced(turn, booking)
    if not begun.fresh:
        return await _repeat(turn, offer, booking, old)
    if not await _still_ours(turn, booking):
        # Stalled past the lease: somebody else decides about this intent now, and may have booked already.
        turn.trace.step("lease_lost", booking=booking.id)
        return await turn.close(lambda _ledger: Pending("book", booking))
    request, since = "book" if old is None else "move", turn.trace.elapsed_ms()
    try:
        answer = await _call(turn.calendar, booking, old, offer.owner)
    except RateLimited as fault:
        turn.trace.step("calendar_failed", booking=booking.id, code=fault.code, cause=str(fault))
        code = fault.code
        return await turn.close(lambda ledger: _not_now(ledger, booking, code))
    except OutcomeUnknown as fault:
        took = asked_calendar(turn, request, since)
        turn.trace.step("outcome_unknown", booking=booking.id, code=fault.code, **took)
        return await turn.close(lambda ledger: _unknown(ledger, booking))
    except CalendarFault as fault:
        took = asked_calendar(turn, request, since)
        turn.trace.step("calendar_failed", booking=booking.id, code=fault.code, cause=str(fault), **took)
        code = fault.code
        return await turn.close(lambda ledger: _failed(ledger, booking, code))
    return await conclude(turn, offer, booking, old, answer, asked_calendar(turn, request, since))


async def conclude(
    turn: OpenTurn,
    offer: Offer,
    booking: Booking,
    old: Booking | None,
    answer: Confirmation | Declined,
    took: dict[str, Any],
) -> tuple[Reply, TurnRecord]:
    """Record the calendar's answer: a confirmation equal to the offer, a plain no, or a broken promise.

    `took` is how long the calendar needed, as facts; empty where the answer was only looked up.
    """
    if isinstance(answer, Declined):
        turn.trace.step("declined", booking=booking.id, code=answer.code, evidence=answer.evidence, **took)
        if answer.code == "phone_missing":
            await turn.write(lambda ledger: _refused(ledger, booking, "calendar_phone_missing"))
            missing = Refusal(RefusalCode.CUSTOMER_INCOMPLETE, "phone_needed", facts={"missing": "phone"})
            return await refuse(turn, missing)
        await turn.write(lambda ledger: _refused(ledger, booking, answer.code))
        return await _declined(turn, offer, old, answer.code)
    differing = differences(booking, answer)
    if differing:
        return await undo_mismatch(turn, booking, old, answer, differing, took)
    try:
        return await turn.close(lambda ledger: record(ledger, offer, booking, old, answer, took))
    except _Overtaken as overtaken:
        return await _give_way(turn, offer, booking, old, answer, overtaken.current)


async def _declined(turn: OpenTurn, offer: Offer, old: Booking | None, code: str) -> tuple[Reply, TurnRecord]:
    """The calendar's plain no, told as what it is: only a lost slot is a lost slot (B75)."""
    match code:
        case "slot_taken":
            return await offer_instead(turn, offer, old)
        case "not_found" if old is not None:
            return await refuse(turn, Refusal(RefusalCode.BOOKING_NOT_FOUND, "booking_not_found"))
        case "cancelled":
            return await refuse(turn, Refusal(RefusalCode.OFFER_USED, "offer_used"))
        case _:
            return await refuse(turn, Refusal(RefusalCode.TRY_LATER, "try_later"))


def differences(booking: Booking, answer: Confirmation) -> tuple[str, ...]:
    """In which fields the calendar's answer is not what was offered; empty is the promise kept."""
    pairs = (
        ("binding", booking.binding, answer.binding),
        ("service_id", booking.service_id, answer.service_id or booking.service_id),
        ("start", booking.start, answer.start),
        ("duration_min", booking.duration_min, answer.duration_min),
        ("staff_id", booking.staff_id, answer.staff_id or booking.staff_id),
    )
    return tuple(name for name, offered, booked in pairs if offered != booked)


async def undo_mismatch(
    turn: OpenTurn,
    booking: Booking,
    old: Booking | None,
    answer: Confirmation,
    differing: tuple[str, ...],
    took: dict[str, Any],
) -> tuple[Reply, TurnRecord]:
    """The calendar booked something else: take it back, keep that on record, stop the turn (HF401).

    A calendar that gave up the old appointment for the wrong one has none of both now: that is recorded too.
    What cannot be taken back now stays open: the reconciler sees the difference too, and alarms.
    """
    wrong = replace(booking, uid=answer.uid)
    try:
        await turn.calendar.cancel(wrong)
        old_is_gone = old is not None and await turn.calendar.find(old) is None
    except CalendarFault as fault:
        turn.trace.step(
            "mismatch", booking=booking.id, fields=list(differing), undoing_failed=fault.code, **took
        )
        return await turn.close(lambda ledger: _unknown(ledger, booking))
    turn.trace.step("mismatch", booking=booking.id, fields=list(differing), undone=answer.uid, **took)

    def work(ledger: Ledger) -> None:
        _refused(ledger, wrong, "offer_mismatch")
        if old is not None and old_is_gone:
            ledger.tx.save_booking(old.settle(BookingState.CANCELLED, ledger.now))
            ledger.trace.step("old_appointment_lost", booking=old.id)

    await turn.write(work)
    raise OfferMismatch(f"booking {booking.id} came back with other {', '.join(differing)}; it was undone")


class _Overtaken(Exception):
    """Somebody else has settled the intent while this turn waited for the calendar."""

    def __init__(self, current: Booking) -> None:
        super().__init__(current.id)
        self.current = current


async def _give_way(
    turn: OpenTurn,
    offer: Offer,
    booking: Booking,
    old: Booking | None,
    answer: Confirmation,
    current: Booking,
) -> tuple[Reply, TurnRecord]:
    """What this turn booked too late is taken back, unless it is the very booking that stands; then tell that."""
    if current.state is not BookingState.BOOKED or current.uid != answer.uid:
        await turn.calendar.cancel(replace(booking, uid=answer.uid))
        turn.trace.step("overtaken", booking=booking.id, undone=answer.uid, state=current.state.value)
    return await _repeat(turn, offer, current, old)


def record(
    ledger: Ledger,
    offer: Offer,
    booking: Booking,
    old: Booking | None,
    answer: Confirmation,
    took: dict[str, Any],
) -> Outcome:
    """Inside the closing transaction: the booking is durable from here on, and only now success is said."""
    current = ledger.tx.booking(booking.business_id, booking.id)
    if current is not None and current.state not in (BookingState.CALLING, BookingState.UNKNOWN):
        raise _Overtaken(current)
    # The calendar keeps the time now; a hold left over would stand in the way of the caller's own change (B37).
    _let_go(ledger, booking)
    return keep_outcome(ledger, offer, booking, old, answer, took)


def keep_outcome(
    ledger: Ledger,
    offer: Offer,
    booking: Booking,
    old: Booking | None,
    answer: Confirmation,
    took: dict[str, Any],
) -> Outcome:
    """Keep what the calendar has confirmed, of a booking that nobody else can have settled."""
    settled = booking.settle(BookingState.BOOKED, ledger.now, answer.uid)
    booked = replace(settled, pending=answer.pending)
    ledger.tx.save_booking(booked)
    ledger.call = replace(ledger.call, outcome="changed" if old else "booked")
    ledger.trace.step(
        "changed" if old else "booked",
        booking=booked.id,
        offer=booked.offer_id,
        service_id=booked.service_id,
        binding=answer.binding,
        duration_min=answer.duration_min,
        start=booked.local_start.format_iso(),
        uid=answer.uid,
        **took,
    )
    if old is not None:
        ledger.tx.save_booking(replace(old.settle(BookingState.CHANGED, ledger.now), replaced_by=booked.id))
        return Changed(booked, old, answer.pending)
    return Booked(booked, answer.pending, offer.staff_wished)


async def _call(
    calendar: Calendar, booking: Booking, old: Booking | None, owner: str
) -> Confirmation | Declined:
    if old is not None:
        return await calendar.move(booking, old, owner)
    return await calendar.book(booking, owner)


async def _replaced(turn: OpenTurn, booking: Booking) -> Booking | None:
    replaces = booking.replaces
    if replaces is None:
        return None
    return await turn.store.read(lambda tx: tx.booking(booking.business_id, replaces))


async def _repeat(
    turn: OpenTurn, offer: Offer, booking: Booking, old: Booking | None
) -> tuple[Reply, TurnRecord]:
    """The same offer again: tell what it led to, in the same words; never book twice (B36)."""
    match booking.state:
        case BookingState.BOOKED:
            again = Booked(booking, booking.pending, offer.staff_wished)
            outcome: Outcome = Changed(booking, old, booking.pending) if old is not None else again
            return await turn.close(lambda _ledger: outcome)
        case BookingState.REFUSED:
            return await _declined(turn, offer, old, booking.refusal or "")
        case BookingState.CANCELLED | BookingState.CHANGED:
            return await refuse(turn, Refusal(RefusalCode.OFFER_USED, "offer_used"))
        case BookingState.CALLING | BookingState.UNKNOWN:
            return await _look_up(turn, offer, booking, old)


async def _look_up(
    turn: OpenTurn, offer: Offer, booking: Booking, old: Booking | None
) -> tuple[Reply, TurnRecord]:
    in_flight = booking.state is BookingState.CALLING and booking.lease_until is not None
    if in_flight and booking.lease_until is not None and turn.now < booking.lease_until:
        return await turn.close(lambda _ledger: Pending("book", booking))
    try:
        found = await turn.calendar.find(booking)
    except CalendarFault as fault:
        turn.trace.step("look_up_failed", booking=booking.id, code=fault.code)
        return await turn.close(lambda _ledger: Pending("book", booking))
    turn.trace.step("looked_up", booking=booking.id, found=found is not None)
    if found is None:
        # Not there yet is not a no: a slow provider may still finish. The reconciler decides after the lease.
        return await turn.close(lambda _ledger: Pending("book", booking))
    return await conclude(turn, offer, booking, old, found, {})


async def _still_ours(turn: OpenTurn, booking: Booking) -> bool:
    """The fence before the calendar: the intent is open, its lease is the one that was taken and is not over."""
    current = await turn.store.read(lambda tx: tx.booking(booking.business_id, booking.id))
    now = turn.now.add(milliseconds=round(turn.trace.elapsed_ms()))
    return (
        current is not None
        and current.state is BookingState.CALLING
        and current.lease_until == booking.lease_until
        and (current.lease_until is None or now < current.lease_until)
    )


def _unknown(ledger: Ledger, booking: Booking) -> Outcome:
    current = ledger.tx.booking(booking.business_id, booking.id)
    if current is None or current.state is BookingState.CALLING:
        # Nobody is at it any more: the lease ends, and the reconciler may look from now on.
        ledger.tx.save_booking(replace(booking, state=BookingState.UNKNOWN, lease_until=ledger.now))
    return Pending("book", booking)


def _not_now(ledger: Ledger, booking: Booking, code: str) -> Outcome:
    """The calendar's rate budget is used up: nothing was sent, so this is a plain no for the moment."""
    _refused(ledger, booking, code)
    return Refusal(RefusalCode.TRY_LATER, "try_later")


def _failed(ledger: Ledger, booking: Booking, code: str) -> Outcome:
    _refused(ledger, booking, code)
    return Failed(code, "calendar")


def _refused(ledger: Ledger, booking: Booking, code: str) -> None:
    current = ledger.tx.booking(booking.business_id, booking.id)
    if current is not None and current.state not in (BookingState.CALLING, BookingState.UNKNOWN):
        return  # settled by somebody else in between: theirs is the truth
    settled = booking.settle(BookingState.REFUSED, ledger.now)
    ledger.tx.save_booking(replace(settled, refusal=code))
    _let_go(ledger, booking)


def _let_go(ledger: Ledger, booking: Booking) -> None:
    ledger.tx.release(booking.business_id, f"offer:{booking.call_id}:{booking.offer_id}")
