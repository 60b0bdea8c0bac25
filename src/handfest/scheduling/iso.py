"""Starts as ISO 8601 text in a zone, thousands at a time."""

from collections.abc import Iterable

from handfest.scheduling.wall_clock import DAY, local_time, midnight

_CLOCKS = tuple(f"T{minute // 60:02}:{minute % 60:02}:00" for minute in range(DAY))


def iso_starts(starts: Iterable[int], zone: str) -> list[str]:
    """Each start (epoch minutes) as local ISO time with its offset, as `datetime.isoformat` writes it.

    Days without a clock change share one offset, so their texts are put together from parts.
    """
    texts: list[str] = []
    begin, end, head, offset = 0, 0, "", ""
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
            head, offset = stamp[:10], stamp[19:]
        texts.append(f"{head}{_CLOCKS[start - begin]}{offset}")
    return texts
