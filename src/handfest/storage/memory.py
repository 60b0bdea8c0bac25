"""The memory twin of the store: the same port, the same contract suite, no durability.

A transaction works on the live dictionaries and keeps a copy to go back to, so that a failing `work` leaves
nothing behind.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from whenever import Instant

from handfest.errors import DoubleConsume, StoreUnavailable
from handfest.model.booking import Booking, BookingState
from handfest.model.call import Call, Callback
from handfest.model.offer import Offer
from handfest.model.slot import Claim, Occupied, buckets
from handfest.model.transcript import Transcript
from handfest.model.turn import TurnRecord
from handfest.ports import BusyTime, CalendarEvent, LineRecord, StoredCatalogue, Transaction

T = TypeVar("T")
Bucket = tuple[str, str, int]
Appointment = tuple[str | None, Instant | None]


@dataclass(frozen=True, slots=True)
class Seated:
    """Who has one seat of a resource in one bucket; a guest of a group appointment shares its door."""

    owner: str
    until: Instant | None
    seat: int
    door: int | None
    appointment: Appointment

    def excludes(self, seat: int, door: int | None, appointment: Appointment) -> bool:
        """True if nobody may have this seat, behind this door, for this appointment."""
        if self.door is None or door is None:
            return (self.seat if self.door is None else self.door) == (seat if door is None else door)
        return self.seat == seat or (self.door == door and self.appointment != appointment)


@dataclass
class Rows:
    """Everything that is kept, by key. The first part of every key is the business."""

    catalogues: dict[tuple[str, int], StoredCatalogue] = field(default_factory=dict)
    lines: dict[str, tuple[LineRecord, ...]] = field(default_factory=dict)
    calls: dict[tuple[str, str], Call] = field(default_factory=dict)
    turns: dict[tuple[str, str], tuple[TurnRecord, ...]] = field(default_factory=dict)
    offers: dict[tuple[str, str, str], Offer] = field(default_factory=dict)
    bookings: dict[tuple[str, str], Booking] = field(default_factory=dict)
    events: dict[tuple[str, str], CalendarEvent] = field(default_factory=dict)
    busy: dict[tuple[str, str], BusyTime] = field(default_factory=dict)
    callbacks: dict[tuple[str, str], Callback] = field(default_factory=dict)
    transcripts: dict[tuple[str, str], Transcript] = field(default_factory=dict)
    seen: set[tuple[str, str]] = field(default_factory=set)
    feeds: dict[str, str] = field(default_factory=dict)
    claims: dict[Bucket, tuple[Seated, ...]] = field(default_factory=dict)
    occupied: dict[tuple[str, str], tuple[tuple[Occupied, Instant | None], ...]] = field(default_factory=dict)

    def copy(self) -> "Rows":
        """A copy one level deep: the values are immutable, only the containers need copying."""
        return Rows(**{name: copy.copy(value) for name, value in vars(self).items()})


class MemoryTransaction:
    """One transaction over the rows."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    # Catalogue versions and lines -----------------------------------------------------------------

    def add_catalogue(self, business_id: str, source: str, lines: Sequence[LineRecord], at: Instant) -> int:
        """See `CatalogueStore`."""
        version = (
            max((known for owner, known in self._rows.catalogues if owner == business_id), default=0) + 1
        )
        self._rows.catalogues[business_id, version] = StoredCatalogue(business_id, version, source, at, False)
        self.activate_catalogue(business_id, version, lines)
        return version

    def activate_catalogue(self, business_id: str, version: int, lines: Sequence[LineRecord]) -> None:
        """See `CatalogueStore`."""
        for key, row in tuple(self._rows.catalogues.items()):
            if row.business_id == business_id:
                self._rows.catalogues[key] = replace(row, active=row.version == version)
        self._rows.lines[business_id] = tuple(lines)

    def catalogue(self, business_id: str, version: int | None = None) -> StoredCatalogue | None:
        """See `CatalogueStore`."""
        if version is not None:
            return self._rows.catalogues.get((business_id, version))
        return next((row for row in self.catalogues(business_id) if row.active), None)

    def catalogues(self, business_id: str) -> tuple[StoredCatalogue, ...]:
        """See `CatalogueStore`."""
        rows = (row for row in self._rows.catalogues.values() if row.business_id == business_id)
        return tuple(sorted(rows, key=lambda row: -row.version))

    def businesses(self) -> tuple[str, ...]:
        """See `CatalogueStore`."""
        return tuple(sorted({business_id for business_id, _ in self._rows.catalogues}))

    def lines(self, platform: str) -> tuple[LineRecord, ...]:
        """See `CatalogueStore`."""
        return tuple(
            line
            for business_id in sorted(self._rows.lines)
            for line in self._rows.lines[business_id]
            if line.platform == platform
        )

    # Calls, turns, offers, callbacks --------------------------------------------------------------

    def call(self, business_id: str, call_id: str) -> Call | None:
        """See `CallStore`."""
        return self._rows.calls.get((business_id, call_id))

    def lock_call(self, business_id: str, call_id: str) -> None:
        """See `CallStore`; one transaction runs at a time anyway."""

    def save_call(self, call: Call) -> None:
        """See `CallStore`."""
        self._rows.calls[call.business_id, call.id] = call

    def calls(self, business_id: str | None, limit: int) -> tuple[Call, ...]:
        """See `CallStore`."""
        rows = [call for call in self._rows.calls.values() if business_id in (None, call.business_id)]
        return tuple(sorted(rows, key=lambda call: (call.started_at, call.id), reverse=True)[:limit])

    def turn_by_key(self, business_id: str, call_id: str, key: str) -> TurnRecord | None:
        """See `CallStore`."""
        return next((turn for turn in self.turns(business_id, call_id) if turn.key == key), None)

    def add_turn(self, turn: TurnRecord) -> None:
        """See `CallStore`."""
        key = (turn.business_id, turn.call_id)
        kept = self._rows.turns.get(key, ())
        if any(one.number == turn.number or (turn.key is not None and one.key == turn.key) for one in kept):
            raise StoreUnavailable(f"turn {turn.number} of call {turn.call_id} is there already")
        self._rows.turns[key] = (*kept, turn)

    def turns(self, business_id: str, call_id: str) -> tuple[TurnRecord, ...]:
        """See `CallStore`."""
        return tuple(sorted(self._rows.turns.get((business_id, call_id), ()), key=lambda turn: turn.number))

    def offers(self, business_id: str, call_id: str) -> tuple[Offer, ...]:
        """See `CallStore`."""
        return tuple(offer for key, offer in self._rows.offers.items() if key[:2] == (business_id, call_id))

    def save_offer(self, offer: Offer) -> None:
        """See `CallStore`."""
        self._rows.offers[offer.business_id, offer.call_id, offer.id] = offer

    def add_callback(self, callback: Callback) -> None:
        """See `CallStore`."""
        self._rows.callbacks[callback.business_id, callback.id] = callback

    def callbacks(self, business_id: str) -> tuple[Callback, ...]:
        """See `CallStore`."""
        rows = [row for row in self._rows.callbacks.values() if row.business_id == business_id]
        return tuple(sorted(rows, key=lambda row: (row.made_at, row.id), reverse=True))

    def transcript(self, business_id: str, call_id: str) -> Transcript | None:
        """See `CallStore`."""
        return self._rows.transcripts.get((business_id, call_id))

    def save_transcript(self, transcript: Transcript) -> None:
        """See `CallStore`."""
        self._rows.transcripts[transcript.business_id, transcript.call_id] = transcript

    def drop_transcripts(self, business_id: str, now: Instant) -> int:
        """See `CallStore`."""
        over = [
            key
            for key, kept in self._rows.transcripts.items()
            if key[0] == business_id and kept.kept_until <= now
        ]
        for key in over:
            del self._rows.transcripts[key]
        return len(over)

    def first_sight(self, business_id: str, key: str, at: Instant) -> bool:
        """See `CallStore`."""
        if (business_id, key) in self._rows.seen:
            return False
        self._rows.seen.add((business_id, key))
        return True

    def count_seen(self, business_id: str, first: str, last: str) -> int:
        """See `CallStore`."""
        return sum(owner == business_id and first <= key <= last for owner, key in self._rows.seen)

    # Claims, bookings, appointments, busy times ---------------------------------------------------

    def claim(self, business_id: str, claim: Claim, now: Instant) -> bool:
        """See `BookingStore`."""
        self.release(business_id, claim.owner)
        wanted = {
            (business_id, span.resource_id, span.seat, bucket): span.door
            for span in claim.spans
            for bucket in buckets(span)
        }
        appointment = (claim.service_id, claim.group_start)
        mine: dict[tuple[str, str, int, int], Seated] = {}
        for (business, resource, seat, bucket), door in sorted(wanted.items(), key=lambda item: item[0]):
            others = [
                other
                for other in self._rows.claims.get((business, resource, bucket), ())
                if (other.until is None or now < other.until) and other.owner != claim.besides
            ]
            if any(other.excludes(seat, door, appointment) for other in others):
                return False
            mine[business, resource, seat, bucket] = Seated(claim.owner, claim.until, seat, door, appointment)
        for (business, resource, _, bucket), taken in mine.items():
            kept = self._rows.claims.get((business, resource, bucket), ())
            alive = (one for one in kept if one.until is None or now < one.until)
            self._rows.claims[business, resource, bucket] = (*alive, taken)
        group = claim.group_start.timestamp() if claim.group_start else None
        self._rows.occupied[business_id, claim.owner] = tuple(
            (
                Occupied(
                    span.resource_id,
                    span.seat,
                    span.start * 60,
                    span.end * 60,
                    claim.kind,
                    claim.owner,
                    claim.service_id,
                    group,
                ),
                claim.until,
            )
            for span in claim.spans
        )
        return True

    def release(self, business_id: str, owner: str) -> None:
        """See `BookingStore`."""
        self._rows.occupied.pop((business_id, owner), None)
        for key, seated in tuple(self._rows.claims.items()):
            if key[0] == business_id and any(one.owner == owner for one in seated):
                self._rows.claims[key] = tuple(one for one in seated if one.owner != owner)

    def taken(self, business_id: str, start: Instant, end: Instant, now: Instant) -> tuple[Occupied, ...]:
        """See `BookingStore`."""
        first, last = start.timestamp(), end.timestamp()
        held = (
            row
            for (owner_business, _), rows in self._rows.occupied.items()
            if owner_business == business_id
            for row, until in rows
            if (until is None or now < until) and row.start < last and first < row.end
        )
        away = (
            Occupied(
                busy.resource_id,
                0,
                busy.start.timestamp(),
                busy.end.timestamp(),
                busy.kind,
                f"busy:{busy.id}",
                label=busy.label,
            )
            for busy in self.busy(business_id, start, end)
        )
        return tuple(sorted((*held, *away), key=lambda row: (row.start, row.end, row.resource_id, row.owner)))

    def service_starts(
        self, business_id: str, service_id: str, start: Instant, end: Instant
    ) -> tuple[Instant, ...]:
        """See `BookingStore`."""
        return tuple(
            sorted(
                event.start
                for event in self._rows.events.values()
                if event.business_id == business_id
                and event.service_id == service_id
                and not event.cancelled
                and start <= event.start < end
            )
        )

    def booking(self, business_id: str, booking_id: str) -> Booking | None:
        """See `BookingStore`."""
        return self._rows.bookings.get((business_id, booking_id))

    def booking_of_offer(self, business_id: str, call_id: str, offer_id: str) -> Booking | None:
        """See `BookingStore`."""
        return next(
            (row for row in self.bookings_of_call(business_id, call_id) if row.offer_id == offer_id), None
        )

    def save_booking(self, booking: Booking) -> None:
        """See `BookingStore`."""
        twin = self.booking_of_offer(booking.business_id, booking.call_id, booking.offer_id)
        if twin is not None and twin.id != booking.id:
            raise DoubleConsume(f"offer {booking.offer_id} of call {booking.call_id} has a booking already")
        self._rows.bookings[booking.business_id, booking.id] = booking

    def bookings(
        self, business_id: str, start: Instant, end: Instant, limit: int, *, booked: bool = False
    ) -> tuple[Booking, ...]:
        """See `BookingStore`."""
        rows = [
            row
            for row in self._rows.bookings.values()
            if row.business_id == business_id
            and start <= row.start < end
            and (not booked or row.state is BookingState.BOOKED)
        ]
        return tuple(sorted(rows, key=lambda row: (row.start, row.id))[:limit])

    def bookings_of_caller(self, business_id: str, number: str) -> tuple[Booking, ...]:
        """See `BookingStore`."""
        return tuple(
            sorted(
                (
                    row
                    for row in self._rows.bookings.values()
                    if row.business_id == business_id and row.caller_number == number
                ),
                key=lambda row: (row.start, row.id),
            )
        )

    def bookings_of_call(self, business_id: str, call_id: str) -> tuple[Booking, ...]:
        """See `BookingStore`."""
        rows = (
            row
            for row in self._rows.bookings.values()
            if row.business_id == business_id and row.call_id == call_id
        )
        return tuple(sorted(rows, key=lambda row: (row.made_at, row.id)))

    def unsettled_bookings(self, before: Instant) -> tuple[Booking, ...]:
        """See `BookingStore`."""
        return tuple(
            row
            for row in self._rows.bookings.values()
            if row.state in (BookingState.CALLING, BookingState.UNKNOWN)
            and (row.lease_until is None or row.lease_until < before)
        )

    def event(self, business_id: str, uid: str) -> CalendarEvent | None:
        """See `BookingStore`."""
        return self._rows.events.get((business_id, uid))

    def event_of_booking(self, business_id: str, booking_id: str) -> CalendarEvent | None:
        """See `BookingStore`."""
        return next(
            (
                row
                for row in self._rows.events.values()
                if row.business_id == business_id and row.booking_id == booking_id
            ),
            None,
        )

    def save_event(self, event: CalendarEvent) -> None:
        """See `BookingStore`."""
        self._rows.events[event.business_id, event.uid] = event

    def add_busy(self, busy: BusyTime) -> None:
        """See `BookingStore`."""
        self._rows.busy[busy.business_id, busy.id] = busy

    def remove_busy(self, business_id: str, busy_id: str) -> bool:
        """See `BookingStore`."""
        return self._rows.busy.pop((business_id, busy_id), None) is not None

    def busy(self, business_id: str, start: Instant, end: Instant) -> tuple[BusyTime, ...]:
        """See `BookingStore`."""
        return tuple(
            sorted(
                (
                    row
                    for row in self._rows.busy.values()
                    if row.business_id == business_id and row.start < end and start < row.end
                ),
                key=lambda row: (row.start, row.id),
            )
        )

    def replace_busy(self, business_id: str, source: str, rows: Sequence[BusyTime]) -> int:
        """See `BookingStore`."""
        gone = [key for key, row in self._rows.busy.items() if key[0] == business_id and row.source == source]
        for key in gone:
            del self._rows.busy[key]
        for row in rows:
            self.add_busy(row)
        return len(gone)

    # Feeds ----------------------------------------------------------------------------------------

    def save_feed(self, business_id: str, token_hash: str, at: Instant) -> None:
        """See `FeedStore`."""
        self._rows.feeds[business_id] = token_hash

    def drop_feed(self, business_id: str) -> bool:
        """See `FeedStore`."""
        return self._rows.feeds.pop(business_id, None) is not None

    def feed(self, business_id: str) -> str | None:
        """See `FeedStore`."""
        return self._rows.feeds.get(business_id)

    def business_of_feed(self, token_hash: str) -> str | None:
        """See `FeedStore`."""
        return next((owner for owner, digest in self._rows.feeds.items() if digest == token_hash), None)


class MemoryStore:
    """The store of tests and simulations: everything in dictionaries, one transaction at a time."""

    def __init__(self) -> None:
        self._rows = Rows()

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """See `Store`."""
        return work(MemoryTransaction(self._rows))

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """See `Store`."""
        before = self._rows.copy()
        done = False
        try:
            result = work(MemoryTransaction(self._rows))
            done = True
        finally:
            if not done:
                self._rows = before
        return result

    async def close(self) -> None:
        """See `Store`."""
