"""Finding and writing over personal data in the database."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, select

from handfest.model.call import Call
from handfest.model.turn import TurnRecord
from handfest.storage import schema
from handfest.storage.codec import encode
from handfest.storage.moments import millis
from handfest.storage.sql_rows import SqlRows

_CALL = schema.call.c
# A number stands in the body only; that it is the caller's is asked of the values found.
CALLS_WITH = (
    select(_CALL.body)
    .where(_CALL.business_id == bindparam("business"), _CALL.body.like(bindparam("somewhere")))
    .order_by(_CALL.started_at.desc(), _CALL.id.desc())
)
DROP_TURNS = delete(schema.turn).where(
    schema.turn.c.business_id == bindparam("business"), schema.turn.c.call_id == bindparam("call")
)
DROP_TRANSCRIPT = delete(schema.transcript).where(
    schema.transcript.c.business_id == bindparam("business"),
    schema.transcript.c.call_id == bindparam("call"),
)


class ErasureRows(SqlRows):
    """See `ErasureStore`; methods are documented there."""

    def calls_from(self, business_id: str, number: str) -> tuple[Call, ...]:
        """See `ErasureStore`."""
        found = self._all(Call, CALLS_WITH, business=business_id, somewhere=f"%{number}%")
        return tuple(call for call in found if call.caller_number == number)

    def replace_turns(self, business_id: str, call_id: str, turns: Sequence[TurnRecord]) -> None:
        """See `ErasureStore`."""
        self._run(DROP_TURNS, business=business_id, call=call_id)
        for turn in turns:
            self._run(
                self._inserts.add_turn,
                business_id=business_id,
                call_id=call_id,
                number=turn.number,
                key=turn.key,
                at=millis(turn.at),
                code=turn.code,
                body=encode(turn),
            )

    def drop_transcript(self, business_id: str, call_id: str) -> bool:
        """See `ErasureStore`."""
        return self._run(DROP_TRANSCRIPT, business=business_id, call=call_id) > 0
