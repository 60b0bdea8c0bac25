"""The memory calendar: the `Calendar` port in plain dictionaries, with switches for what can go wrong.

Used by tests and simulations in place of a provider: it keeps its own appointments, knows nothing of our holds
(as a real provider does not), and can be told to fail before or after a write.
"""

from dataclasses import dataclass, field, replace

from whenever import Instant

from handfest.errors import CalendarFault, OutcomeUnknown
from handfest.model.booking import Booking, Confirmation, Declined
from handfest.model.offer import Offer
from handfest.model.slot import Slot
from handfest.ports import SlotQuestion
from handfest.scheduling.request import Taken
from handfest.scheduling.slots import free_slots


@dataclass
class Faults:
    """What the next calls shall do. Each entry is used up by one call."""

    on_read: list[CalendarFault] = field(default_factory=list)
    before_write: list[CalendarFault] = field(default_factory=list)
    after_write: list[CalendarFault] = field(default_factory=list)
    wrong_answers: list[dict[str, object]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Entry:
    booking: Booking
    uid: str
    live: bool = True


class MemoryCalendar:
    """Appointments by uid; one resource serves one appointment at a time."""

    remote = True

    def __init__(self) -> None:
        self.faults = Faults()
        self.hidden: set[tuple[str, str]] = set()
        self._entries: dict[tuple[str, str], _Entry] = {}

    async def free_slots(self, question: SlotQuestion) -> tuple[Slot, ...]:
        """See `Calendar`."""
        if self.faults.on_read:
            raise self.faults.on_read.pop(0)
        business_id = question.catalogue.business.id
        live = [
            entry
            for entry in self._entries.values()
            if entry.live and entry.booking.business_id == business_id and entry.uid != question.own_event
        ]
        taken = [
            Taken(span.resource_id, span.start * 60, span.end * 60, "booking", seat=span.seat)
            for entry in live
            for span in entry.booking.spans
        ]
        starts: list[Instant] = [
            entry.booking.start for entry in live if entry.booking.service_id == question.service.id
        ]
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

    async def hide(self, offer: Offer) -> None:
        """See `Calendar`."""
        self.hidden.add((offer.call_id, offer.id))

    async def reveal(self, offer: Offer) -> None:
        """See `Calendar`."""
        self.hidden.discard((offer.call_id, offer.id))

    async def book(self, booking: Booking, offer_owner: str) -> Confirmation | Declined:
        """See `Calendar`."""
        return self._write(booking, None)

    async def find(self, booking: Booking) -> Confirmation | None:
        """See `Calendar`."""
        if self.faults.on_read:
            raise self.faults.on_read.pop(0)
        entry = self._entries.get(_key(booking))
        return _confirmation(entry) if entry is not None and entry.live else None

    async def cancel(self, booking: Booking) -> Confirmation | Declined:
        """See `Calendar`."""
        if self.faults.before_write:
            raise self.faults.before_write.pop(0)
        entry = self._entries.get((booking.business_id, booking.uid or ""))
        if entry is None:
            return Declined("not_found")
        self._keep(replace(entry, live=False))
        self._lose_answer()
        return _confirmation(entry)

    async def move(self, booking: Booking, old: Booking, offer_owner: str) -> Confirmation | Declined:
        """See `Calendar`."""
        return self._write(booking, old)

    def booked(self) -> tuple[Booking, ...]:
        """All live appointments, for the end state of a test."""
        return tuple(entry.booking for entry in self._entries.values() if entry.live)

    def _write(self, booking: Booking, old: Booking | None) -> Confirmation | Declined:
        if self.faults.before_write:
            raise self.faults.before_write.pop(0)
        known = self._entries.get(_key(booking))
        if known is not None:
            return _confirmation(known) if known.live else Declined("cancelled")
        replaced = self._entries.get((old.business_id, old.uid or "")) if old is not None else None
        if old is not None and (replaced is None or not replaced.live):
            return Declined("not_found")
        if self._overlaps(booking, replaced):
            return Declined("slot_taken")
        if replaced is not None:
            self._keep(replace(replaced, live=False))
        entry = _Entry(booking, _uid(booking))
        self._keep(entry)
        self._lose_answer()
        answer = _confirmation(entry)
        if self.faults.wrong_answers:
            return replace(answer, **self.faults.wrong_answers.pop(0))  # type: ignore[arg-type]
        return answer

    def _keep(self, entry: _Entry) -> None:
        self._entries[entry.booking.business_id, entry.uid] = entry

    def _lose_answer(self) -> None:
        if self.faults.after_write:
            raise OutcomeUnknown("the connection was lost") from self.faults.after_write.pop(0)

    def _overlaps(self, booking: Booking, replaced: _Entry | None) -> bool:
        return any(
            (span.resource_id, span.seat) == (mine.resource_id, mine.seat)
            and span.start < mine.end
            and mine.start < span.end
            for entry in self._entries.values()
            if entry.live and entry is not replaced and entry.booking.business_id == booking.business_id
            for span in entry.booking.spans
            for mine in booking.spans
        )


def _uid(booking: Booking) -> str:
    return f"mem_{booking.id}"


def _key(booking: Booking) -> tuple[str, str]:
    return booking.business_id, _uid(booking)


def _confirmation(entry: _Entry) -> Confirmation:
    booking = entry.booking
    return Confirmation(
        uid=entry.uid,
        binding=booking.binding,
        service_id=booking.service_id,
        start=booking.start,
        duration_min=booking.duration_min,
        staff_id=booking.staff_id,
    )
