"""What is sent to book: the offer's event type and start, the attendee, and our ids as string metadata."""

from collections.abc import Mapping
from typing import Any

from handfest.calendars.calcom_values import CalcomBooking, EventTypeFacts, utc
from handfest.errors import Rejected
from handfest.model.booking import Booking

METADATA_MAX = 500
SYNTHETIC_DOMAIN = "phone-booking.invalid"
"""Reserved for what can never exist (RFC 2606): nobody else's mailbox gets a caller's confirmation."""


def booking_body(
    booking: Booking,
    facts: EventTypeFacts | None,
    language: str,
    *,
    without_phone: bool = False,
    with_email: bool = False,
) -> dict[str, Any]:
    """The body of POST /bookings. `without_phone` and `with_email` answer what Cal.com objected to before."""
    if booking.binding is None:
        raise Rejected(f"service {booking.service_id} has no event type in the business file")
    customer = booking.customer
    phone = None if without_phone else customer.phone
    demanded = with_email or (facts is not None and facts.email_demanded)
    synthetic = customer.email is None and (demanded or phone is None)
    attendee: dict[str, Any] = {"name": customer.name, "timeZone": booking.zone, "language": language}
    if customer.email is not None or synthetic:
        attendee["email"] = customer.email or synthetic_email(booking)
    if phone is not None:
        attendee["phoneNumber"] = phone
    extra = {"synthetic_email": "true"} if synthetic else {}
    if without_phone and customer.phone is not None:
        extra["phone"] = customer.phone
    body: dict[str, Any] = {
        "eventTypeId": booking.binding,
        "start": utc(booking.start),
        "attendee": attendee,
        "metadata": metadata(booking, extra),
    }
    if facts is not None and len(facts.lengths) > 1:
        body["lengthInMinutes"] = booking.duration_min
    if customer.notes and facts is not None and facts.field("notes") is not None:
        body["bookingFieldsResponses"] = {"notes": customer.notes}
    return body


def metadata(booking: Booking, extra: Mapping[str, str]) -> dict[str, str]:
    """Our ids. Cal.com takes strings only, of at most 500 characters (B73)."""
    ids = {"offer_id": booking.offer_id, "call_id": booking.call_id, "intent_id": booking.id}
    return {name: value[:METADATA_MAX] for name, value in {**ids, **extra}.items()}


def synthetic_email(booking: Booking) -> str:
    """An address for one booking only: a shared one would make two callers one attendee (B35)."""
    name = "".join(letter if letter.isalnum() else "-" for letter in booking.id)
    return f"{name}@{SYNTHETIC_DOMAIN}"


def intent_of(found: CalcomBooking) -> str | None:
    """The id of the booking of ours that this is, if it is one."""
    return found.metadata.get("intent_id")
