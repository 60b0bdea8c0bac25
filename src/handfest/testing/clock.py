"""Clocks for tests: one that stands still until it is moved, and one that starts elsewhere and runs on."""

import time

from whenever import Instant, TimeDelta

HURRIED_MS = 1000


def patient(due_ms: int) -> float:
    """Seconds to wait for an answer that is due in so many milliseconds, where time stands still: only a business
    that is in a hurry runs into its deadline, never one whose test met a busy machine."""
    return due_ms / 1000 if due_ms < HURRIED_MS else 60.0


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


class ShiftedClock:
    """Starts at a given moment and runs on from there."""

    def __init__(self, start: Instant) -> None:
        self._start = start
        self._began = time.monotonic()

    def now(self) -> Instant:
        """See `Clock`."""
        return self._start + TimeDelta(seconds=time.monotonic() - self._began)

    def elapsed_ms(self) -> float:
        """See `Clock`."""
        return time.monotonic() * 1000

    def jump_to(self, moment: Instant) -> None:
        """Run on from this moment."""
        self._start = moment
        self._began = time.monotonic()
