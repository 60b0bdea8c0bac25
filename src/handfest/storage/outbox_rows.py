"""Letters to customers in the database."""

from sqlalchemy import bindparam, select
from whenever import Instant

from handfest.model.letter import Letter, LetterState
from handfest.storage import schema
from handfest.storage.codec import encode
from handfest.storage.moments import millis
from handfest.storage.sql_rows import SqlRows

_ROW = schema.letter.c
LETTER = select(_ROW.body).where(_ROW.business_id == bindparam("business"), _ROW.id == bindparam("wanted"))
LETTERS_OF_BOOKING = (
    select(_ROW.body)
    .where(_ROW.business_id == bindparam("business"), _ROW.booking_id == bindparam("booking"))
    .order_by(_ROW.made_at, _ROW.id)
)
LETTERS = (
    select(_ROW.body)
    .where(_ROW.business_id == bindparam("business"))
    .order_by(_ROW.made_at.desc(), _ROW.id.desc())
    .limit(bindparam("most"))
)
DUE = (
    select(_ROW.body)
    .where(_ROW.state == bindparam("state"), _ROW.due_at <= bindparam("before"))
    .order_by(_ROW.due_at, _ROW.business_id, _ROW.id)
    .limit(bindparam("most"))
)


class OutboxRows(SqlRows):
    """See `OutboxStore`; methods are documented there."""

    def save_letter(self, letter: Letter) -> None:
        """See `OutboxStore`."""
        self._run(
            self._inserts.upsert_letter,
            business_id=letter.business_id,
            id=letter.id,
            booking_id=letter.booking_id,
            state=letter.state.value,
            made_at=millis(letter.made_at),
            due_at=millis(letter.due_at),
            body=encode(letter),
        )

    def letter(self, business_id: str, letter_id: str) -> Letter | None:
        """See `OutboxStore`."""
        return self._one(Letter, LETTER, business=business_id, wanted=letter_id)

    def letters_of_booking(self, business_id: str, booking_id: str) -> tuple[Letter, ...]:
        """See `OutboxStore`."""
        return self._all(Letter, LETTERS_OF_BOOKING, business=business_id, booking=booking_id)

    def letters(self, business_id: str, limit: int) -> tuple[Letter, ...]:
        """See `OutboxStore`."""
        return self._all(Letter, LETTERS, business=business_id, most=limit)

    def due_letters(self, now: Instant, limit: int) -> tuple[Letter, ...]:
        """See `OutboxStore`."""
        return self._all(Letter, DUE, state=LetterState.WAITING.value, before=millis(now), most=limit)

    def take_letter(self, letter: Letter, now: Instant, until: Instant) -> Letter | None:
        """See `OutboxStore`."""
        self._lock(letter.business_id, f"letter:{letter.id}")
        current = self.letter(letter.business_id, letter.id)
        if current is None or current.state is not LetterState.WAITING or current.due_at > now:
            return None
        taken = current.taken(until)
        self.save_letter(taken)
        return taken
