"""Change: book with replace. The old appointment is given up only for the new one (B46)."""

from whenever import Instant

from handfest.booking.book import book_offer, verify_first
from handfest.booking.choose_staff import choose_staff
from handfest.booking.find_offer import NotOffered, pin_of, says, wish_of
from handfest.booking.open_turn import OpenTurn
from handfest.booking.own_bookings import which_booking
from handfest.booking.refuse import refuse
from handfest.booking.search_span import instant_of, refuse_reading
from handfest.model.booking import Booking
from handfest.model.call import Pin
from handfest.model.intent import CustomerWords, Intent
from handfest.model.offer import Offer, OfferState
from handfest.model.refusal import Refusal, RefusalCode
from handfest.model.reply import Reply
from handfest.model.turn import TurnRecord
from handfest.model.wish import Wish


async def reschedule_appointment(turn: OpenTurn, intent: Intent) -> tuple[Reply, TurnRecord]:
    """Offer the new time for the caller's appointment, and move it when it is agreed to."""
    named = _offer_named(turn, intent)
    if named is not None and not (isinstance(intent.when, Wish) and not says(named, intent.when)):
        return await _move_or_renew(turn, intent, named)
    booking = await which_booking(turn, intent)
    if isinstance(booking, Refusal):
        return await refuse(turn, booking)
    if not isinstance(intent.when, Wish):
        return await refuse(turn, refuse_reading(intent.when))
    wish = intent.when
    if wish.empty:
        return await refuse(turn, Refusal(RefusalCode.TIME_UNCLEAR, "change_when"))
    agreed = _offer_for(turn, booking, wish)
    if agreed is not None:
        return await _move(turn, agreed)
    service = turn.catalogue.service(booking.service_id)
    if service is None:
        return await refuse(turn, Refusal(RefusalCode.UNSUPPORTED, "unsupported"))
    staff_id = choose_staff(turn, intent.staff, service)
    if intent.staff is None and turn.calendar.remote and service.binding.by_staff:
        staff_id = (
            booking.staff_id
        )  # a provider moves within one of its objects, and that one is this person's
    if isinstance(staff_id, Refusal):
        return await refuse(turn, staff_id)
    if _stands_there(turn, booking, wish, staff_id):
        facts = {"asked": booking.start, "reason": "stands_there"}
        return await refuse(turn, Refusal(RefusalCode.TIME_UNCLEAR, "change_same", facts=facts))
    pin = Pin(service.id, "", 1.0, "id", f"booking {booking.id}", turn.call.turns + 1)
    return await verify_first(turn, intent, NotOffered(pin, wish, staff_id=staff_id), replaces=booking)


async def _move_or_renew(turn: OpenTurn, intent: Intent, offer: Offer) -> tuple[Reply, TurnRecord]:
    """Move to an offer that stands; look again at the time of one that has run out."""
    if offer.state in (OfferState.VOIDED, OfferState.TAKEN):
        return await refuse(turn, Refusal(RefusalCode.OFFER_EXPIRED, "offer_expired"))
    if offer.state is OfferState.USED or turn.now < offer.expires_at:
        return await _move(turn, offer)
    renewed = NotOffered(pin_of(turn, offer), wish_of(offer), "renewed", offer)
    return await verify_first(turn, intent, renewed, replaces=await _replaced(turn, offer))


async def _move(turn: OpenTurn, offer: Offer) -> tuple[Reply, TurnRecord]:
    customer = (await _replaced(turn, offer)).customer
    words = CustomerWords(customer.name, customer.phone, customer.email, customer.notes)
    return await book_offer(turn, Intent(tool=turn.tool, customer=words), offer)


async def _replaced(turn: OpenTurn, offer: Offer) -> Booking:
    replaces = offer.replaces
    assert replaces is not None, "only offers that replace a booking are moved to"
    old = await turn.store.read(lambda tx: tx.booking(offer.business_id, replaces))
    assert old is not None, "an offer replaces a booking of its own business"
    return old


def _offer_named(turn: OpenTurn, intent: Intent) -> Offer | None:
    if intent.offer_id is None:
        return None
    wanted = intent.offer_id.strip().casefold()
    return next(
        (offer for offer in turn.offers if offer.id.casefold() == wanted and offer.replaces is not None), None
    )


def _offer_for(turn: OpenTurn, booking: Booking, wish: Wish) -> Offer | None:
    """The offer of an earlier turn that moves this booking to exactly the time wished for."""
    start = _exactly(turn, wish)
    usable = (OfferState.LIVE, OfferState.RELEASED, OfferState.USED)
    fitting = [
        offer
        for offer in turn.offers
        if offer.replaces == booking.id
        and offer.start == start
        and offer.state in usable
        and (turn.now < offer.expires_at or offer.state is OfferState.USED)
    ]
    return fitting[-1] if fitting else None


def _exactly(turn: OpenTurn, wish: Wish) -> Instant | None:
    """The one moment that is wished for, if day and time are known."""
    day = wish.day or (Wish.parse_day(turn.call.wished_day) if turn.call.wished_day else None)
    return instant_of(day, wish.at, turn.zone) if day is not None and wish.at is not None else None


def _stands_there(turn: OpenTurn, booking: Booking, wish: Wish, staff_id: str | None) -> bool:
    """True if the appointment is at that time already, with whoever is wished for."""
    return _exactly(turn, wish) == booking.start and staff_id in (None, booking.staff_id)
