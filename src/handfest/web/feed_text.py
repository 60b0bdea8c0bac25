"""Export of bookings as an iCalendar feed (RFC 5545) that any calendar program can subscribe to."""

from collections.abc import Iterable

from icalendar import Calendar, Event, vText
from whenever import Instant

from handfest.model.booking import Booking
from handfest.model.catalogue import Catalogue

PRODUCT = "-//handfest//bookings//"


def feed_of(catalogue: Catalogue, bookings: Iterable[Booking], now: Instant) -> bytes:
    """The feed of these bookings: what, with whom, for whom. Times are UTC, so that no zone can be misread."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar["x-wr-calname"] = vText(catalogue.business.name)
    calendar["x-wr-timezone"] = vText(catalogue.business.time_zone)
    for booking in bookings:
        calendar.add_component(_event(catalogue, booking, now))
    return bytes(calendar.to_ical())


def _event(catalogue: Catalogue, booking: Booking, now: Instant) -> Event:
    event = Event()
    event.add("uid", f"{booking.id}@handfest")
    event.add("dtstamp", (booking.settled_at or now).to_stdlib())
    event.add("dtstart", booking.start.to_stdlib())
    event.add("dtend", booking.start.add(minutes=booking.duration_min).to_stdlib())
    event.add("summary", f"{booking.service_name}: {booking.customer.name}")
    event.add("status", "CONFIRMED")
    told = [booking.staff_name, booking.customer.phone, booking.customer.notes]
    event.add("description", "\n".join(part for part in told if part))
    branch = catalogue.branch(booking.branch_id)
    address = (branch.address if branch else None) or catalogue.business.address
    if address:
        event.add("location", address)
    return event
