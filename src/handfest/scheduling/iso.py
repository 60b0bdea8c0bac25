"""Starts as ISO 8601 text in a zone, thousands at a time."""

from collections.abc import Iterable
from functools import lru_cache

from handfest.scheduling.wall_clock import DAY, local_time, midnight


def iso_starts(starts: Iterable[int], zone: str) -> list[str]:
    """Each start (epoch minutes) as local ISO time with its offset, as `datetime.isoformat` writes it.

    Days without a clock change share one offset, so their texts are put together from two parts.
    """
    texts: list[str] = []
    begin, end, head = 0, 0, ""
    tails: tuple[str, ...] = ()
    for start in starts:
        if not begin <= start < end:
            local = local_time(zone, start)
            day = local.toordinal()
            begin = midnight(zone, day)
            end = begin + DAY
            if midnight(zone, day + 1) != end or not begin <= start < end:
                end = begin
                texts.append(local.isoformat())
                continue
            stamp = local.isoformat()
            head, tails = stamp[:10], _tails(stamp[19:])
        texts.append(head + tails[start - begin])
    return texts


@lru_cache(maxsize=64)
def _tails(offset: str) -> tuple[str, ...]:
    return tuple(f"T{minute // 60:02}:{minute % 60:02}:00{offset}" for minute in range(DAY))
