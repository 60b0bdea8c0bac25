"""One structured log line per turn: static text, data in fields, personal data never (law 11)."""

from typing import Any

import structlog

from handfest.model.turn import TurnRecord

_FACTS = ("service_id", "binding", "offer", "booking", "start")


class TurnLog:
    """A `TraceSink` that writes the log."""

    def __init__(self) -> None:
        self._log = structlog.get_logger("handfest.turn")

    def turn(self, record: TurnRecord) -> None:
        """See `TraceSink`."""
        facts: dict[str, Any] = {}
        for step in record.steps:
            facts.update({name: step.facts[name] for name in _FACTS if name in step.facts})
        self._log.info(
            "turn served",
            business=record.business_id,
            call=record.call_id,
            turn=record.number,
            tool=record.tool,
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
