"""Claims, bookings, appointments and busy times, as the store keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from whenever import Instant

from handfest.model.booking import Booking
from handfest.model.slot import Claim, Occupied, Span


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """An appointment in the embedded calendar."""

    business_id: str
    uid: str
    booking_id: str
    service_id: str
    binding: int | None
    staff_id: str | None
    start: Instant
    duration_min: int
    spans: tuple[Span, ...]
    cancelled: bool = False

    @property
    def owner(self) -> str:
        """The name under which the store keeps this appointment's claims."""
        return f"event:{self.uid}"


@dataclass(frozen=True, slots=True)
class BusyTime:
    """Time that somebody or something is not there: an absence, a private appointment, an imported event."""

    business_id: str
    id: str
    resource_id: str
    start: Instant
    end: Instant
    kind: str
    label: str | None = None
    source: str = "manual"


class BookingStore(Protocol):
    """Claims, bookings, and the embedded calendar's appointments and busy times."""

    def claim(self, business_id: str, claim: Claim, now: Instant) -> bool:
        """Take every bucket of the claim, or say False: then the owner holds nothing any more.

        What the owner held before is replaced (see `Claim.renews`); expired claims of others give way.
        """

    def release(self, business_id: str, owner: str) -> None:
        """Give up everything `owner` has claimed."""

    def taken(self, business_id: str, start: Instant, end: Instant, now: Instant) -> tuple[Occupied, ...]:
        """Everything that is in the way in [start, end): appointments, live holds, busy times."""

    def service_starts(
        self, business_id: str, service_id: str, start: Instant, end: Instant
    ) -> tuple[Instant, ...]:
        """Starts of the live appointments of a service, for limits per day and week."""

    def booking(self, business_id: str, booking_id: str) -> Booking | None:
        """This booking, if it is this business's."""

    def booking_of_offer(self, business_id: str, call_id: str, offer_id: str) -> Booking | None:
        """The booking that an offer led to, in any state."""

    def save_booking(self, booking: Booking) -> None:
        """Keep the booking as it is now."""

    def bookings_of_caller(self, business_id: str, number: str) -> tuple[Booking, ...]:
        """Bookings made from this number, by start."""

    def knows_caller(self, business_id: str, number: str) -> bool:
        """True if a booking was ever made from this number."""

    def bookings(
        self, business_id: str, start: Instant, end: Instant, limit: int, *, booked: bool = False
    ) -> tuple[Booking, ...]:
        """Bookings that start in [start, end), by start; with `booked` only those that stand."""

    def bookings_of_call(self, business_id: str, call_id: str) -> tuple[Booking, ...]:
        """Bookings made in this call, by the time they were made."""

    def unsettled_bookings(self, before: Instant) -> tuple[Booking, ...]:
        """Bookings of all businesses whose outcome is open and whose lease ended before this moment."""

    def event(self, business_id: str, uid: str) -> CalendarEvent | None:
        """An appointment of the embedded calendar."""

    def event_of_booking(self, business_id: str, booking_id: str) -> CalendarEvent | None:
        """The appointment that a booking led to."""

    def save_event(self, event: CalendarEvent) -> None:
        """Keep the appointment as it is now."""

    def add_busy(self, busy: BusyTime) -> None:
        """Keep a busy time."""

    def remove_busy(self, business_id: str, busy_id: str) -> bool:
        """Forget a busy time; False if there was none."""

    def busy(self, business_id: str, start: Instant, end: Instant) -> tuple[BusyTime, ...]:
        """Busy times that touch [start, end)."""

    def replace_busy(self, business_id: str, source: str, rows: Sequence[BusyTime]) -> int:
        """Keep `rows` and nothing else of this source; how many there were before.

        What is there already is not written again, so that reading an unchanged calendar costs next to nothing.
        """
