"""Keeping our records in line with what people do in Cal.com itself: by webhook hints, and by polling.

A self-hosted Cal.com sends each webhook once and never again, so the poll is what can be relied on.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations

from whenever import Instant

from handfest.booking.double import note_double
from handfest.booking.follow import OPEN, Followed, Seen, follow
from handfest.calendars.calcom import CalcomCalendar
from handfest.calendars.calcom_body import intent_of
from handfest.calendars.calcom_client import Deadlines
from handfest.calendars.calcom_directory import CalcomDirectory
from handfest.calendars.calcom_look import overlapping
from handfest.calendars.calcom_values import CalcomBooking, utc
from handfest.calendars.calcom_webhook import Hint, read_hint, signed_by
from handfest.catalogue.compiled import Shelf
from handfest.errors import CalendarFault, Fault, SignatureInvalid
from handfest.model.booking import Booking
from handfest.ports import Clock, Notifier, Store, StoredCatalogue, Transaction

EVERY_SECONDS = 60
BACK_HOURS = 24
PLACES = frozenset({"BOOKING_CREATED", "BOOKING_RESCHEDULED"})
"""Events by which an appointment comes to stand somewhere, perhaps where another one stands."""
OVERLAP_SECONDS = 300
"""Each poll looks so far behind the last one: clocks differ, and rows become visible late."""
UNHURRIED = Deadlines(connect=2.0, read=10.0, write=15.0)


@dataclass
class CalcomSync:
    """Follows Cal.com for all businesses that keep their appointments there."""

    directory: CalcomDirectory
    store: Store
    shelf: Shelf
    clock: Clock
    notifier: Notifier

    def __post_init__(self) -> None:
        self._polled: dict[str, Instant] = {}
        self._behind: set[asyncio.Task[None]] = set()

    async def received(
        self, business_id: str, raw: bytes, signature: str | None, secret: Callable[[str], str | None]
    ) -> Hint | None:
        """The hint in a webhook, None if it speaks of nothing of ours. Raises SignatureInvalid."""
        stored = await self.store.read(lambda tx: tx.catalogue(business_id))
        variable = None
        if stored is not None:
            variable = self.shelf.compiled(stored, None).catalogue.calendar.webhook_secret_env
        key = (secret(variable) if variable else None) or ""
        if not signed_by(raw, signature, key):
            raise SignatureInvalid("the signature does not fit the body and the business's webhook secret")
        return read_hint(raw)

    async def heard(self, business_id: str, hint: Hint) -> tuple[Followed, ...]:
        """Look at what a webhook spoke of. A delivery that came before is not looked at again."""
        at = self.clock.now()
        first = await self.store.write(lambda tx: tx.first_sight(business_id, f"calcom:{hint.key}", at))
        calendar = await self._calendar(business_id)
        if not first or calendar is None:
            return ()
        asked = [await calendar.client.booking(uid, UNHURRIED) for uid in hint.uids]
        rows = [row for row in asked if row is not None]
        followed = tuple([await self._follow(business_id, calendar, row) for row in rows])
        for row in rows if hint.trigger in PLACES else ():
            if row.status == "accepted":
                beside = await overlapping(calendar.client, row, UNHURRIED)
                await self._report_doubles(business_id, (row, *beside))
        return followed

    def follow_later(self, business_id: str, hint: Hint) -> None:
        """Look after the acknowledgement: the sender may be waiting for it inside our own request."""
        task = asyncio.create_task(self._heard_later(business_id, hint))
        self._behind.add(task)
        task.add_done_callback(self._behind.discard)

    async def _heard_later(self, business_id: str, hint: Hint) -> None:
        try:
            await self.heard(business_id, hint)
        except Fault as fault:  # the poll will find it; a webhook comes once
            self.notifier.alarm(fault.code, {"business": business_id, "doing": "following a webhook"})

    async def finish(self) -> None:
        """Wait for what runs behind acknowledgements."""
        await asyncio.gather(*self._behind)

    async def poll_due(self) -> None:
        """Poll every business whose last poll is long enough ago; a business that fails does not stop others."""
        now = self.clock.now()
        for business_id in await self.store.read(lambda tx: tx.businesses()):
            last = self._polled.get(business_id)
            if last is None or last.add(seconds=EVERY_SECONDS) <= now:
                try:
                    await self.poll(business_id)
                except CalendarFault as fault:
                    self.notifier.alarm(fault.code, {"business": business_id, "doing": "polling Cal.com"})

    async def poll(self, business_id: str) -> tuple[Followed, ...]:
        """One request for everything that changed since the last poll."""
        calendar, now = await self._calendar(business_id), self.clock.now()
        if calendar is None:
            return ()
        last = self._polled.get(business_id, now.subtract(hours=BACK_HOURS))
        since = utc(last.subtract(seconds=OVERLAP_SECONDS))
        rows = await calendar.client.bookings(UNHURRIED, afterUpdatedAt=since, sortUpdatedAt="asc")
        await self._report_doubles(business_id, rows)
        followed = tuple([await self._follow(business_id, calendar, row) for row in rows])
        self._polled[business_id] = now  # only now: a poll that failed half-way is done again
        return followed

    async def _calendar(self, business_id: str) -> CalcomCalendar | None:
        stored: StoredCatalogue | None = await self.store.read(lambda tx: tx.catalogue(business_id))
        if stored is None:
            return None
        catalogue = self.shelf.compiled(stored, None).catalogue
        return self.directory.of(catalogue) if catalogue.calendar.provider == "calcom" else None

    async def _follow(self, business_id: str, calendar: CalcomCalendar, row: CalcomBooking) -> Followed:
        intent_id = intent_of(row)
        if intent_id is None:
            return Followed("nothing")
        seen = Seen(
            uid=row.uid,
            intent_id=intent_id,
            live=row.live,
            pending=row.pending,
            rejected=row.status == "rejected",
            start=row.start,
            duration_min=row.duration_min,
            no_show=row.absent,
            from_uid=row.from_uid,
            gone_to=row.to_uid,
        )
        now = self.clock.now()
        followed = await self.store.write(lambda tx: follow(tx, business_id, seen, now))
        if followed.meaning == "stray" and followed.booking is not None:
            facts: dict[str, object] = {
                "business": business_id,
                "call": followed.booking.call_id,
                "booking": followed.booking.id,
                "uid": row.uid,
            }
            self.notifier.alarm("calendar_stray_booking", facts)
            await calendar.cancel(replace(followed.booking, uid=row.uid))
        return followed

    async def _report_doubles(self, business_id: str, rows: tuple[CalcomBooking, ...]) -> None:
        """Two accepted bookings of one host at one time, one of them ours, seen after the caller was told."""
        accepted = [row for row in rows if row.status == "accepted"]
        for one, other in combinations(sorted(accepted, key=lambda row: (row.start, row.number)), 2):
            apart = one.end <= other.start or other.end <= one.start
            if apart or not set(one.host_ids) & set(other.host_ids):
                continue
            if intent_of(one) is None and intent_of(other) is None:
                continue
            await self._report_double(business_id, one, other)

    async def _report_double(self, business_id: str, one: CalcomBooking, other: CalcomBooking) -> None:
        """Once: an alarm, and the callback that is owed to ours (of two of ours, to the later one)."""
        yields = max((row for row in (one, other) if intent_of(row)), key=lambda row: row.number)
        beside = other if yields is one else one
        language, at = await self._language(business_id), self.clock.now()

        def work(tx: Transaction) -> tuple[bool, Booking | None]:
            intent_id = intent_of(yields) or ""
            ours = tx.booking(business_id, intent_id)
            if ours is not None and ours.state in OPEN:
                return False, None  # whoever is booking it looks for a double too, before anybody is told
            if not tx.first_sight(business_id, f"double:{yields.uid}:{beside.uid}", at):
                return False, None
            return True, note_double(tx, business_id, intent_id, beside.uid, language, at)

        first, owed = await self.store.write(work)
        if first:
            facts: dict[str, object] = {"business": business_id, "uid": yields.uid, "other": beside.uid}
            if owed is not None:
                facts |= {"booking": owed.id, "call": owed.call_id}
            self.notifier.alarm("calendar_double_stands", facts)

    async def _language(self, business_id: str) -> str:
        stored = await self.store.read(lambda tx: tx.catalogue(business_id))
        return self.shelf.compiled(stored, None).language if stored is not None else "en"
