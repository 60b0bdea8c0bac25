"""What only the erasing of personal data asks of the store: finding a caller, and writing over what was kept."""

from collections.abc import Sequence
from typing import Protocol

from handfest.model.call import Call
from handfest.model.turn import TurnRecord


class ErasureStore(Protocol):
    """Reads and writes of `handfest erase`. Every one names its business."""

    def calls_from(self, business_id: str, number: str) -> tuple[Call, ...]:
        """All calls from this number (E.164), the newest first. Reads every call: for rare requests only."""

    def replace_turns(self, business_id: str, call_id: str, turns: Sequence[TurnRecord]) -> None:
        """Keep these turns of a call instead of those kept until now."""

    def drop_transcript(self, business_id: str, call_id: str) -> bool:
        """Forget the words of a call; False if none were kept."""
