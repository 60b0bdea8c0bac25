"""After a slot was lost: say so, and offer what is near in the same answer."""

from handfest.booking.check import span_of
from handfest.booking.find_offer import wish_of
from handfest.booking.find_slots import find_slots
from handfest.booking.hold import Terms, hold
from handfest.booking.open_turn import Ledger, OpenTurn
from handfest.booking.refuse import refuse
from handfest.model.booking import Booking
from handfest.model.offer import Offer
from handfest.model.outcome import Outcome
from handfest.model.refusal import Refusal, RefusalCode
from handfest.model.reply import Reply
from handfest.model.turn import TurnRecord


async def offer_instead(
    turn: OpenTurn, lost: Offer, replaces: Booking | None = None
) -> tuple[Reply, TurnRecord]:
    """`slot_taken` with alternatives near the lost time, never with that time itself (B30)."""
    service = turn.catalogue.service(lost.service_id)
    if service is None:
        return await refuse(turn, Refusal(RefusalCode.OFFER_EXPIRED, "offer_expired"))
    staff_id = lost.staff_id if lost.staff_wished else None
    span = span_of(turn, service, wish_of(lost))
    found = await find_slots(turn, service, staff_id, span, replaces, without=lost.start)
    others = [*found.others, *found.wanted]

    def work(ledger: Ledger) -> Outcome:
        limit = turn.catalogue.rules.offers
        offers = hold(ledger, turn, Terms(service, staff_id is not None, limit, replaces), others)
        ledger.trace.step("refused", code=RefusalCode.SLOT_TAKEN.value, offer=lost.id)
        name = "slot_taken" if offers else "slot_taken_nothing"
        facts = {"asked": lost.start, "offers": offers}
        return Refusal(RefusalCode.SLOT_TAKEN, name, "offer" if offers else "ask", facts)

    return await turn.close(work)
