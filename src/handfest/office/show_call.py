"""Show a call: its story, its neighbours in the list, and whether each promise was kept."""

from dataclasses import dataclass

from handfest.diagnosis.story.explain import Story, story_in
from handfest.model.actor import Actor, Scope
from handfest.model.booking import BookingState
from handfest.model.call_filter import CallFilter
from handfest.model.page import Position
from handfest.office.objection import Objection, not_found
from handfest.office.office import Office, enter
from handfest.ports import Transaction


@dataclass(frozen=True, slots=True)
class Promise:
    """An offer and what became of it: `kept`, `broken`, `open` (its outcome is not known) or `unused`."""

    offer_id: str
    booking_id: str | None
    verdict: str


@dataclass(frozen=True, slots=True)
class ShownCall:
    """A call with the ids of the next newer and next older one; None at either end of the list."""

    story: Story
    promises: tuple[Promise, ...]
    newer: str | None
    older: str | None


async def show_call(office: Office, actor: Actor, business_id: str, call_id: str) -> ShownCall | Objection:
    """Everything that this call left behind."""
    entered = await enter(office, actor, Scope.READ, business_id)
    if isinstance(entered, Objection):
        return entered

    def work(tx: Transaction) -> ShownCall | None:
        call = tx.call(business_id, call_id)
        if call is None:
            return None
        story = story_in(tx, call)
        older = tx.calls_found(business_id, CallFilter(), 1, Position(call.started_at, call.id))
        newer = tx.newer_call(business_id, Position(call.started_at, call.id))
        return ShownCall(story, _promises(story), newer.id if newer else None, older[0].id if older else None)

    return await office.store.read(work) or not_found("call")


def _promises(story: Story) -> tuple[Promise, ...]:
    made = {booking.offer_id: booking for booking in story.bookings}
    rows = []
    for offer in story.offers:
        booking = made.get(offer.id)
        if booking is None:
            rows.append(Promise(offer.id, None, "unused"))
            continue
        same = (booking.service_id, booking.binding) == (offer.service_id, offer.binding)
        stands = booking.state in (BookingState.BOOKED, BookingState.CANCELLED, BookingState.CHANGED)
        verdict = "kept" if stands and same else "broken"
        if booking.state in (BookingState.CALLING, BookingState.UNKNOWN):
            verdict = "open"
        rows.append(Promise(offer.id, booking.id, verdict))
    return tuple(rows)
