"""Who is told of what happened."""

from typing import Protocol

from handfest.model.turn import TurnRecord


class Notifier(Protocol):
    """Tells an operator of what must not happen."""

    def alarm(self, code: str, facts: dict[str, object]) -> None:
        """Raise an alarm; never blocks, never raises."""


class TraceSink(Protocol):
    """Sees each served turn after it is durable: logs, metrics, live pages."""

    def turn(self, record: TurnRecord) -> None:
        """Called once per served turn."""
