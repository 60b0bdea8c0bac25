"""The `.ics` of a letter (RFC 5545, 5546): a calendar program adds, moves or removes the appointment by itself."""

from icalendar import Calendar, Event, vCalAddress, vText
from whenever import Instant

from handfest.model.letter import LetterKind
from handfest.outbox.letter_words import Facts

PRODUCT = "-//handfest//confirmations//"


def method_of(kind: LetterKind) -> str:
    """What the calendar program is asked to do."""
    return "CANCEL" if kind is LetterKind.CANCELLED else "REQUEST"


def invitation(facts: Facts, root_id: str, sequence: int, organizer: str, at: Instant) -> bytes:
    """The appointment. `root_id` is the first booking of a chain of changes: the same entry all along.

    `sequence` goes up with every change. Times are UTC, so that no zone can be misread.
    """
    calendar, booking, business = Calendar(), facts.booking, facts.catalogue.business
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method_of(facts.kind))
    event = Event()
    event.add("uid", f"{root_id}@handfest")
    event.add("sequence", sequence)
    event.add("dtstamp", at.to_stdlib())
    event.add("dtstart", booking.start.to_stdlib())
    event.add("dtend", booking.start.add(minutes=booking.duration_min).to_stdlib())
    event.add("summary", f"{booking.service_name}, {business.name}")
    event.add("status", "CANCELLED" if facts.kind is LetterKind.CANCELLED else "CONFIRMED")
    event["organizer"] = _address(organizer, business.name)
    if booking.customer.email:
        guest = _address(booking.customer.email, booking.customer.name)
        guest.params["PARTSTAT"], guest.params["RSVP"] = vText("ACCEPTED"), vText("FALSE")
        event.add("ATTENDEE", guest, encode=False)
    told = [booking.staff_name, facts.phone]
    event.add("description", "\n".join(part for part in told if part))
    if facts.address:
        event.add("location", facts.address)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = vText(name)
    return address
