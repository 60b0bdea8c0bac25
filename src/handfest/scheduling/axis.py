"""The axis on which one request is answered: where bit 0 lies and how many minutes a bit is."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import gcd

from handfest.model.catalogue import Grid
from handfest.scheduling.bits import gather, ones
from handfest.scheduling.request import Demand
from handfest.scheduling.timetable import Openings, Range


@dataclass(frozen=True, slots=True)
class Axis:
    """`size` bits from minute `base`, each `quantum` minutes long."""

    base: int
    quantum: int
    size: int

    def bit(self, minute: int) -> int:
        """The first bit that begins at `minute` or later, not below 0."""
        return max(0, -((self.base - minute) // self.quantum))

    def within(self, start: int, end: int) -> int:
        """The bits that begin in [start, end)."""
        low, high = self.bit(start), min(self.bit(end), self.size)
        return ones(high - low) << low if high > low else 0

    def touched(self, ranges: tuple[Range, ...]) -> int:
        """The bits that share a minute with one of `ranges`."""
        return _touched(self, ranges)

    def touched_seconds(self, ranges: tuple[Range, ...], raster: int) -> int:
        """The bits that share a minute with ranges in epoch seconds, rounded outward to `raster` minutes;
        empty and inverted ones count not (R8)."""
        return _touched_seconds(self, ranges, raster)


@lru_cache(maxsize=1024)
def _touched(axis: Axis, ranges: tuple[Range, ...]) -> int:
    return _bits_of(axis, ranges)


def _bits_of(axis: Axis, ranges: Iterable[Range]) -> int:
    base, quantum, size = axis.base, axis.quantum, axis.size
    pieces = []
    for start, end in ranges:
        low, high = (start - base) // quantum, -((base - end) // quantum)
        low, high = low if low > 0 else 0, high if high < size else size
        if low < high:
            pieces.append((low, (1 << high - low) - 1))
    return gather(pieces)


@lru_cache(maxsize=1024)
def _touched_seconds(axis: Axis, ranges: tuple[Range, ...], raster: int) -> int:
    width = raster * 60
    rounded = [(start // width * raster, -(-end // width) * raster) for start, end in ranges if start < end]
    return _bits_of(axis, rounded)


def axis_for(demand: Demand, openings: Iterable[Openings]) -> Axis | None:
    """The coarsest axis on which every opening, start and length of the request falls on full bits.

    What is taken may be rounded outward to such an axis without changing an answer. Where starts follow
    the free ranges (grids `free` and `clock`) they may fall on any minute. None: nothing is open.
    """
    frames = [_frame(one) for one in openings if one.ranges]
    if not frames:
        return None
    low, high = min(frame[0] for frame in frames), max(frame[1] for frame in frames)
    quantum = 1
    if demand.grid is Grid.OPENING:
        lengths = [demand.duration, demand.step, *(edge for span in demand.occupied for edge in span)]
        frame_edges = [edge for begin, _, common in frames for edge in (begin - low, common)]
        quantum = gcd(*frame_edges, *lengths)
    margin = -(-max(demand.before, demand.after, 0) // quantum) + 1
    base = low - margin * quantum
    return Axis(base, quantum, (high - base) // quantum + margin)


@lru_cache(maxsize=1024)
def _frame(openings: Openings) -> tuple[int, int, int]:
    """First and last edge, and what divides the way from the first edge to every other."""
    edges = openings.edges
    low = min(edges)
    return low, max(edges), gcd(*(edge - low for edge in edges))
