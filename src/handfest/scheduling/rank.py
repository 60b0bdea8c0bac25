"""Ranking of free slots by how near they come to what was wished."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from heapq import nsmallest
from zoneinfo import ZoneInfo

from whenever import Instant

from handfest.model.catalogue import Catalogue, Service
from handfest.model.slot import Slot
from handfest.model.wish import TimeWindow
from handfest.scheduling.available import available
from handfest.scheduling.from_catalogue import request_for
from handfest.scheduling.ledger import Ledger
from handfest.scheduling.request import Taken


@dataclass(frozen=True, slots=True)
class Nearness:
    """What was wished of day and time, by the wall clock of `zone`, as an order of starts."""

    zone: ZoneInfo
    wished_day: date | None = None
    wished_minute: int | None = None
    window: TimeWindow | None = None

    def of(self, start: int) -> tuple[int, ...]:
        """The sort key of a start in epoch seconds; less is nearer.

        The wished day comes first, then the days after it, then those before; without a wished day what
        lies inside the window comes first, then the soonest day. Within a day: inside the window before
        outside it, then by distance from the wished minute, else from the window; the earlier on a tie.
        """
        local = datetime.fromtimestamp(start, self.zone)
        minute = local.hour * 60 + local.minute
        away = self._away(minute)
        near = away if self.wished_minute is None else abs(minute - self.wished_minute)
        within = (int(away > 0), near, start)
        if self.wished_day is None:
            return (within[0], local.toordinal(), *within[1:])
        days = local.toordinal() - self.wished_day.toordinal()
        return (int(days != 0) + int(days < 0), abs(days), *within)

    def _away(self, minute: int) -> int:
        """How many minutes a start lies outside the window; 0 inside."""
        if self.window is None:
            return 0
        return max(0, self.window.start - minute, minute - self.window.end + 1)

    def best(self, starts: Iterable[int], limit: int) -> list[int]:
        """The nearest `limit` of `starts` in epoch seconds."""
        return nsmallest(limit, starts, key=self.of)


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
    """At most `limit` slots with distinct starts, the nearest to the wish first (`Nearness.of`).

    `wished_minute` is of the local day in `zone`. Of slots with the same start the first given stays.
    `exclude` is the asked start, which is no alternative to itself.
    """
    distinct: dict[int, Slot] = {}
    for slot in slots:
        if slot.start != exclude:
            distinct.setdefault(slot.start.timestamp(), slot)
    nearness = Nearness(zone, wished_day, wished_minute, window)
    return tuple(distinct[start] for start in nearness.best(distinct, limit))


def nearest_slots(
    catalogue: Catalogue,
    service: Service,
    *,
    taken: Sequence[Taken],
    now: Instant,
    start: Instant,
    end: Instant,
    nearness: Nearness,
    limit: int,
    exclude: Instant | None = None,
    staff_id: str | None = None,
    branch_id: str | None = None,
    limits: Sequence[Instant] = (),
) -> tuple[Slot, ...]:
    """What `rank` picks from `free_slots`, without making the slots that are not picked.

    For searches over weeks: the cost is that of the starts, whatever the number of staff.
    """
    request = request_for(
        catalogue,
        service,
        taken=taken,
        now=now,
        start=start,
        end=end,
        staff_id=staff_id,
        branch_id=branch_id,
        limits=limits,
    )
    found = available(request)
    if found is None:
        return ()
    asked = None if exclude is None else exclude.timestamp()
    best = nearness.best((60 * begin for begin in found.starts() if 60 * begin != asked), limit)
    ledger = Ledger(request)
    return tuple(ledger.slot(begin // 60, found.first_team(begin // 60).members[-1]) for begin in best)
