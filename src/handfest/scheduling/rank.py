"""Ranking of free slots by how near they come to what was wished."""

from collections.abc import Sequence
from datetime import date, datetime
from heapq import nsmallest
from zoneinfo import ZoneInfo

from whenever import Instant

from handfest.model.slot import Slot
from handfest.model.wish import TimeWindow

Key = tuple[int, ...]


def rank(
    slots: Sequence[Slot],
    *,
    wished_day: date | None = None,
    wished_minute: int | None = None,
    window: TimeWindow | None = None,
    zone: ZoneInfo,
    limit: int,
    exclude: Instant | None = None,
) -> tuple[Slot, ...]:
    """At most `limit` slots with distinct starts, the nearest to the wish first.

    The wished day comes first, then the days after it, then those before; without a wished day what lies
    inside the window comes first, then the soonest day. Within a day: inside the window before outside it,
    then by distance from the wished minute (of the local day, in `zone`), the earlier one on a tie. Of slots
    with the same start the first given stays. `exclude` is the asked start, which is no alternative to
    itself.
    """
    distinct: dict[Instant, Slot] = {}
    for slot in slots:
        if slot.start != exclude:
            distinct.setdefault(slot.start, slot)

    def key(slot: Slot) -> Key:
        local = datetime.fromtimestamp(slot.start.timestamp(), zone)
        minute = local.hour * 60 + local.minute
        away = _away(minute, window)
        near = abs(minute - wished_minute) if wished_minute is not None else away
        within = (int(away > 0), near, slot.start.timestamp())
        if wished_day is None:
            return (within[0], local.toordinal(), *within[1:])
        days = local.toordinal() - wished_day.toordinal()
        return (int(days != 0) + int(days < 0), abs(days), *within)

    return tuple(nsmallest(limit, distinct.values(), key=key))


def _away(minute: int, window: TimeWindow | None) -> int:
    """How many minutes a start lies outside the window; 0 inside."""
    if window is None:
        return 0
    return max(0, window.start - minute, minute - window.end + 1)
