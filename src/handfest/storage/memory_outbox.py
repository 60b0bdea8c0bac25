"""Letters to customers in memory."""

from whenever import Instant

from handfest.model.letter import Letter, LetterState
from handfest.storage.memory_rows import MemoryRows


class MemoryOutbox(MemoryRows):
    """See `OutboxStore`; methods are documented there."""

    def save_letter(self, letter: Letter) -> None:
        """See `OutboxStore`."""
        self._rows.letters[letter.business_id, letter.id] = letter

    def letter(self, business_id: str, letter_id: str) -> Letter | None:
        """See `OutboxStore`."""
        return self._rows.letters.get((business_id, letter_id))

    def letters_of_booking(self, business_id: str, booking_id: str) -> tuple[Letter, ...]:
        """See `OutboxStore`."""
        return tuple(one for one in reversed(self._newest(business_id)) if one.booking_id == booking_id)

    def letters(self, business_id: str, limit: int) -> tuple[Letter, ...]:
        """See `OutboxStore`."""
        return tuple(self._newest(business_id)[:limit])

    def due_letters(self, now: Instant, limit: int) -> tuple[Letter, ...]:
        """See `OutboxStore`."""
        due = [
            one
            for one in self._rows.letters.values()
            if one.state is LetterState.WAITING and one.due_at <= now
        ]
        return tuple(sorted(due, key=lambda one: (one.due_at, one.business_id, one.id))[:limit])

    def take_letter(self, letter: Letter, now: Instant, until: Instant) -> Letter | None:
        """See `OutboxStore`."""
        current = self.letter(letter.business_id, letter.id)
        if current is None or current.state is not LetterState.WAITING or current.due_at > now:
            return None
        taken = current.taken(until)
        self.save_letter(taken)
        return taken

    def _newest(self, business_id: str) -> list[Letter]:
        rows = [one for one in self._rows.letters.values() if one.business_id == business_id]
        return sorted(rows, key=lambda one: (one.made_at, one.id), reverse=True)
