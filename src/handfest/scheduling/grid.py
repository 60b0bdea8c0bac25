"""The clock grid of rule R17: free ranges snapped up to the wall clock."""

from collections.abc import Sequence

from handfest.scheduling.timetable import Range
from handfest.scheduling.wall_clock import local_time

_INTERVALS = (60, 30, 20, 15, 10, 5, 1)


def clock_starts(free: Sequence[Range], step: int, zone: str) -> set[int]:
    """The starts of the clock grid in `free`, ranges of allowed starts sorted by their begin.

    Each range begins at its first wall-clock multiple (in `zone`) of the largest interval that divides the
    step, and goes on in steps. Where an earlier range, of whomever, has put a start less than a step before,
    the later range keeps the phase of the earlier and goes on a step after it.
    """
    interval = next(interval for interval in _INTERVALS if step % interval == 0)
    starts: set[int] = set()
    for low, high in free:
        start = _snapped(low, interval, zone)
        earlier = next((known for known in range(start - 1, start - step, -1) if known in starts), None)
        if earlier is not None:
            start = earlier + step
        starts.update(range(start, high, step))
    return starts


def _snapped(moment: int, interval: int, zone: str) -> int:
    minute = local_time(zone, moment).minute
    return moment + -minute % interval
