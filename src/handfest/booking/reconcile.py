"""Reconcile: look up what became of bookings whose outcome is open, and record the truth (law 4)."""

from dataclasses import dataclass, replace

from whenever import Instant

from handfest.booking.settle import differences
from handfest.booking.write_letter import write_letters
from handfest.catalogue.compiled import Shelf
from handfest.errors import CalendarFault
from handfest.model.booking import Booking, BookingState, Confirmation
from handfest.model.catalogue import Catalogue
from handfest.model.letter import LetterKind
from handfest.ports import Calendar, Calendars, Clock, NoPost, Notifier, Post, Store, Transaction

SETTLE_SECONDS = 30
"""So long after the intent a provider behind a network may still bring it about; only then "not there" is a no."""
LOOK_SECONDS = 5
"""How long a look-up belongs to one worker."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What one round has settled."""

    booked: tuple[str, ...]
    refused: tuple[str, ...]
    open: tuple[str, ...]
    cancelled: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Letters:
    """What the customer of one business is told, and how."""

    post: Post
    catalogue: Catalogue

    def write(self, tx: Transaction, booking: Booking, kind: LetterKind, now: Instant) -> None:
        write_letters(tx, self.post, self.catalogue, booking, kind, now)


async def reconcile(
    store: Store,
    calendars: Calendars,
    shelf: Shelf,
    clock: Clock,
    notifier: Notifier,
    post: Post | None = None,
) -> Reconciled:
    """One round over everything unsettled whose lease is over. Safe to run in several workers.

    Customers hear by `post` of what was still on its way when their call ended.
    """
    now = clock.now()
    unsettled = await store.read(lambda tx: tx.unsettled_bookings(now))
    sorted_out: dict[str, list[str]] = {"booked": [], "refused": [], "open": [], "cancelled": []}
    for booking in unsettled:
        result = await _settle_one(store, calendars, shelf, notifier, post or NoPost(), booking, now)
        sorted_out[result].append(booking.id)
    return Reconciled(*(tuple(ids) for ids in sorted_out.values()))


async def _settle_one(
    store: Store,
    calendars: Calendars,
    shelf: Shelf,
    notifier: Notifier,
    post: Post,
    booking: Booking,
    now: Instant,
) -> str:
    stored = await store.read(lambda tx: tx.catalogue(booking.business_id))
    if stored is None or not await store.write(lambda tx: _take_over(tx, booking, now)):
        return "open"
    catalogue = shelf.compiled(stored, booking.branch_id).catalogue
    calendar, letters = calendars.of(catalogue), _Letters(post, catalogue)
    if booking.cancelling:
        return await _finish_cancelling(store, calendar, letters, booking, now)
    try:
        found = await calendar.find(booking)
        if found is not None and differences(booking, found):
            notifier.alarm("offer_mismatch", {"booking": booking.id, "business": booking.business_id})
            await calendar.cancel(replace(booking, uid=found.uid))
            found = None
    except CalendarFault:
        return "open"
    if found is None and calendar.remote and now < booking.made_at.add(seconds=SETTLE_SECONDS):
        return "open"  # a slow provider may still be at it
    return await store.write(lambda tx: _record(tx, letters, booking, found, now))


async def _finish_cancelling(
    store: Store, calendar: Calendar, letters: _Letters, booking: Booking, now: Instant
) -> str:
    """A cancellation was cut off: the caller wished for it, so it is done now, and recorded (B94)."""
    try:
        answer = await calendar.cancel(booking)
    except CalendarFault:
        return "open"
    gone = isinstance(answer, Confirmation) or answer.code == "not_found"

    def record(tx: Transaction) -> str:
        tx.lock_call(booking.business_id, booking.call_id)
        current = tx.booking(booking.business_id, booking.id)
        if current is None or not current.cancelling:
            return "open"
        settled = current.settle(BookingState.CANCELLED if gone else BookingState.BOOKED, now)
        tx.save_booking(settled)
        if gone:
            letters.write(tx, settled, LetterKind.CANCELLED, now)
        return "cancelled" if gone else "booked"

    return await store.write(record)


def _take_over(tx: Transaction, booking: Booking, now: Instant) -> bool:
    """Take the lease of an open intent: one worker looks it up, and the one that stalled finds it gone."""
    current = tx.booking(booking.business_id, booking.id)
    if current is None or current.state not in (BookingState.CALLING, BookingState.UNKNOWN):
        return False
    if current.lease_until is not None and now < current.lease_until:
        return False
    until = now.add(seconds=LOOK_SECONDS)
    tx.save_booking(replace(current, state=BookingState.UNKNOWN, lease_until=until))
    return True


def _record(
    tx: Transaction, letters: _Letters, booking: Booking, found: Confirmation | None, now: Instant
) -> str:
    tx.lock_call(booking.business_id, booking.call_id)
    current = tx.booking(booking.business_id, booking.id)
    if current is None or current.state not in (BookingState.CALLING, BookingState.UNKNOWN):
        return "open"  # another worker has settled it in between
    tx.release(booking.business_id, f"offer:{booking.call_id}:{booking.offer_id}")
    if found is None:
        tx.save_booking(replace(current.settle(BookingState.REFUSED, now), refusal="calendar_never_reached"))
        return "refused"
    settled = replace(current.settle(BookingState.BOOKED, now, found.uid), pending=found.pending)
    tx.save_booking(settled)
    old = tx.booking(booking.business_id, booking.replaces) if booking.replaces else None
    if old is not None:
        tx.save_booking(replace(old.settle(BookingState.CHANGED, now), replaced_by=booking.id))
    call = tx.call(booking.business_id, booking.call_id)
    if call is not None:
        tx.save_call(replace(call, outcome="changed" if old else "booked"))
    letters.write(tx, settled, LetterKind.CHANGED if old else LetterKind.BOOKED, now)
    return "booked"
