"""A calendar in memory that answers as the record says: it fails where it failed, and what was taken is taken."""

from collections.abc import Iterator

from whenever import Instant

from handfest.calendars.calcom_slots import slots_of, targets
from handfest.calendars.memory import Faults, MemoryCalendar
from handfest.diagnosis.report.asked_call import Request
from handfest.errors import CalendarFault
from handfest.model.booking import Booking, Confirmation, Declined
from handfest.model.slot import Slot
from handfest.ports import SlotQuestion

_FAULTS = {kind.code: kind for kind in CalendarFault.__subclasses__()}


class RecordedCalendar(MemoryCalendar):
    """Answers one request after the other as it was answered when it was recorded.

    `staff` are the ids of those who served then: a time of theirs that was taken stays taken, somebody new is free.
    What is free in our own calendar follows from the business file; another provider's times are those of the record.
    """

    def __init__(self, staff: frozenset[str]) -> None:
        super().__init__()
        self._staff = staff
        self._taken: frozenset[Instant] = frozenset()
        self._free: frozenset[Instant] | None = None

    def answer_as(self, asked: Request) -> None:
        """From here on answer as this request was answered."""
        self._taken, self._free, self.faults = asked.taken, asked.free, Faults()
        for failure in asked.failures:
            fault = _FAULTS.get(failure.code)
            if fault is not None:
                getattr(self.faults, failure.place).append(fault("as recorded"))

    async def free_slots(self, question: SlotQuestion) -> tuple[Slot, ...]:
        """See `Calendar`."""
        free = await super().free_slots(question)
        if question.catalogue.calendar.provider != "embedded" and self._free is not None:
            free = tuple(_slots(question, self._free))
        return tuple(slot for slot in free if not self._was_taken(slot.start, slot.staff_id))

    async def book(self, booking: Booking, offer_owner: str) -> Confirmation | Declined:
        """See `Calendar`."""
        if self._was_taken(booking.start, booking.staff_id):
            return Declined("slot_taken")
        return await super().book(booking, offer_owner)

    def _was_taken(self, start: Instant, staff_id: str | None) -> bool:
        return start in self._taken and (staff_id is None or staff_id in self._staff)


def _slots(question: SlotQuestion, starts: frozenset[Instant]) -> Iterator[Slot]:
    """These starts as the provider would list them: its own hours, which no business file knows."""
    asked = tuple(sorted(start for start in starts if question.start <= start < question.end))
    for target in targets(question):
        yield from slots_of(question, target, None, asked, ())
