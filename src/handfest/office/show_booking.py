"""Show a booking with its provenance: which words, which offer, which call, and who has changed it since."""

from dataclasses import dataclass

from handfest.model.actor import Actor, Scope
from handfest.model.booking import Booking
from handfest.model.call import Call, Pin
from handfest.model.change import Change
from handfest.model.letter import Letter
from handfest.model.offer import Offer
from handfest.model.turn import Step
from handfest.office.objection import Objection, not_found
from handfest.office.office import Office, enter
from handfest.ports import Transaction

CHANGES_MAX = 50


@dataclass(frozen=True, slots=True)
class ShownBooking:
    """A booking and where it comes from.

    `pin` is the service's, with the words that named it; `resolved` the step in which they were understood,
    `understood` those about the time; `offered_turn` and `booked_turn` are numbers of turns of the call.
    `replaces` and `replaced_by` are its neighbours in a chain of changes, `letters` the confirmations of it.
    """

    booking: Booking
    call: Call | None
    offer: Offer | None
    pin: Pin | None
    resolved: Step | None
    understood: tuple[Step, ...]
    offered_turn: int | None
    booked_turn: int | None
    replaces: Booking | None
    replaced_by: Booking | None
    changes: tuple[Change, ...]
    letters: tuple[Letter, ...] = ()


async def show_booking(
    office: Office, actor: Actor, business_id: str, booking_id: str
) -> ShownBooking | Objection:
    """The booking, or an objection if there is none."""
    entered = await enter(office, actor, Scope.READ, business_id)
    if isinstance(entered, Objection):
        return entered
    return await office.store.read(lambda tx: _shown(tx, business_id, booking_id)) or not_found("booking")


def _shown(tx: Transaction, business_id: str, booking_id: str) -> ShownBooking | None:
    booking = tx.booking(business_id, booking_id)
    if booking is None:
        return None
    call = tx.call(business_id, booking.call_id)
    turns = tx.turns(business_id, booking.call_id)
    offers = tx.offers(business_id, booking.call_id)
    offer = next((one for one in offers if one.id == booking.offer_id), None)
    steps = [(turn.number, step) for turn in turns for step in turn.steps]
    resolved = [
        step
        for _number, step in steps
        if step.name == "resolved" and step.facts.get("service_id") == booking.service_id
    ]
    about = offer.turn if offer is not None else None
    pin = call.pin if call is not None else None
    return ShownBooking(
        booking=booking,
        call=call,
        offer=offer,
        pin=pin if pin is not None and pin.service_id == booking.service_id else None,
        resolved=resolved[0] if resolved else None,
        understood=tuple(step for number, step in steps if step.name == "understood" and number == about),
        offered_turn=about,
        booked_turn=next(
            (
                number
                for number, step in steps
                if step.name in ("booked", "changed") and step.facts.get("booking") == booking.id
            ),
            None,
        ),
        replaces=tx.booking(business_id, booking.replaces) if booking.replaces else None,
        replaced_by=tx.booking(business_id, booking.replaced_by) if booking.replaced_by else None,
        changes=tx.changes(business_id, CHANGES_MAX, subject=booking.id),
        letters=tx.letters_of_booking(business_id, booking.id),
    )
