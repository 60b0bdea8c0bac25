"""Every seam of handfest as a Protocol. Cores and edges meet here and nowhere else.

The Store is synchronous inside a transaction and asynchronous around it: a use case hands over a function,
which runs in one transaction and decides on what it reads there (so nothing is checked in one place and
written in another).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from whenever import Instant

from handfest.model.booking import Booking, Confirmation, Declined
from handfest.model.call import Call, Callback
from handfest.model.catalogue import Catalogue, Service
from handfest.model.offer import Offer
from handfest.model.slot import Claim, Occupied, Slot, Span
from handfest.model.transcript import Transcript
from handfest.model.turn import TurnRecord

T = TypeVar("T")


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> Instant:
        """The present moment."""

    def elapsed_ms(self) -> float:
        """Milliseconds of a monotonic clock; only differences mean anything."""


class IdSource(Protocol):
    """The only source of new ids."""

    def new(self, prefix: str) -> str:
        """A new id that was never given before, beginning with `prefix_`."""


@dataclass(frozen=True, slots=True)
class SlotQuestion:
    """What a calendar is asked: which starts of `service` are free in [start, end).

    `own_call` and `own_event` are not in the way: a caller's holds, and the appointment being moved.
    """

    catalogue: Catalogue
    service: Service
    start: Instant
    end: Instant
    now: Instant
    staff_id: str | None = None
    branch_id: str | None = None
    own_call: str | None = None
    own_event: str | None = None


class Calendar(Protocol):
    """Where appointments live. One contract suite runs on every implementation.

    Every method may raise a `CalendarFault`; a write whose outcome is not known raises `OutcomeUnknown`.
    `remote` calendars are behind a network: one wide question costs less than two narrow ones.
    """

    remote: bool

    async def free_slots(self, question: SlotQuestion) -> tuple[Slot, ...]:
        """Free slots ordered by start; one per start and able staff member."""

    async def hide(self, offer: Offer) -> None:
        """Best effort: keep an offered slot from being shown elsewhere while the offer lives."""

    async def reveal(self, offer: Offer) -> None:
        """Undo `hide`; unknown offers are fine."""

    async def book(self, booking: Booking, offer_owner: str) -> Confirmation | Declined:
        """Book exactly this. Idempotent by `booking.id`: a repeat gives the first confirmation."""

    async def find(self, booking: Booking) -> Confirmation | None:
        """The live appointment that `booking.id` led to, if there is one."""

    async def cancel(self, booking: Booking) -> Confirmation | Declined:
        """Cancel the appointment `booking.uid`; idempotent."""

    async def move(self, booking: Booking, old: Booking, offer_owner: str) -> Confirmation | Declined:
        """Put `booking` in the place of `old`, atomically: the old one is given up only for the new one."""


class Calendars(Protocol):
    """Chooses the calendar of a business."""

    def of(self, catalogue: Catalogue) -> Calendar:
        """The calendar this business keeps its appointments in."""


@dataclass(frozen=True, slots=True)
class StoredCatalogue:
    """One version of a business file as it was applied."""

    business_id: str
    version: int
    source: str
    applied_at: Instant
    active: bool


@dataclass(frozen=True, slots=True)
class LineRecord:
    """A line as the store finds it: whose it is and which environment variable holds its signing key."""

    platform: str
    number: str | None
    agent_id: str | None
    signing_key_env: str | None
    business_id: str
    branch_id: str | None
    mode: str = "serve"


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


class CatalogueStore(Protocol):
    """Catalogue versions and the lines they answer on."""

    def add_catalogue(self, business_id: str, source: str, lines: Sequence[LineRecord], at: Instant) -> int:
        """Keep a new version, make it active, and replace the business's lines by its lines."""

    def activate_catalogue(self, business_id: str, version: int, lines: Sequence[LineRecord]) -> None:
        """Make a kept version the active one again."""

    def catalogue(self, business_id: str, version: int | None = None) -> StoredCatalogue | None:
        """This version, or the active one."""

    def catalogues(self, business_id: str) -> tuple[StoredCatalogue, ...]:
        """All versions, newest first."""

    def businesses(self) -> tuple[str, ...]:
        """The ids of all businesses."""

    def lines(self, platform: str) -> tuple[LineRecord, ...]:
        """All lines of a platform; the only look-up that is not bound to a business, since it finds it."""


