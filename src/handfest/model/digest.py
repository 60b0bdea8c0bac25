"""The Digest of a call: what it can be found by and what it counts for, drawn anew whenever it has changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from whenever import Instant

LATENCY_BOUNDS_MS = (250, 500, 1000, 2200)
"""Answers are counted up to each of these, and beyond the last."""


@dataclass(frozen=True, slots=True)
class Digest:
    """One call, short. `day` is the local date it began on (ISO).

    `booked` counts it as a call that got what it wanted, `kept` and `broken` are its promises: bookings that
    the calendar confirmed as offered, or as something else. `latency` are numbers of answers by
    `LATENCY_BOUNDS_MS`. `marks` are unique; see `CallFilter`.
    """

    business_id: str
    call_id: str
    started_at: Instant
    day: str
    booked: bool
    kept: int
    broken: int
    latency: tuple[int, ...]
    marks: tuple[str, ...]
    test: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """Digests added up, over a day or a business. `latency` as in `Digest`."""

    key: str
    calls: int
    booked: int
    kept: int
    broken: int
    latency: tuple[int, ...]

    @property
    def booked_rate(self) -> float | None:
        """The share of calls that got what they wanted; None without calls."""
        return self.booked / self.calls if self.calls else None

    @property
    def kept_rate(self) -> float | None:
        """The share of promises that were kept; None where nothing was promised."""
        promised = self.kept + self.broken
        return self.kept / promised if promised else None


def latency_counts(took_ms: Sequence[float]) -> tuple[int, ...]:
    """How many answers took up to each bound, and how many longer than the last."""
    counts = [0] * (len(LATENCY_BOUNDS_MS) + 1)
    for took in took_ms:
        counts[sum(took > bound for bound in LATENCY_BOUNDS_MS)] += 1
    return tuple(counts)
