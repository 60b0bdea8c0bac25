"""Letters to customers until they have left, and after."""

from typing import Protocol

from whenever import Instant

from handfest.model.letter import Letter


class OutboxStore(Protocol):
    """The outbox. A letter is written in the same transaction as the outcome that it tells of."""

    def save_letter(self, letter: Letter) -> None:
        """Keep the letter as it is now."""

    def letter(self, business_id: str, letter_id: str) -> Letter | None:
        """This letter, if it is this business's."""

    def letters_of_booking(self, business_id: str, booking_id: str) -> tuple[Letter, ...]:
        """Every letter about a booking, oldest first."""

    def letters(self, business_id: str, limit: int) -> tuple[Letter, ...]:
        """The newest letters of the business."""

    def due_letters(self, now: Instant, limit: int) -> tuple[Letter, ...]:
        """Letters of all businesses that wait and are due, oldest first."""

    def take_letter(self, letter: Letter, now: Instant, until: Instant) -> Letter | None:
        """Take a due letter until this moment; None if another worker has it or it has left."""