class CallStore(Protocol):
    """Calls, their turns, offers and callbacks."""

    def call(self, business_id: str, call_id: str) -> Call | None:
        """This call, if it is this business's."""

    def lock_call(self, business_id: str, call_id: str) -> None:
        """Until the transaction ends, no other transaction gets past this for the same call."""

    def save_call(self, call: Call) -> None:
        """Keep the call as it is now."""

    def calls(self, business_id: str | None, limit: int) -> tuple[Call, ...]:
        """The newest calls first; of one business, or (for an operator's overview) of all."""

    def turn_by_key(self, business_id: str, call_id: str, key: str) -> TurnRecord | None:
        """The turn that this invocation led to before, if any."""

    def add_turn(self, turn: TurnRecord) -> None:
        """Keep a served turn."""

    def turns(self, business_id: str, call_id: str) -> tuple[TurnRecord, ...]:
        """All turns of a call in order."""

    def offers(self, business_id: str, call_id: str) -> tuple[Offer, ...]:
        """All offers of a call in the order they were made."""

    def save_offer(self, offer: Offer) -> None:
        """Keep the offer as it is now."""

    def add_callback(self, callback: Callback) -> None:
        """Keep a request to be called back."""

    def callbacks(self, business_id: str) -> tuple[Callback, ...]:
        """All requests to be called back, newest first."""

    def transcript(self, business_id: str, call_id: str) -> Transcript | None:
        """The redacted words of this call, if they are kept (still)."""

    def save_transcript(self, transcript: Transcript) -> None:
        """Keep the words of a call as they are now."""

    def drop_transcripts(self, business_id: str, now: Instant) -> int:
        """Forget this business's transcripts whose time is over; how many there were."""

    def first_sight(self, business_id: str, key: str, at: Instant) -> bool:
        """True exactly once per key: de-duplicates webhooks."""

    def count_seen(self, business_id: str, first: str, last: str) -> int:
        """How many keys in [first, last], compared as text, were seen."""


class BookingStore(Protocol):
    """Claims, bookings, and the embedded calendar's appointments and busy times."""

    def claim(self, business_id: str, claim: Claim, now: Instant) -> bool:
        """Take every bucket of the claim, or say False: then the owner holds nothing any more.

        What the owner held before is replaced; expired claims of others give way.
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
        """Forget every busy time of this source and keep `rows` instead; how many were forgotten."""


class FeedStore(Protocol):
    """Secret addresses under which a business's bookings can be read. Only a digest of each secret is kept."""

    def save_feed(self, business_id: str, token_hash: str, at: Instant) -> None:
        """Make this the one feed of the business; an earlier one is no more."""

    def drop_feed(self, business_id: str) -> bool:
        """Close the feed of the business; False if there was none."""

    def feed(self, business_id: str) -> str | None:
        """The digest of the business's secret, if it has a feed."""

    def business_of_feed(self, token_hash: str) -> str | None:
        """Whose feed this is; the secret names the business."""


class Transaction(CatalogueStore, CallStore, BookingStore, FeedStore, Protocol):
    """Everything a transaction can read and write. Each call names its business: nothing crosses."""


class Store(Protocol):
    """Where everything is kept. SQLite, PostgreSQL and the memory twin pass one contract suite."""

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` on one consistent state."""

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one transaction, durable when this returns; if it raises, nothing of it is kept.

        `work` may run more than once (a lost race is retried), so it must not act outside the transaction.
        """

    async def close(self) -> None:
        """Finish what was begun and let go of the database."""


class Notifier(Protocol):
    """Tells an operator of what must not happen."""

    def alarm(self, code: str, facts: dict[str, object]) -> None:
        """Raise an alarm; never blocks, never raises."""


class TraceSink(Protocol):
    """Sees each served turn after it is durable: logs, metrics, live pages."""

    def turn(self, record: TurnRecord) -> None:
        """Called once per served turn."""
