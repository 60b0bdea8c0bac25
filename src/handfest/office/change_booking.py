"""Book, move and cancel at the desk: through the counter, so that callers hear of it and nothing is booked twice."""

from dataclasses import dataclass
from typing import Any

from whenever import Instant

from handfest.desk.counter import DeskWish, Done
from handfest.model.actor import Actor, Scope
from handfest.model.booking import Booking, BookingState, Customer
from handfest.office.desk_outcome import booking_of
from handfest.office.log_change import change_by, log_change
from handfest.office.objection import Objection, ObjectionCode, invalid, not_found
from handfest.office.office import Office, OpenBusiness, enter
from handfest.speech.email_address import EmailOk, read_email
from handfest.speech.phone_number import PhoneOk, read_phone

NAME_MAX, NOTES_MAX = 200, 1_000


@dataclass(frozen=True, slots=True)
class CustomerGiven:
    """The customer as it was typed; numbers and addresses are read like a caller's."""

    name: str
    phone: str | None = None
    email: str | None = None
    notes: str | None = None


async def book_at_desk(
    office: Office, actor: Actor, business_id: str, wish: DeskWish, given: CustomerGiven
) -> Booking | Objection:
    """Book exactly this for a customer who is at the desk or wrote a letter. Raises Fault."""
    entered = await enter(office, actor, Scope.DESK, business_id)
    if isinstance(entered, Objection):
        return entered
    wrong = _wrong(office, entered, wish)
    if wrong is not None:
        return wrong
    customer = _customer(given, entered.catalogue.business.country)
    if isinstance(customer, Objection):
        return customer
    done = await office.counter.book(entered.stored, actor.id, wish, customer)
    made = _begun(done, "booked")
    if made is not None:
        change = change_by(office, actor, business_id, "booking_made", made.id, {}, _plain(made))
        await log_change(office, change)
    return booking_of(done, "booked")


async def move_booking(
    office: Office,
    actor: Actor,
    business_id: str,
    booking_id: str,
    start: Instant,
    staff_id: str | None = None,
) -> Booking | Objection:
    """Move an appointment: the old time is given up only for the new one. Raises Fault.

    Without `staff_id` it stays with whoever has it. What comes back is the booking in its place.
    """
    entered = await enter(office, actor, Scope.DESK, business_id)
    if isinstance(entered, Objection):
        return entered
    old = await office.store.read(lambda tx: tx.booking(business_id, booking_id))
    if old is None:
        return not_found("booking")
    if old.state is not BookingState.BOOKED:
        return _not_standing(old)
    wish = DeskWish(old.service_id, start, staff_id or old.staff_id, old.branch_id)
    wrong = _wrong(office, entered, wish)
    if wrong is not None:
        return wrong
    done = await office.counter.book(entered.stored, actor.id, wish, old.customer, replaces=old)
    moved = _begun(done, "changed")
    if moved is not None:
        before, after = _plain(old), {**_plain(moved), "booking": moved.id}
        await log_change(
            office, change_by(office, actor, business_id, "booking_moved", old.id, before, after)
        )
    return booking_of(done, "changed")


async def cancel_booking(
    office: Office, actor: Actor, business_id: str, booking_id: str, reason: str | None = None
) -> Booking | Objection:
    """Cancel an appointment, by the calendar's own word. Raises Fault."""
    entered = await enter(office, actor, Scope.DESK, business_id)
    if isinstance(entered, Objection):
        return entered
    booking = await office.store.read(lambda tx: tx.booking(business_id, booking_id))
    if booking is None:
        return not_found("booking")
    if booking.state is not BookingState.BOOKED:
        return _not_standing(booking)
    done = await office.counter.cancel(entered.stored, actor.id, booking)
    cancelled = _begun(done, "cancelled")
    if cancelled is not None:
        before, after = {"state": booking.state.value}, {"state": cancelled.state.value, "reason": reason}
        await log_change(
            office, change_by(office, actor, business_id, "booking_cancelled", booking.id, before, after)
        )
    return booking_of(done, "cancelled")


def _begun(done: Done, wanted: str) -> Booking | None:
    """What the log has to tell: what was done, and what was begun and is not known to be done yet, by its state."""
    return done.booking if done.code in (wanted, "pending") else None


def _not_standing(booking: Booking) -> Objection:
    facts = {"state": booking.state.value, "replaced_by": booking.replaced_by}
    return Objection(ObjectionCode.NOT_POSSIBLE, f"this booking is {booking.state.value}", facts)


def _wrong(office: Office, entered: OpenBusiness, wish: DeskWish) -> Objection | None:
    """What of the wish the business does not have, or that is over."""
    if wish.branch_id is not None and entered.catalogue.branch(wish.branch_id) is None:
        return invalid("there is no such branch", field="branch_id")
    catalogue = office.shelf.compiled(entered.stored, wish.branch_id).catalogue
    service = catalogue.service(wish.service_id)
    if service is None:
        return invalid("there is no such service here", field="service_id")
    if wish.start <= office.clock.now():
        return invalid("this time is over", field="start")
    if wish.staff_id is not None:
        person = catalogue.staff_member(wish.staff_id)
        if person is None:
            return invalid("there is no such member of staff here", field="staff_id")
        if service.id not in person.services:
            return invalid(f"{person.name} does not do {service.name}", field="staff_id")
    return None


def _customer(given: CustomerGiven, country: str) -> Customer | Objection:
    name = " ".join(given.name.split())
    if not name or len(name) > NAME_MAX:
        return invalid(f"give a name of at most {NAME_MAX} letters", field="name")
    phone = email = None
    if given.phone:
        number = read_phone(given.phone, country)
        if not isinstance(number, PhoneOk):
            return invalid(f"this is no telephone number: {number.reason}", field="phone")
        phone = number.e164
    if given.email:
        address = read_email(given.email)
        if not isinstance(address, EmailOk):
            return invalid(f"this is no e-mail address: {address.reason}", field="email")
        email = address.address
    notes = (given.notes or "").strip()[:NOTES_MAX] or None
    return Customer(name, phone, email, notes)


def _plain(booking: Booking) -> dict[str, Any]:
    """A booking in the log: no word about the customer (law 11)."""
    return {
        "service": booking.service_id,
        "start": booking.local_start.format_iso().split("[")[0],
        "staff": booking.staff_id,
        "state": booking.state.value,
    }
