"""One database transaction behind the port: rows in, values out."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Connection, text
from whenever import Instant

from handfest.errors import DoubleConsume
from handfest.model.booking import Booking, BookingState
from handfest.model.call import Call, Callback
from handfest.model.offer import Offer
from handfest.model.slot import Claim, Occupied
from handfest.model.transcript import Transcript
from handfest.model.turn import TurnRecord
from handfest.ports import BusyTime, CalendarEvent, LineRecord, StoredCatalogue
from handfest.storage import statements as sql
from handfest.storage.claims import RELEASE_OCCUPANCY, Claims
from handfest.storage.codec import decode, encode
from handfest.storage.moments import instant, millis
from handfest.storage.schema import LONG_SECONDS
from handfest.storage.sqlite_driver import DriverConnection
from handfest.storage.statements import Inserts

T = TypeVar("T")


@lru_cache(maxsize=4096)
def _line(body: str) -> LineRecord:
    # Every request reads the lines to find its own; hundreds of them, nearly always the same ones.
    return decode(LineRecord, body)


class SqlTransaction:
    """The port's reads and writes on one open connection. Methods are documented at the port."""

    def __init__(
        self, connection: Connection | DriverConnection, inserts: Inserts, *, locks_calls: bool
    ) -> None:
        self._connection = connection
        self._locks_calls = locks_calls
        self._inserts = inserts
        self._claims = Claims(connection, inserts, self._lock)

    def _one(self, kind: type[T], statement: Any, **values: Any) -> T | None:
        body = self._connection.execute(statement, values).scalar()
        return None if body is None else decode(kind, body)

    def _all(self, kind: type[T], statement: Any, **values: Any) -> tuple[T, ...]:
        return tuple(decode(kind, body) for body in self._connection.execute(statement, values).scalars())

    def _run(self, statement: Any, **values: Any) -> int:
        count: int = self._connection.execute(statement, values).rowcount
        return count

    # Catalogue versions and lines -----------------------------------------------------------------

    def add_catalogue(self, business_id: str, source: str, lines: Sequence[LineRecord], at: Instant) -> int:
        """See `CatalogueStore`."""
        self._lock(business_id, "catalogue")
        known = self.catalogues(business_id)
        version = known[0].version + 1 if known else 1
        self._run(
            self._inserts.add_catalogue,
            business_id=business_id,
            version=version,
            source=source,
            applied_at=millis(at),
            active=False,
        )
        self.activate_catalogue(business_id, version, lines)
        return version

    def activate_catalogue(self, business_id: str, version: int, lines: Sequence[LineRecord]) -> None:
        """See `CatalogueStore`."""
        self._lock(business_id, "catalogue")
        self._run(sql.DEACTIVATE, business=business_id)
        self._run(sql.ACTIVATE, business=business_id, number=version)
        self._run(sql.DROP_LINES, business=business_id)
        for position, line in enumerate(lines):
            self._run(
                self._inserts.add_line,
                business_id=business_id,
                position=position,
                platform=line.platform,
                body=encode(line),
            )

    def catalogue(self, business_id: str, version: int | None = None) -> StoredCatalogue | None:
        """See `CatalogueStore`."""
        if version is None:
            found = self._stored(sql.ACTIVE_CATALOGUE, business=business_id)
        else:
            found = self._stored(sql.CATALOGUE_VERSION, business=business_id, number=version)
        return found[0] if found else None

    def catalogues(self, business_id: str) -> tuple[StoredCatalogue, ...]:
        """See `CatalogueStore`."""
        return self._stored(sql.CATALOGUES, business=business_id)

    def _stored(self, statement: Any, **values: Any) -> tuple[StoredCatalogue, ...]:
        return tuple(
            StoredCatalogue(
                business_id,
                version,
                source,
                instant(applied_at),
                bool(active),
            )
            for business_id, version, source, applied_at, active in self._connection.execute(
                statement, values
            )
        )

    def businesses(self) -> tuple[str, ...]:
        """See `CatalogueStore`."""
        return tuple(self._connection.execute(sql.BUSINESSES).scalars())

    def lines(self, platform: str) -> tuple[LineRecord, ...]:
        """See `CatalogueStore`."""
        bodies = self._connection.execute(sql.LINES, {"name": platform}).scalars()
        return tuple(_line(body) for body in bodies)

    # Calls, turns, offers, callbacks --------------------------------------------------------------

    def call(self, business_id: str, call_id: str) -> Call | None:
        """See `CallStore`."""
        return self._one(Call, sql.CALL, business=business_id, call=call_id)

    def lock_call(self, business_id: str, call_id: str) -> None:
        """See `CallStore`."""
        self._lock(business_id, call_id)

    def _lock(self, business_id: str, what: str) -> None:
        """Until the transaction ends, nobody else passes here; SQLite writes one at a time anyway."""
        if self._locks_calls:
            self._connection.execute(
                text("SELECT pg_advisory_xact_lock(hashtext(:business), hashtext(:what))"),
                {"business": business_id, "what": what},
            )

    def save_call(self, call: Call) -> None:
        """See `CallStore`."""
        self._run(
            self._inserts.upsert_call,
            business_id=call.business_id,
            id=call.id,
            started_at=millis(call.started_at),
            outcome=call.outcome,
            body=encode(call),
        )

    def calls(self, business_id: str | None, limit: int) -> tuple[Call, ...]:
        """See `CallStore`."""
        if business_id is None:
            return self._all(Call, sql.ALL_CALLS, most=limit)
        return self._all(Call, sql.CALLS, business=business_id, most=limit)

    def turn_by_key(self, business_id: str, call_id: str, key: str) -> TurnRecord | None:
        """See `CallStore`."""
        return self._one(TurnRecord, sql.TURN_BY_KEY, business=business_id, call=call_id, wanted=key)

    def add_turn(self, turn: TurnRecord) -> None:
        """See `CallStore`."""
        self._run(
            self._inserts.add_turn,
            business_id=turn.business_id,
            call_id=turn.call_id,
            number=turn.number,
            key=turn.key,
            at=millis(turn.at),
            code=turn.code,
            body=encode(turn),
        )

    def turns(self, business_id: str, call_id: str) -> tuple[TurnRecord, ...]:
        """See `CallStore`."""
        return self._all(TurnRecord, sql.TURNS, business=business_id, call=call_id)

    def offers(self, business_id: str, call_id: str) -> tuple[Offer, ...]:
        """See `CallStore`."""
        return self._all(Offer, sql.OFFERS, business=business_id, call=call_id)

    def save_offer(self, offer: Offer) -> None:
        """See `CallStore`."""
        self._run(
            self._inserts.upsert_offer,
            business_id=offer.business_id,
            call_id=offer.call_id,
            position=int(offer.id[1:]),
            body=encode(offer),
        )

    def add_callback(self, callback: Callback) -> None:
        """See `CallStore`."""
        self._run(
            self._inserts.upsert_callback,
            business_id=callback.business_id,
            id=callback.id,
            made_at=millis(callback.made_at),
            body=encode(callback),
        )

    def callbacks(self, business_id: str) -> tuple[Callback, ...]:
        """See `CallStore`."""
        return self._all(Callback, sql.CALLBACKS, business=business_id)

    def transcript(self, business_id: str, call_id: str) -> Transcript | None:
        """See `CallStore`."""
        return self._one(Transcript, sql.TRANSCRIPT, business=business_id, call=call_id)

    def save_transcript(self, transcript: Transcript) -> None:
        """See `CallStore`."""
        self._run(
            self._inserts.upsert_transcript,
            business_id=transcript.business_id,
            call_id=transcript.call_id,
            kept_until=millis(transcript.kept_until),
            body=encode(transcript),
        )

    def drop_transcripts(self, business_id: str, now: Instant) -> int:
        """See `CallStore`."""
        return self._run(sql.DROP_TRANSCRIPTS, business=business_id, before=millis(now))

    def first_sight(self, business_id: str, key: str, at: Instant) -> bool:
        """See `CallStore`."""
        # Asked for the row itself: not every driver counts the rows of an insert.
        row = {"business_id": business_id, "key": key, "at": millis(at)}
        return self._connection.execute(self._inserts.see, row).first() is not None

    def count_seen(self, business_id: str, first: str, last: str) -> int:
        """See `CallStore`."""
        keys = {"business": business_id, "first": first, "last": last}
        return len(list(self._connection.execute(sql.KEYS_SEEN, keys).scalars()))

    # Claims ---------------------------------------------------------------------------------------

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
        return tuple(Occupied(*row) for row in rows)

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

    # Bookings, appointments, busy times -----------------------------------------------------------

    def booking(self, business_id: str, booking_id: str) -> Booking | None:
        """See `BookingStore`."""
        return self._one(Booking, sql.BOOKING, business=business_id, wanted=booking_id)

    def booking_of_offer(self, business_id: str, call_id: str, offer_id: str) -> Booking | None:
        """See `BookingStore`."""
        return self._one(Booking, sql.BOOKING_OF_OFFER, business=business_id, call=call_id, offer=offer_id)

    def save_booking(self, booking: Booking) -> None:
        """See `BookingStore`."""
        twin = self.booking_of_offer(booking.business_id, booking.call_id, booking.offer_id)
        if twin is not None and twin.id != booking.id:
            raise DoubleConsume(f"offer {booking.offer_id} of call {booking.call_id} has a booking already")
        self._run(
            self._inserts.upsert_booking,
            business_id=booking.business_id,
            id=booking.id,
            call_id=booking.call_id,
            offer_id=booking.offer_id,
            caller_number=booking.caller_number,
            start=millis(booking.start),
            state=booking.state.value,
            made_at=millis(booking.made_at),
            lease_until=millis(booking.lease_until),
            body=encode(booking),
        )

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
        earlier = self._connection.execute(sql.BUSY_OF_SOURCE, {"business": business_id, "origin": source})
        gone = [self.remove_busy(business_id, busy_id) for (busy_id,) in earlier.all()]
        for row in rows:
            self.add_busy(row)
        return len(gone)

    # Feeds ----------------------------------------------------------------------------------------

    def save_feed(self, business_id: str, token_hash: str, at: Instant) -> None:
        """See `FeedStore`."""
        self._run(
            self._inserts.upsert_feed, business_id=business_id, token_hash=token_hash, made_at=millis(at)
        )

    def drop_feed(self, business_id: str) -> bool:
        """See `FeedStore`."""
        return self._run(sql.DROP_FEED, business=business_id) > 0

    def feed(self, business_id: str) -> str | None:
        """See `FeedStore`."""
        digest: str | None = self._connection.execute(sql.FEED, {"business": business_id}).scalar()
        return digest

    def business_of_feed(self, token_hash: str) -> str | None:
        """See `FeedStore`."""
        found: str | None = self._connection.execute(sql.BUSINESS_OF_FEED, {"wanted": token_hash}).scalar()
        return found
