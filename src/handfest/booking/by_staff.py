"""By staff: what people of the business do at their own desk, through the same offers, claims and calendars.

An offer is made for the time that they name, and that offer is booked: there is no second way to book (law 7).
"""

from dataclasses import dataclass, replace

from whenever import Instant

from handfest.booking.book import book_offer
from handfest.booking.cancel import cancel_booking
from handfest.booking.check import SlotsLost
from handfest.booking.find_slots import Findings, find_slots
from handfest.booking.hold import Terms, hold
from handfest.booking.open_turn import Ledger, OpenTurn
from handfest.booking.refuse import refuse
from handfest.booking.search_span import SearchSpan, midnight
from handfest.model.booking import Booking, Customer
from handfest.model.catalogue import Service
from handfest.model.intent import CustomerWords, Intent
from handfest.model.notice import Notice
from handfest.model.offer import Offer, OfferState
from handfest.model.refusal import Refusal, RefusalCode
from handfest.model.reply import Reply
from handfest.model.turn import TurnRecord

NEAR_MAX = 5
NEXT_DAYS = 7
"""How far behind the wished time others are named where it is not free."""


@dataclass(frozen=True, slots=True)
class StaffWish:
    """Exactly what staff want: a service at a moment, by somebody or by whoever is free.

    `replaces` is the appointment to be moved; None books a new one.
    """

    service: Service
    start: Instant
    staff_id: str | None = None
    replaces: Booking | None = None


async def book_by_staff(turn: OpenTurn, wish: StaffWish, customer: Customer) -> tuple[Reply, TurnRecord]:
    """Book, or move, to exactly this time; a refusal where it is not free."""
    found = await _look(turn, wish)
    if not found.wanted:
        return await _not_free(turn, wish, found)
    try:
        offer = await turn.write(lambda ledger: _offer(ledger, turn, wish, found))
    except SlotsLost:
        return await _not_free(turn, wish, replace(found, why="taken"))
    words = CustomerWords(customer.name, customer.phone, customer.email, customer.notes)
    return await book_offer(turn, Intent(tool=turn.tool, customer=words), offer)


async def cancel_by_staff(turn: OpenTurn, booking: Booking) -> tuple[Reply, TurnRecord]:
    """Cancel this appointment; the notice that callers must keep binds nobody here."""
    return await cancel_booking(turn, booking)


def drop_hold(ledger: Ledger, offer_id: str) -> Offer | None:
    """Take a held time from a caller; None if it is not held any more. Must be told in the next answer."""
    offer = next((one for one in ledger.offers() if one.id == offer_id), None)
    if offer is None or not offer.holds(ledger.now):
        return None
    ledger.tx.release(offer.business_id, offer.owner)
    ledger.save_offer(offer.become(OfferState.TAKEN))
    ledger.trace.step("released", offers=[offer.id], state=OfferState.TAKEN.value, by="staff")
    return offer


async def look_for_hold(turn: OpenTurn, wish: StaffWish) -> Findings:
    """Whether the time that a hold is to be moved to is free."""
    return await _look(turn, wish)


def move_hold(ledger: Ledger, turn: OpenTurn, wish: StaffWish, offer: Offer, found: Findings) -> Offer:
    """Hold another time for the caller in the place of this one. Raises SlotsLost where it went meanwhile."""
    terms = Terms(wish.service, offer.staff_wished, 1, wish.replaces, adds=True)
    offers = hold(ledger, turn, terms, found.wanted)
    if not offers:
        raise SlotsLost(found.wanted)
    return offers[0]


def tell(ledger: Ledger, notice: Notice) -> None:
    """Have the next answer of this call begin with it."""
    ledger.call = replace(ledger.call, notices=(*ledger.call.notices, notice))


def near(found: Findings) -> tuple[Instant, ...]:
    """Free starts near the one that is not, best first."""
    return tuple(dict.fromkeys(slot.start for slot in found.others))[:NEAR_MAX]


async def _look(turn: OpenTurn, wish: StaffWish) -> Findings:
    local = wish.start.to_tz(turn.zone.key)
    day = local.date().to_stdlib()
    first = max(midnight(day, turn.zone), turn.now)
    until = wish.start.add(hours=24 * NEXT_DAYS)
    span = SearchSpan(
        start=first,
        end=until,
        until=until,
        day=day,
        days=None,
        exact=wish.start,
        minute=local.hour * 60 + local.minute,
        window=None,
        earliest=False,
    )
    return await find_slots(turn, wish.service, wish.staff_id, span, wish.replaces)


def _offer(ledger: Ledger, turn: OpenTurn, wish: StaffWish, found: Findings) -> Offer:
    offers = hold(
        ledger, turn, Terms(wish.service, wish.staff_id is not None, 1, wish.replaces), found.wanted
    )
    if not offers:
        raise SlotsLost(found.wanted)
    return offers[0]


async def _not_free(turn: OpenTurn, wish: StaffWish, found: Findings) -> tuple[Reply, TurnRecord]:
    why = found.why or "taken"
    turn.trace.step("not_free", why=why, free=[at.format_iso() for at in near(found)])
    facts = {"asked": wish.start, "why": why}
    return await refuse(turn, Refusal(RefusalCode.SLOT_TAKEN, "slot_taken_nothing", facts=facts))
