"""Those who watch hear of a turn once its answer is on the way: nobody on the phone waits for a line of a log."""

import asyncio
from collections import deque

from handfest.model.turn import TurnRecord
from handfest.ports import TraceSink

LATER_SECONDS = 0.001
"""An answer leaves within the few rounds of the event loop that follow the end of its turn."""


class Afterwards:
    """A `TraceSink` that passes turns on soon after, in their order. The turns themselves are durable already."""

    def __init__(self, sink: TraceSink) -> None:
        self._sink = sink
        self._turns: deque[TurnRecord] = deque()

    def turn(self, record: TurnRecord) -> None:
        """See `TraceSink`; to be called on the event loop that serves."""
        self._turns.append(record)
        asyncio.get_running_loop().call_later(LATER_SECONDS, self._tell_one)

    def tell(self) -> None:
        """Pass on what still waits; the end of the house does not wait for the clock."""
        while self._turns:
            self._tell_one()

    def _tell_one(self) -> None:
        if self._turns:
            self._sink.turn(self._turns.popleft())
