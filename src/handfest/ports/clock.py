"""Time and ids come in from outside, so that the same call plays the same way again."""

from typing import Protocol

from whenever import Instant


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> Instant:
        """The present moment."""

    def elapsed_ms(self) -> float:
        """Milliseconds of a monotonic clock; only differences mean anything."""


class IdSource(Protocol):
    """The only source of new ids."""

    def new(self, prefix: str) -> str:
        """A new id that was never given before, beginning with `prefix_`."""
