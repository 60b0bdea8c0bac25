"""The counter: what staff do themselves, served like a call, through the same use cases as a caller's wish.

What it changes of somebody who is on the phone is told in the next answer of that call.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from whenever import Instant

from handfest.booking.by_staff import (
    StaffWish,
    book_by_staff,
    cancel_by_staff,
    drop_hold,
    look_for_hold,
    move_hold,
    near,
    tell,
)
from handfest.booking.check import SlotsLost
from handfest.booking.conceal import conceal
from handfest.booking.open_turn import Ledger, OpenTurn
from handfest.catalogue.compiled import CompiledCatalogue, Shelf
from handfest.desk.reply import reply_to
from handfest.errors import Fault
from handfest.model.booking import Booking, Customer
from handfest.model.call import DESK, Call
from handfest.model.notice import Notice, NoticeKind
from handfest.model.offer import Offer
from handfest.model.reply import Reply
from handfest.model.turn import Envelope, TurnRecord
from handfest.ports import (
    Calendars,
    Clock,
    IdSource,
    NoPost,
    Notifier,
    Post,
    Store,
    StoredCatalogue,
    Transaction,
)
from handfest.trace.recorder import Recorder

LIVE_MINUTES = 15
"""A call in which nothing was asked for so long is taken to be over, whether or not somebody said so."""


@dataclass(frozen=True, slots=True)
class DeskWish:
    """What staff want booked: a service at a moment, by somebody or by whoever is free."""

    service_id: str
    start: Instant
    staff_id: str | None = None
    branch_id: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it. `code` is that of the reply an agent would have had; `booking` as it is now.

    `free` are starts near by where the wished one is not free, `why` the reason.
    """

    code: str
    booking: Booking | None = None
    offer: Offer | None = None
    why: str | None = None
    free: tuple[Instant, ...] = ()


