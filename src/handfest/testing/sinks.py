"""Sinks for tests: they keep what they are told."""

from dataclasses import dataclass, field

from handfest.model.turn import TurnRecord


@dataclass
class KeptTurns:
    """A `TraceSink` that keeps every turn."""

    turns: list[TurnRecord] = field(default_factory=list)

    def turn(self, record: TurnRecord) -> None:
        """See `TraceSink`."""
        self.turns.append(record)


@dataclass
class KeptAlarms:
    """A `Notifier` that keeps every alarm."""

    alarms: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def alarm(self, code: str, facts: dict[str, object]) -> None:
        """See `Notifier`."""
        self.alarms.append((code, facts))
