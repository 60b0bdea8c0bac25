"""Starts as ISO 8601 text in a zone, thousands at a time."""

from bisect import bisect_left
from collections.abc import Sequence

from handfest.scheduling.wall_clock import DAY, local_time, midnight

_CLOCKS = tuple([f"T{minute // 60:02}:{minute % 60:02}:00" for minute in range(DAY)])


def iso_starts(starts: Sequence[int], zone: str) -> list[str]:
    """Each start (epoch minutes, ascending) as local ISO time with its offset, as `datetime.isoformat` writes it.

    Days without a clock change share one offset, so their texts are put together from parts.
    """
    texts: list[str] = []
    place = 0
    while place < len(starts):
        local = local_time(zone, starts[place])
        begin = midnight(zone, local.toordinal())
        following = midnight(zone, local.toordinal() + 1)
        beyond = bisect_left(starts, following, place + 1)
        stamp = local.isoformat()
        if following - begin == DAY and begin <= starts[place]:
            head, offset = stamp[:10], stamp[19:]
            texts += [head + _CLOCKS[start - begin] + offset for start in starts[place:beyond]]
        else:
            texts += [local_time(zone, start).isoformat() for start in starts[place:beyond]]
        place = beyond
    return texts