@dataclass(frozen=True, slots=True)
class Counter:
    """Serves people of the business at their own desk."""

    store: Store
    calendars: Calendars
    clock: Clock
    ids: IdSource
    notifier: Notifier
    shelf: Shelf
    post: Post = field(default_factory=NoPost)

    async def book(
        self,
        stored: StoredCatalogue,
        actor_id: str,
        wish: DeskWish,
        customer: Customer,
        replaces: Booking | None = None,
    ) -> Done:
        """Book this, or move an appointment to it. Nothing but exactly what was wished for is booked.

        `code` is booked, changed or pending, or slot_taken, unsupported, try_later, ... Raises Fault.
        """
        turn = self._open(stored, actor_id, wish.branch_id, "book_appointment", customer.phone, replaces)
        service = turn.catalogue.service(wish.service_id)
        if service is None:
            return Done("service_unknown", replaces)
        wanted = StaffWish(service, wish.start, wish.staff_id, replaces)
        record = await self._served(turn, lambda: book_by_staff(turn, wanted, customer))
        done = await self._outcome(turn, record)
        if replaces is not None and done.booking is not None and done.code == "changed":
            moved = _notice(NoticeKind.BOOKING_MOVED, replaces, done.booking)
            await self._tell_callers(replaces, moved)
        return done

    async def cancel(self, stored: StoredCatalogue, actor_id: str, booking: Booking) -> Done:
        """Cancel this appointment. `code` is cancelled or pending, or booking_not_found, try_later. Raises Fault."""
        turn = self._open(stored, actor_id, booking.branch_id, "cancel_appointment", None, booking)
        record = await self._served(turn, lambda: cancel_by_staff(turn, booking))
        after = await self.store.read(lambda tx: tx.booking(booking.business_id, booking.id))
        if record.code == "cancelled":
            await self._tell_callers(booking, _notice(NoticeKind.BOOKING_CANCELLED, booking))
        return Done(record.code, after)

    async def drop_hold(self, stored: StoredCatalogue, call: Call, offer_id: str) -> Done:
        """Take a held time from a caller, who hears of it. `code` is dropped or offer_expired."""
        turn = self._in_call(stored, call)

        def work(ledger: Ledger) -> Offer | None:
            offer = drop_hold(ledger, offer_id)
            if offer is not None:
                tell(ledger, _of_hold(NoticeKind.HOLD_GONE, offer))
            return offer

        gone = await turn.write(work)
        await self._conceal(turn)
        return Done("offer_expired") if gone is None else Done("dropped", offer=gone)

    async def move_hold(
        self, stored: StoredCatalogue, call: Call, offer: Offer, start: Instant, staff_id: str | None
    ) -> Done:
        """Hold another time for a caller, who hears of it. `code` is held, slot_taken or offer_expired."""
        turn = self._in_call(stored, call)
        service = turn.catalogue.service(offer.service_id)
        old = await self._replaced(offer)
        if service is None:
            return Done("service_unknown", offer=offer)
        wish = StaffWish(service, start, staff_id, old)
        found = await look_for_hold(turn, wish)
        if not found.wanted:
            return Done("slot_taken", offer=offer, why=found.why or "taken", free=near(found))

        def work(ledger: Ledger) -> Offer | None:
            gone = drop_hold(ledger, offer.id)
            if gone is None:
                return None
            held = move_hold(ledger, turn, wish, gone, found)
            tell(
                ledger, replace(_of_hold(NoticeKind.HOLD_MOVED, gone), moved_to=held.start, successor=held.id)
            )
            return held

        try:
            held = await turn.write(work)
        except SlotsLost:
            return Done("slot_taken", offer=offer, why="taken", free=near(found))
        await self._conceal(turn)
        return Done("offer_expired", offer=offer) if held is None else Done("held", offer=held)

    async def _conceal(self, turn: OpenTurn) -> None:
        """Show or hide at the provider what is no longer, or now, held."""
        if not turn.calendar.remote:
            return
        call = turn.call
        for code in await conceal(self.store, turn.calendar, self.clock, call.business_id, call.id):
            facts: dict[str, object] = {"business": call.business_id, "call": call.id, "cause": code}
            self.notifier.alarm("slots_not_hidden", facts)

    async def _replaced(self, offer: Offer) -> Booking | None:
        replaces = offer.replaces
        if replaces is None:
            return None
        return await self.store.read(lambda tx: tx.booking(offer.business_id, replaces))

    async def _served(
        self, turn: OpenTurn, serve: Callable[[], Awaitable[tuple[Reply, TurnRecord]]]
    ) -> TurnRecord:
        try:
            _, record = await serve()
        except Fault as fault:
            self.notifier.alarm(fault.code, {"business": turn.call.business_id, "call": turn.call.id})
            await turn.write(lambda ledger: ledger.release_all())
            raise
        await turn.write(lambda ledger: ledger.release_all())
        return record

    async def _outcome(self, turn: OpenTurn, record: TurnRecord) -> Done:
        business_id, call_id = turn.call.business_id, turn.call.id
        made = await self.store.read(lambda tx: tx.bookings_of_call(business_id, call_id))
        facts = next((step.facts for step in record.steps if step.name == "not_free"), {})
        free = tuple(Instant.parse_iso(at) for at in facts.get("free", ()))
        return Done(record.code, made[-1] if made else None, why=facts.get("why"), free=free)

    def _open(
        self,
        stored: StoredCatalogue,
        actor_id: str,
        branch_id: str | None,
        tool: str,
        phone: str | None,
        old: Booking | None,
    ) -> OpenTurn:
        """A turn of a call of its own. Whoever calls from the customer's number finds the booking there."""
        now = self.clock.now()
        call = Call(
            business_id=stored.business_id,
            id=self.ids.new(DESK),
            platform=DESK,
            started_at=now,
            branch_id=branch_id,
            line=actor_id,
            caller_number=old.caller_number if old is not None else phone,
            test=old.test if old is not None else False,
        )
        return self._turn(stored, call, (), tool)

    def _in_call(self, stored: StoredCatalogue, call: Call) -> OpenTurn:
        return self._turn(stored, call, (), "check_availability")

    def _turn(self, stored: StoredCatalogue, call: Call, offers: tuple[Offer, ...], tool: str) -> OpenTurn:
        compiled = for_staff(self.shelf.compiled(stored, call.branch_id))
        now = self.clock.now()
        return OpenTurn(
            envelope=Envelope(DESK, call.id, call.line, None, None, call.caller_number),
            tool=tool,
            compiled=compiled,
            call=call,
            offers=offers,
            came_at=now,
            now=now,
            key=None,
            store=self.store,
            calendar=self.calendars.of(compiled.catalogue),
            ids=self.ids,
            trace=Recorder(self.clock),
            render=reply_to,
            post=self.post,
            spoken=False,
        )

    async def _tell_callers(self, booking: Booking, notice: Notice) -> None:
        """Tell it in the calls that are on the phone about this appointment: the one that made it, or its caller's."""
        now = self.clock.now()
        since = now.subtract(minutes=LIVE_MINUTES)

        def work(tx: Transaction) -> None:
            for live in tx.live_calls(booking.business_id, since):
                theirs = booking.caller_number is not None and live.caller_number == booking.caller_number
                if live.id != booking.call_id and not theirs:
                    continue
                tx.lock_call(live.business_id, live.id)
                call = tx.call(live.business_id, live.id)
                if call is not None:
                    ledger = Ledger(tx, call, Recorder(self.clock), now)
                    tell(ledger, notice)
                    tx.save_call(ledger.call)

        await self.store.write(work)


def for_staff(compiled: CompiledCatalogue) -> CompiledCatalogue:
    """The catalogue without the notice that callers must give: staff know what they can still do today."""
    catalogue = compiled.catalogue
    services = tuple(replace(service, min_notice_min=0) for service in catalogue.services)
    rules = replace(catalogue.rules, min_notice_min=0)
    return replace(compiled, catalogue=replace(catalogue, services=services, rules=rules))


def _notice(kind: NoticeKind, booking: Booking, now: Booking | None = None) -> Notice:
    return Notice(
        kind,
        booking.id,
        booking.service_name,
        booking.start,
        booking.zone,
        now.start if now is not None else None,
        now.id if now is not None else None,
    )


def _of_hold(kind: NoticeKind, offer: Offer) -> Notice:
    return Notice(kind, offer.id, offer.service_name, offer.start, offer.zone)
