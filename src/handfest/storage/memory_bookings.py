"""Claims, bookings, appointments and busy times in memory."""

from collections.abc import Sequence

from whenever import Instant

from handfest.errors import DoubleConsume
from handfest.model.booking import Booking, BookingState
from handfest.model.slot import Claim, Occupied, buckets
from handfest.ports import BusyTime, CalendarEvent
from handfest.storage.memory_rows import MemoryRows, Seated


class MemoryBookings(MemoryRows):
    """See `BookingStore`; methods are documented there."""

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

    def knows_caller(self, business_id: str, number: str) -> bool:
        """See `BookingStore`."""
        return bool(self.bookings_of_caller(business_id, number))

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
