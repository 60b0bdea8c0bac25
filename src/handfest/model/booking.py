"""The Booking and its journal: intent first, then the calendar (law 4)."""

from dataclasses import dataclass, replace
from enum import StrEnum

from whenever import Instant, ZonedDateTime

from handfest.model.search_text import digits_of, words_of
from handfest.model.slot import Span


class BookingState(StrEnum):
    """The life of a booking. Success words may be spoken only in BOOKED."""

    CALLING = "calling"  # the intent is durable; the provider may or may not have been reached
    UNKNOWN = "unknown"  # the provider was reached and did not tell; looked up until it is known
    REFUSED = "refused"
    BOOKED = "booked"
    CANCELLED = "cancelled"
    CHANGED = "changed"  # replaced by a later booking


@dataclass(frozen=True, slots=True)
class Customer:
    """Who the appointment is for. Personal data: never back to the model, never into logs (law 11)."""

    name: str
    phone: str | None = None
    email: str | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """One wish to book one offer, from intent to outcome; unique by (business, call, offer).

    `uid` is the provider's id once it confirmed; `caller_number` is E.164 or None for anonymous callers and
    is what `find`, `change` and `cancel` are matched by. `pending`: the provider took it as a request that
    somebody still has to confirm.
    """

    business_id: str
    id: str
    call_id: str
    offer_id: str
    service_id: str
    service_name: str
    binding: int | None
    duration_min: int
    staff_id: str | None
    staff_name: str | None
    start: Instant
    zone: str
    branch_id: str | None
    spans: tuple[Span, ...]
    customer: Customer
    caller_number: str | None
    state: BookingState
    made_at: Instant
    settled_at: Instant | None = None
    lease_until: Instant | None = None
    uid: str | None = None
    replaces: str | None = None
    replaced_by: str | None = None
    refusal: str | None = None
    price: str | None = None
    test: bool = False
    pending: bool = False
    no_show: bool = False
    cancelling: bool = False

    @property
    def local_start(self) -> ZonedDateTime:
        """The start as the caller hears it."""
        return self.start.to_tz(self.zone)

    @property
    def local_made_at(self) -> ZonedDateTime:
        """The moment it was made, on the clock of the business."""
        return self.made_at.to_tz(self.zone)

    @property
    def search_text(self) -> str:
        """What the booking is found by: the customer's name and the numbers, folded."""
        numbers = dict.fromkeys([digits_of(self.customer.phone), digits_of(self.caller_number)])
        return " ".join(filter(None, [*words_of(self.customer.name), *numbers, *words_of(self.id)]))

    def begin_cancelling(self, until: Instant) -> "Booking":
        """The durable intent to cancel: until the calendar has answered, what it is is not known (law 4)."""
        return replace(self, state=BookingState.UNKNOWN, cancelling=True, lease_until=until)

    def settle(self, state: BookingState, at: Instant, uid: str | None = None) -> "Booking":
        """The booking after the calendar's answer is known."""
        return replace(
            self, state=state, settled_at=at, uid=uid or self.uid, lease_until=None, cancelling=False
        )


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a provider says it has booked; compared with the offer before anything is spoken (law 1)."""

    uid: str
    binding: int | None
    service_id: str | None
    start: Instant
    duration_min: int
    staff_id: str | None
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Declined:
    """A provider's plain no to a booking, a change or a cancellation: `slot_taken`, `not_found`, ..."""

    code: str
    evidence: str = ""
