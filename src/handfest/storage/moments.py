"""Moments as the tables keep them: milliseconds since the epoch."""

from typing import overload

from whenever import Instant


@overload
def millis(at: Instant) -> int: ...
@overload
def millis(at: None) -> None: ...
@overload
def millis(at: Instant | None) -> int | None: ...
def millis(at: Instant | None) -> int | None:
    """Epoch milliseconds; None stays None."""
    return None if at is None else at.timestamp(unit="millisecond")


def instant(at: int) -> Instant:
    """The moment of epoch milliseconds."""
    return Instant.from_timestamp(at, unit="millisecond")
