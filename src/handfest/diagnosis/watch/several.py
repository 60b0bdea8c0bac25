"""One turn, one alarm, several that want to know."""

from dataclasses import dataclass

from handfest.model.turn import TurnRecord
from handfest.ports import Notifier, TraceSink


@dataclass(frozen=True, slots=True)
class SeveralSinks:
    """A `TraceSink` that passes every turn on to several, in order."""

    sinks: tuple[TraceSink, ...]

    def turn(self, record: TurnRecord) -> None:
        """See `TraceSink`."""
        for sink in self.sinks:
            sink.turn(record)


@dataclass(frozen=True, slots=True)
class SeveralNotifiers:
    """A `Notifier` that passes every alarm on to several, in order."""

    notifiers: tuple[Notifier, ...]

    def alarm(self, code: str, facts: dict[str, object]) -> None:
        """See `Notifier`."""
        for notifier in self.notifiers:
            notifier.alarm(code, facts)
