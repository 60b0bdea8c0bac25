"""The embedded calendar: appointments in our own store, with the claims as the one arbiter."""

from collections.abc import Sequence
from dataclasses import replace

from whenever import Instant, TimeDelta

from handfest.model.booking import Booking, Confirmation, Declined
from handfest.model.offer import Offer
from handfest.model.slot import Claim, Occupied, Slot
from handfest.ports import CalendarEvent, Clock, SlotQuestion, Store, Transaction
from handfest.scheduling.reason import Reason
from handfest.scheduling.request import Taken
from handfest.scheduling.slots import free_slots, reach
from handfest.scheduling.why import why

WEEK = TimeDelta(hours=8 * 24)


class EmbeddedCalendar:
    """The `Calendar` port on the store itself."""

    remote = False

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def free_slots(self, question: SlotQuestion) -> tuple[Slot, ...]:
        """See `Calendar`."""
        taken, starts = await self._in_the_way(question)
        return free_slots(
            question.catalogue,
            question.service,
            taken=taken,
            now=question.now,
            start=question.start,
            end=question.end,
            staff_id=question.staff_id,
            branch_id=question.branch_id,
            limits=starts,
        )

    async def why(self, question: SlotQuestion, at: Instant) -> tuple[Reason, ...]:
        """Every rule that makes a time free or not; the next free times are searched where the question asks."""
        taken, starts = await self._in_the_way(question)
        return why(
            question.catalogue,
            question.service,
            taken=taken,
            now=question.now,
            start=question.start,
            end=question.end,
            at=at,
            staff_id=question.staff_id,
            branch_id=question.branch_id,
            limits=starts,
        )

    async def _in_the_way(self, question: SlotQuestion) -> tuple[list[Taken], tuple[Instant, ...]]:
        service, business_id = question.service, question.catalogue.business.id
        limited = service.limit_per_day is not None or service.limit_per_week is not None

        def work(tx: Transaction) -> tuple[tuple[Occupied, ...], tuple[Instant, ...]]:
            first, last = reach(service, question.start, question.end, question.catalogue.rules.grid)
            taken = tx.taken(business_id, first, last, question.now)
            if not limited:
                return taken, ()
            return taken, tx.service_starts(
                business_id, service.id, question.start - WEEK, question.end + WEEK
            )

        occupied, starts = await self._store.read(work)
        return _in_the_way(occupied, question), starts

    async def hide(self, offer: Offer) -> None:
        """See `Calendar`; the store's own hold hides it already."""

    async def reveal(self, offer: Offer) -> None:
        """See `Calendar`; releasing the hold has revealed it already."""

    async def book(self, booking: Booking, offer_owner: str) -> Confirmation | Declined:
        """See `Calendar`. The hold's claims become the appointment's in one transaction."""
        return await self._store.write(lambda tx: self.book_within(tx, booking, offer_owner))

    def book_within(self, tx: Transaction, booking: Booking, offer_owner: str) -> Confirmation | Declined:
        """See `KeptInStore`."""
        return self._book(tx, booking, offer_owner, None)

    async def find(self, booking: Booking) -> Confirmation | None:
        """See `Calendar`."""
        event = await self._store.read(lambda tx: tx.event_of_booking(booking.business_id, booking.id))
        return None if event is None or event.cancelled else _confirmation(event)

    async def cancel(self, booking: Booking) -> Confirmation | Declined:
        """See `Calendar`."""
        return await self._store.write(lambda tx: _cancel(tx, booking))

    async def move(self, booking: Booking, old: Booking, offer_owner: str) -> Confirmation | Declined:
        """See `Calendar`: the old appointment goes in the transaction in which the new one comes."""
        return await self._store.write(lambda tx: self._book(tx, booking, offer_owner, old))

    def _book(
        self, tx: Transaction, booking: Booking, offer_owner: str, old: Booking | None
    ) -> Confirmation | Declined:
        _one_by_one(tx, booking, old)
        existing = tx.event_of_booking(booking.business_id, booking.id)
        if existing is not None:
            return Declined("cancelled") if existing.cancelled else _confirmation(existing)
        event = CalendarEvent(
            business_id=booking.business_id,
            uid=f"ev_{booking.id}",
            booking_id=booking.id,
            service_id=booking.service_id,
            binding=booking.binding,
            staff_id=booking.staff_id,
            start=booking.start,
            duration_min=booking.duration_min,
            spans=booking.spans,
        )
        replaced = tx.event(old.business_id, old.uid) if old is not None and old.uid else None
        if old is not None and (replaced is None or replaced.cancelled):
            return Declined("not_found", "the appointment to be moved is not there")
        tx.release(booking.business_id, offer_owner)
        claim = Claim(
            event.owner,
            "booking",
            event.spans,
            event.service_id,
            event.start,
            renews=replaced is not None,
        )
        now = self._clock.now()
        if replaced is None:
            won = tx.claim(booking.business_id, claim, now)
        else:
            # First beside the old appointment, which stays if this fails; then in its place.
            won = tx.claim(booking.business_id, replace(claim, besides=replaced.owner), now)
            if won:
                _remove(tx, replaced)
                won = tx.claim(booking.business_id, claim, now)
        if not won:
            return Declined("slot_taken", "the time was claimed by somebody else")
        tx.save_event(event)
        return _confirmation(event)


def _one_by_one(tx: Transaction, booking: Booking, old: Booking | None = None) -> None:
    """Whoever writes about the same appointment waits here: repeats, and moves or cancellations that cross.

    In ascending order, so that two that need both never wait for each other (B47).
    """
    for call_id in sorted({one.call_id for one in (booking, old) if one is not None}):
        tx.lock_call(booking.business_id, call_id)


def _cancel(tx: Transaction, booking: Booking) -> Confirmation | Declined:
    _one_by_one(tx, booking)
    event = tx.event(booking.business_id, booking.uid) if booking.uid else None
    if event is None:
        return Declined("not_found")
    if not event.cancelled:
        _remove(tx, event)
    return _confirmation(event)


def _remove(tx: Transaction, event: CalendarEvent) -> None:
    tx.release(event.business_id, event.owner)
    tx.save_event(replace(event, cancelled=True))


def _confirmation(event: CalendarEvent) -> Confirmation:
    return Confirmation(
        uid=event.uid,
        binding=event.binding,
        service_id=event.service_id,
        start=event.start,
        duration_min=event.duration_min,
        staff_id=event.staff_id,
    )


def _in_the_way(occupied: Sequence[Occupied], question: SlotQuestion) -> list[Taken]:
    own_holds = f"offer:{question.own_call}:" if question.own_call else None
    own_event = f"event:{question.own_event}" if question.own_event else None
    return [
        Taken(
            row.resource_id,
            row.start,
            row.end,
            row.kind,
            row.service_id,
            row.group_start,
            row.seat,
            row.label,
        )
        for row in occupied
        if row.owner != own_event and not (own_holds and row.owner.startswith(own_holds))
    ]
