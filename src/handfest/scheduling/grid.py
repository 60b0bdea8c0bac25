"""The clock grid of rule R17: free ranges snapped up to the wall clock."""

from bisect import bisect_left, insort
from collections.abc import Sequence

from handfest.scheduling.timetable import Range
from handfest.scheduling.wall_clock import local_time

_INTERVALS = (60, 30, 20, 15, 10, 5, 1)


def clock_starts(free: Sequence[Range], step: int, zone: str) -> list[int]:
    """The starts of the clock grid in `free`, ranges of allowed starts sorted by their begin.

    Each range begins at its first wall-clock multiple (in `zone`) of the largest interval that divides the
    step, and goes on in steps. Where an earlier range, of whomever, has put a start less than a step before,
    the later range keeps the phase of the earlier.
    """
    interval = next(interval for interval in _INTERVALS if step % interval == 0)
    starts: list[int] = []
    for low, high in free:
        start = _snapped(low, interval, zone)
        place = bisect_left(starts, start)
        if place and starts[place - 1] + step > start:
            before = starts[place - 1]
            start = before if before >= low else before + step
        for moment in range(start, high, step):
            place = bisect_left(starts, moment)
            if place == len(starts) or starts[place] != moment:
                insort(starts, moment)
    return starts


def _snapped(moment: int, interval: int, zone: str) -> int:
    minute = local_time(zone, moment).minute
    return moment + -minute % interval
