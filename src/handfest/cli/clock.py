"""The clock that `--now` asks for."""

from whenever import Instant

from handfest.errors import ConfigurationError
from handfest.machine import SystemClock
from handfest.ports import Clock
from handfest.testing.clock import ShiftedClock


def clock_from(now: str | None) -> Clock:
    """The machine's clock, or (for tests) one that starts at an ISO moment with offset and runs on."""
    if now is None:
        return SystemClock()
    try:
        return ShiftedClock(Instant.parse_iso(now))
    except ValueError as error:
        raise ConfigurationError(
            f"--now needs an ISO moment with its offset, such as 2025-10-21T10:00:00+02:00, not {now!r}"
        ) from error
