"""The clock for tests: it stands still until it is moved."""

from whenever import Instant, TimeDelta


class FixedClock:
    """Stands still; `advance` moves it. Milliseconds follow the same hand."""

    def __init__(self, at: Instant) -> None:
        self._at = at

    def now(self) -> Instant:
        """See `Clock`."""
        return self._at

    def elapsed_ms(self) -> float:
        """See `Clock`."""
        return float(self._at.timestamp(unit="millisecond"))

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        self._at = self._at + TimeDelta(seconds=seconds)
