"""Claims, bookings, appointments and busy times in the database."""

from collections.abc import Sequence

from whenever import Instant

from handfest.errors import DoubleConsume
from handfest.model.booking import Booking, BookingState
from handfest.model.slot import Claim, Occupied
from handfest.ports import BusyTime, CalendarEvent
from handfest.storage import statements as sql
from handfest.storage.claims import RELEASE_OCCUPANCY
from handfest.storage.codec import encode
from handfest.storage.moments import instant, millis
from handfest.storage.schema import LONG_SECONDS
from handfest.storage.sql_rows import SqlRows


class BookingRows(SqlRows):
    """See `BookingStore`; methods are documented there."""

    def claim(self, business_id: str, claim: Claim, now: Instant) -> bool:
        """See `BookingStore`."""
        return self._claims.take(business_id, claim, now)

    def release(self, business_id: str, owner: str) -> None:
        """See `BookingStore`."""
        self._claims.release(business_id, owner)

    def taken(self, business_id: str, start: Instant, end: Instant, now: Instant) -> tuple[Occupied, ...]:
        """See `BookingStore`."""
        rows = self._connection.execute(
            sql.TAKEN,
            {
                "business": business_id,
                "first": start.timestamp(),
                "last": end.timestamp(),
                "soon": end.timestamp() + LONG_SECONDS,
                "now": millis(now),
            },
        )
        return tuple(map(Occupied._make, rows))

    def service_starts(
        self, business_id: str, service_id: str, start: Instant, end: Instant
    ) -> tuple[Instant, ...]:
        """See `BookingStore`."""
        rows = self._connection.execute(
            sql.SERVICE_STARTS,
            {
                "business": business_id,
                "service": service_id,
                "first": millis(start),
                "last": millis(end),
            },
        )
        return tuple(instant(at) for at in rows.scalars())

    def booking(self, business_id: str, booking_id: str) -> Booking | None:
        """See `BookingStore`."""
        return self._one(Booking, sql.BOOKING, business=business_id, wanted=booking_id)

    def booking_of_offer(self, business_id: str, call_id: str, offer_id: str) -> Booking | None:
        """See `BookingStore`."""
        return self._one(Booking, sql.BOOKING_OF_OFFER, business=business_id, call=call_id, offer=offer_id)

    def save_booking(self, booking: Booking) -> None:
        """See `BookingStore`."""
        row = {
            "business_id": booking.business_id,
            "id": booking.id,
            "call_id": booking.call_id,
            "offer_id": booking.offer_id,
            "caller_number": booking.caller_number,
            "start": millis(booking.start),
            "state": booking.state.value,
            "made_at": millis(booking.made_at),
            "lease_until": millis(booking.lease_until),
            "search_text": booking.search_text,
            "body": encode(booking),
        }
        try:
            self._connection.execute(self._inserts.upsert_booking, row)
        except self._connection.unique_broken as error:
            taken = f"offer {booking.offer_id} of call {booking.call_id} has a booking already"
            raise DoubleConsume(taken) from error

    def bookings(
        self, business_id: str, start: Instant, end: Instant, limit: int, *, booked: bool = False
    ) -> tuple[Booking, ...]:
        """See `BookingStore`."""
        return self._all(
            Booking,
            sql.BOOKINGS,
            business=business_id,
            first=millis(start),
            last=millis(end),
            state=BookingState.BOOKED.value,
            any_state=not booked,
            most=limit,
        )

    def bookings_of_caller(self, business_id: str, number: str) -> tuple[Booking, ...]:
        """See `BookingStore`."""
        return self._all(Booking, sql.BOOKINGS_OF_CALLER, business=business_id, number=number)

    def knows_caller(self, business_id: str, number: str) -> bool:
        """See `BookingStore`."""
        who = {"business": business_id, "number": number}
        return self._connection.execute(sql.KNOWS_CALLER, who).scalar() is not None

    def bookings_of_call(self, business_id: str, call_id: str) -> tuple[Booking, ...]:
        """See `BookingStore`."""
        return self._all(Booking, sql.BOOKINGS_OF_CALL, business=business_id, call=call_id)

    def unsettled_bookings(self, before: Instant) -> tuple[Booking, ...]:
        """See `BookingStore`."""
        return self._all(Booking, sql.UNSETTLED, before=millis(before))

    def event(self, business_id: str, uid: str) -> CalendarEvent | None:
        """See `BookingStore`."""
        return self._one(CalendarEvent, sql.EVENT, business=business_id, wanted=uid)

    def event_of_booking(self, business_id: str, booking_id: str) -> CalendarEvent | None:
        """See `BookingStore`."""
        return self._one(CalendarEvent, sql.EVENT_OF_BOOKING, business=business_id, wanted=booking_id)

    def save_event(self, event: CalendarEvent) -> None:
        """See `BookingStore`."""
        self._run(
            self._inserts.upsert_event,
            business_id=event.business_id,
            uid=event.uid,
            booking_id=event.booking_id,
            service_id=event.service_id,
            start=millis(event.start),
            cancelled=event.cancelled,
            body=encode(event),
        )

    def add_busy(self, busy: BusyTime) -> None:
        """See `BookingStore`."""
        start, end = busy.start.timestamp(), busy.end.timestamp()
        self._run(
            self._inserts.upsert_busy,
            business_id=busy.business_id,
            id=busy.id,
            start=start,
            end=end,
            source=busy.source,
            body=encode(busy),
        )
        owner = f"busy:{busy.id}"
        self._run(RELEASE_OCCUPANCY, business=busy.business_id, whose=owner)
        self._run(
            self._inserts.add_occupancy,
            business_id=busy.business_id,
            owner=owner,
            position=0,
            resource_id=busy.resource_id,
            seat=0,
            start=start,
            end=end,
            kind=busy.kind,
            service_id=None,
            group_start=None,
            label=busy.label,
            expires_at=None,
        )

    def remove_busy(self, business_id: str, busy_id: str) -> bool:
        """See `BookingStore`."""
        self._run(RELEASE_OCCUPANCY, business=business_id, whose=f"busy:{busy_id}")
        return self._run(sql.DROP_BUSY, business=business_id, wanted=busy_id) > 0

    def busy(self, business_id: str, start: Instant, end: Instant) -> tuple[BusyTime, ...]:
        """See `BookingStore`."""
        return self._all(
            BusyTime, sql.BUSY, business=business_id, first=start.timestamp(), last=end.timestamp()
        )

    def replace_busy(self, business_id: str, source: str, rows: Sequence[BusyTime]) -> int:
        """See `BookingStore`."""
        earlier = set(self._all(BusyTime, sql.BUSY_OF_SOURCE, business=business_id, origin=source))
        for row in earlier.difference(rows):
            self.remove_busy(business_id, row.id)
        for row in rows:
            if row not in earlier:
                self.add_busy(row)
        return len(earlier)
