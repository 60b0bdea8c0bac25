"""A calendar in memory that answers as the record says: it fails where it failed, and what was taken is taken."""

from whenever import Instant

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
    """

    def __init__(self, staff: frozenset[str]) -> None:
        super().__init__()
        self._staff = staff
        self._taken: frozenset[Instant] = frozenset()

    def answer_as(self, asked: Request) -> None:
        """From here on answer as this request was answered."""
        self._taken, self.faults = asked.taken, Faults()
        for failure in asked.failures:
            fault = _FAULTS.get(failure.code)
            if fault is not None:
                getattr(self.faults, failure.place).append(fault("as recorded"))

    async def free_slots(self, question: SlotQuestion) -> tuple[Slot, ...]:
        """See `Calendar`."""
        free = await super().free_slots(question)
        return tuple(slot for slot in free if not self._was_taken(slot.start, slot.staff_id))

    async def book(self, booking: Booking, offer_owner: str) -> Confirmation | Declined:
        """See `Calendar`."""
        if self._was_taken(booking.start, booking.staff_id):
            return Declined("slot_taken")
        return await super().book(booking, offer_owner)

    def _was_taken(self, start: Instant, staff_id: str | None) -> bool:
        return start in self._taken and (staff_id is None or staff_id in self._staff)
