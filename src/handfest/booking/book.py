"""Book: exactly one offer, exactly once; the intent is durable before the calendar is called (law 4).

Our own calendar is no call: there intent, appointment and outcome are one transaction.
"""

from dataclasses import replace

from handfest.booking.asked_calendar import asked_calendar
from handfest.booking.check import Look, check_availability, look_and_offer, remembered, span_of
from handfest.booking.find_offer import NotOffered, find_offer, says
from handfest.booking.hold import Terms, claim_of
from handfest.booking.offer_instead import offer_instead
from handfest.booking.open_turn import Ledger, OpenTurn
from handfest.booking.refuse import refuse
from handfest.booking.settle import Begun, differences, keep_outcome, settle
from handfest.model.booking import Booking, BookingState, Customer, Declined
from handfest.model.catalogue import Service
from handfest.model.intent import Intent
from handfest.model.offer import Offer, OfferState
from handfest.model.outcome import Offered, Outcome
from handfest.model.refusal import Refusal, RefusalCode
from handfest.model.reply import Reply
from handfest.model.turn import TurnRecord
from handfest.model.wish import Wish
from handfest.ports import KeptInStore

LEASE_SECONDS = 30
"""How long a booking in flight belongs to the worker that began it; then the reconciler looks it up."""


async def book_appointment(turn: OpenTurn, intent: Intent) -> tuple[Reply, TurnRecord]:
    """Book the offer that is meant. What was never offered is verified and offered first (B16, B24)."""
    instead = _held_instead(turn, intent)
    if instead is not None:
        return await turn.close(lambda _ledger: Offered((instead,), "confirm"))
    meant = find_offer(turn, intent)
    if isinstance(meant, Refusal):
        return await refuse(turn, meant)
    if isinstance(meant, NotOffered):
        return await verify_first(turn, intent, meant)
    return await book_offer(turn, intent, meant)


async def book_offer(turn: OpenTurn, intent: Intent, offer: Offer) -> tuple[Reply, TurnRecord]:
    """Book this offer, or come back with what it already led to."""
    if _said_in_the_same_breath(turn, offer):
        return await turn.close(lambda ledger: _say_again(ledger, offer))
    if offer.state is not OfferState.USED:
        incomplete = _incomplete(intent)
        if incomplete is not None:
            return await refuse(turn, incomplete)
    booked = await _book_at_once(turn, intent, offer)
    if booked is not None:
        return booked
    begun = await turn.write(lambda ledger: _begin(ledger, turn, intent, offer))
    if isinstance(begun, Refusal):
        return await offer_instead(turn, offer)
    return await settle(turn, offer, begun)


async def verify_first(
    turn: OpenTurn, intent: Intent, meant: NotOffered, replaces: Booking | None = None
) -> tuple[Reply, TurnRecord]:
    """Look whether the time is free and offer it; only the caller's yes to that books it."""
    service = turn.catalogue.service(meant.pin.service_id)
    assert service is not None, "a pin names a service of the catalogue"
    wish = remembered(turn, meant.wish)
    turn.trace.step("not_offered_before", offered=meant.offered.id if meant.offered else None)
    if meant.sentence not in ("another_service", "renewed") and meant.offered is None and replaces is None:
        return await check_availability(turn, replace(intent, when=wish))
    offered = meant.offered
    staff_id = offered.staff_id if offered and offered.staff_wished else meant.staff_id
    look = Look(
        pin=meant.pin,
        service=service,
        staff_id=staff_id,
        wish=wish,
        span=span_of(turn, service, wish),
        sentence=meant.sentence,
        replaces=replaces,
        instead_of=offered.service_name if offered else None,
    )
    return await look_and_offer(turn, look)


def _said_in_the_same_breath(turn: OpenTurn, offer: Offer) -> bool:
    """True if the platform's own record shows that the caller has not spoken since this was offered (B16)."""
    return turn.envelope.caller_spoke_since_result is False and offer.turn == turn.call.turns


def _say_again(ledger: Ledger, offer: Offer) -> Outcome:
    ledger.trace.step("caller_has_not_answered", offer=offer.id)
    return Offered((offer,), "confirm")


def _incomplete(intent: Intent) -> Refusal | None:
    """What a booking cannot do without: a name. Everything else may be missing (B90)."""
    customer = intent.customer
    if customer.name:
        return None
    reason = customer.problem("name")
    name = "name_is_staff" if reason == "staff_name" else "name_missing"
    facts = {"name": customer.problem("name_said"), "missing": "name", "reason": reason}
    return Refusal(RefusalCode.CUSTOMER_INCOMPLETE, name, facts=facts)


class _NotPlain(Exception):
    """Something stands in the way of booking at once."""


