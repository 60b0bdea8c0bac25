"""Finding and writing over personal data in memory."""

from collections.abc import Sequence

from handfest.model.call import Call
from handfest.model.turn import TurnRecord
from handfest.storage.memory_rows import MemoryRows


class MemoryErasure(MemoryRows):
    """See `ErasureStore`; methods are documented there."""

    def calls_from(self, business_id: str, number: str) -> tuple[Call, ...]:
        """See `ErasureStore`."""
        found = [
            call
            for call in self._rows.calls.values()
            if call.business_id == business_id and call.caller_number == number
        ]
        return tuple(sorted(found, key=lambda call: (call.started_at, call.id), reverse=True))

    def replace_turns(self, business_id: str, call_id: str, turns: Sequence[TurnRecord]) -> None:
        """See `ErasureStore`."""
        self._rows.turns[business_id, call_id] = tuple(turns)

    def drop_transcript(self, business_id: str, call_id: str) -> bool:
        """See `ErasureStore`."""
        return self._rows.transcripts.pop((business_id, call_id), None) is not None
