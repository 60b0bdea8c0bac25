"""One structured log line per turn: static text, data in fields, personal data never (law 11).

Personal data may stand in a log call only as `Personal(...)`; the processor `drop_personal` takes those fields out
and blanks what looks like a phone number or an e-mail address in every text that is not an id of ours.
"""

from dataclasses import dataclass
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from handfest.desk.tools import TOOLS
from handfest.model.turn import TurnRecord
from handfest.trace.redact import OURS, PERSONAL, blank_numbers

_IDS = frozenset(
    {
        "business",
        "call",
        "booking",
        "offer",
        "uid",
        "service_id",
        "start",
        "timestamp",
        "level",
        "code",
        "path",
    }
)


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks a value as personal data. It has no text of its own, so that it cannot slip into another one."""

    value: object

    def __repr__(self) -> str:
        return "[personal]"


def drop_personal(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: what is marked or named as personal is dropped, the rest blanked."""
    return {
        name: value if name in _IDS else _blank(value)
        for name, value in event.items()
        if not isinstance(value, Personal) and name not in PERSONAL
    }


def _blank(value: Any) -> Any:
    match value:
        case str():
            return blank_numbers(value)
        case dict():
            return {
                name: _blank(one)
                for name, one in value.items()
                if name not in PERSONAL and not isinstance(one, Personal)
            }
        case list() | tuple():
            return [_blank(one) for one in value if not isinstance(one, Personal)]
        case _:
            return value


class TurnLog:
    """A `TraceSink` that writes the log."""

    def __init__(self) -> None:
        self._log = structlog.get_logger("handfest.turn")

    def turn(self, record: TurnRecord) -> None:
        """See `TraceSink`. Only facts of ours are written, nothing that a caller or a model has worded."""
        facts: dict[str, Any] = {}
        for step in record.steps:
            facts.update({name: step.facts[name] for name in OURS if name in step.facts})
        self._log.info(
            "turn served",
            business=record.business_id,
            call=record.call_id,
            turn=record.number,
            tool=record.tool if record.tool in TOOLS else "unknown",
            code=record.code,
            took_ms=record.took_ms,
            **facts,
        )


class AlarmLog:
    """A `Notifier` that writes the log."""

    def __init__(self) -> None:
        self._log = structlog.get_logger("handfest.alarm")

    def alarm(self, code: str, facts: dict[str, object]) -> None:
        """See `Notifier`."""
        self._log.error("alarm", code=code, **facts)