async def _book_at_once(turn: OpenTurn, intent: Intent, offer: Offer) -> tuple[Reply, TurnRecord] | None:
    """Book within the transaction that ends the turn, where our own calendar can and nothing stands in the way.

    None if it does: nothing is kept then, and the way over an intent finds out what is to be said. A change goes
    that way too, because its old appointment may be another call's, which is locked before any claim (B47).
    """
    calendar = turn.calendar
    if not isinstance(calendar, KeptInStore) or offer.replaces is not None:
        return None

    def work(ledger: Ledger) -> Outcome:
        known = ledger.tx.booking_of_offer(offer.business_id, offer.call_id, offer.id)
        if known is not None or _taken_away(ledger, offer) or not turn.catalogue.service(offer.service_id):
            raise _NotPlain
        booking = _intend(ledger, turn, intent, offer, None)
        since = turn.trace.elapsed_ms()
        answer = calendar.book_within(ledger.tx, booking, offer.owner)
        if isinstance(answer, Declined) or differences(booking, answer):
            raise _NotPlain
        return keep_outcome(ledger, offer, booking, None, answer, asked_calendar(turn, "book", since))

    try:
        return await turn.close(work)
    except _NotPlain:
        return None


def _begin(ledger: Ledger, turn: OpenTurn, intent: Intent, offer: Offer) -> Begun | Refusal:
    """Commit the intent: the offer is used, its slot claimed until the outcome is known."""
    existing = ledger.tx.booking_of_offer(offer.business_id, offer.call_id, offer.id)
    if existing is not None and not _never_reached(existing):
        ledger.trace.step("repeated", booking=existing.id, state=existing.state.value)
        return Begun(existing, fresh=False)
    if _taken_away(ledger, offer):
        ledger.trace.step("hold_lost", offer=offer.id)
        return Refusal(RefusalCode.SLOT_TAKEN, "slot_taken")
    service = turn.catalogue.service(offer.service_id)
    old = ledger.tx.booking(offer.business_id, offer.replaces) if offer.replaces else None
    kept = replace(offer, expires_at=max(offer.expires_at, ledger.now.add(seconds=LEASE_SECONDS)))
    if service is None or not _claim(ledger, kept, service, old):
        ledger.save_offer(offer.become(OfferState.VOIDED))
        ledger.trace.step("hold_lost", offer=offer.id)
        return Refusal(RefusalCode.SLOT_TAKEN, "slot_taken")
    booking = _intend(ledger, turn, intent, kept, existing)
    ledger.tx.save_booking(booking)
    return Begun(booking, fresh=True)


def _intend(ledger: Ledger, turn: OpenTurn, intent: Intent, offer: Offer, earlier: Booking | None) -> Booking:
    """What is to be booked; the offer is used, the call's other ones are let go of."""
    ledger.save_offer(offer.become(OfferState.USED))
    ledger.let_go(OfferState.RELEASED, but=offer.id)
    booking = _draft(ledger, turn, intent, offer, earlier)
    ledger.trace.step(
        "intent",
        booking=booking.id,
        offer=offer.id,
        service_id=offer.service_id,
        binding=offer.binding,
        duration_min=offer.duration_min,
        start=offer.local_start.format_iso(),
    )
    return booking


def _held_instead(turn: OpenTurn, intent: Intent) -> Offer | None:
    """The time that staff hold for the caller in the place of the one that is asked for."""
    for notice in turn.call.notices:
        meant = _by_id(turn, notice.subject)
        held = _by_id(turn, notice.successor)
        if meant is None or held is None or not held.holds(turn.now):
            continue
        said = isinstance(intent.when, Wish) and not intent.when.empty and says(meant, intent.when)
        if intent.offer_id is not None and intent.offer_id.strip().casefold() == meant.id.casefold():
            return held
        if intent.offer_id is None and said:
            return held
    return None


def _by_id(turn: OpenTurn, offer_id: str | None) -> Offer | None:
    return next((offer for offer in turn.offers if offer.id == offer_id), None)


def _taken_away(ledger: Ledger, offer: Offer) -> bool:
    """True if staff took this time from the caller after the turn had begun."""
    return any(one.id == offer.id and one.state is OfferState.TAKEN for one in ledger.offers())


def _claim(ledger: Ledger, offer: Offer, service: Service, old: Booking | None) -> bool:
    return ledger.tx.claim(offer.business_id, claim_of(offer, Terms(service, False, 1, old)), ledger.now)


def _never_reached(booking: Booking) -> bool:
    """True if an earlier try is known not to have reached the calendar: the same intent may be tried again."""
    return booking.state is BookingState.REFUSED and (booking.refusal or "").startswith("calendar_")


def _draft(ledger: Ledger, turn: OpenTurn, intent: Intent, offer: Offer, earlier: Booking | None) -> Booking:
    customer = intent.customer
    phone = customer.phone or ledger.call.caller_number
    return Booking(
        business_id=offer.business_id,
        id=earlier.id if earlier else turn.ids.new("bk"),
        call_id=offer.call_id,
        offer_id=offer.id,
        service_id=offer.service_id,
        service_name=offer.service_name,
        binding=offer.binding,
        duration_min=offer.duration_min,
        staff_id=offer.staff_id,
        staff_name=offer.staff_name,
        start=offer.start,
        zone=offer.zone,
        branch_id=offer.branch_id,
        spans=offer.spans,
        customer=Customer(customer.name or "", phone, customer.email, customer.notes),
        caller_number=ledger.call.caller_number,
        state=BookingState.CALLING,
        made_at=ledger.now,
        lease_until=ledger.now.add(seconds=LEASE_SECONDS),
        replaces=offer.replaces,
        price=offer.price,
        test=ledger.call.test,
    )
