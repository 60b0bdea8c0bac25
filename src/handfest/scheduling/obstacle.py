"""What is taken, turned into the starts it is in the way of."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from handfest.scheduling.axis import Axis
from handfest.scheduling.bits import ahead_any, all_but, shifted
from handfest.scheduling.request import Demand, Request, Taken
from handfest.scheduling.timetable import Range

_CLAIMED = frozenset({"booking", "hold"})


@dataclass(frozen=True, slots=True)
class InWay:
    """The starts at which one member is blocked; those blocked by begun appointments with seats left; and
    the starts at which such an appointment can be joined."""

    blocked: int = 0
    begun: int = 0
    joinable: int = 0


_CLEAR = InWay()


@dataclass(frozen=True, slots=True)
class Obstacles:
    """The starts blocked per member, and for everybody by resources beside staff: `shared` for good,
    `begun_shared` also by begun appointments that can still be joined. `begun`: there are such."""

    members: tuple[InWay, ...]
    shared: int
    begun_shared: int
    begun: bool


def minutes(rows: Iterable[Taken], claim: int) -> list[Range]:
    """The minutes taken, rounded outward; own bookings and holds to the raster of the store's claims.

    A candidate need not be rounded as well: it meets a full raster's bucket exactly when its own bucket is
    that one.
    """
    raster = claim * 60
    return [
        (row.start // raster * claim, -(-row.end // raster) * claim)
        if row.kind in _CLAIMED
        else (row.start // 60, -(-row.end // 60))
        for row in rows
    ]


def obstacles(request: Request, axis: Axis) -> Obstacles:
    """Sort what is taken by resource and turn it into blocked starts. Empty and inverted rows count not
    (R8)."""
    if request.demand.capacity == 1 and not request.demand.needs:
        return _plain(request, axis)
    demand = request.demand
    rows: defaultdict[str, list[Taken]] = defaultdict(list)
    for taken in request.taken:
        if taken.start < taken.end:
            rows[taken.resource_id].append(taken)
    groups = [joinable_starts(demand, rows.get(member.id, ())) for member in request.members]
    begun: set[int] = set().union(*groups)
    members = tuple(
        _in_way(request, axis, rows.get(member.id, ()), group)
        for member, group in zip(request.members, groups, strict=True)
    )
    shared = _short(request, axis, rows, begun)
    begun_shared = _short(request, axis, rows, set()) if begun else shared
    return Obstacles(members, shared, begun_shared, bool(begun))


def _plain(request: Request, axis: Axis) -> Obstacles:
    """One guest an appointment, and staff is all it needs: nothing to join, no seat to tell from another."""
    stretches = request.demand.occupied
    busy: defaultdict[str, list[Range]] = defaultdict(list)
    claimed: defaultdict[str, list[Range]] = defaultdict(list)
    for row in request.taken:
        (claimed if row.kind in _CLAIMED else busy)[row.resource_id].append((row.start, row.end))
    members = []
    for member in request.members:
        touched = 0
        if member.id in busy:
            touched |= axis.touched_seconds(tuple(busy[member.id]), 1)
        if member.id in claimed:
            touched |= axis.touched_seconds(tuple(claimed[member.id]), request.claim)
        members.append(InWay(_meeting(axis, touched, stretches)) if touched else _CLEAR)
    return Obstacles(tuple(members), 0, 0, begun=False)


def joinable_starts(demand: Demand, rows: Iterable[Taken]) -> set[int]:
    """The starts (epoch seconds) of appointments of this service with enough seats left (R16)."""
    if demand.capacity == 1:
        return set()
    filled = {(start, row.seat): row.seats for row in rows if (start := _group(demand, row)) is not None}
    seats: Counter[int] = Counter()
    for (start, _), count in filled.items():
        seats[start] += count
    return {start for start, count in seats.items() if count + demand.seats <= demand.capacity}


def _group(demand: Demand, row: Taken) -> int | None:
    """The start of the appointment of the demanded service that `row` belongs to, if it does."""
    return row.group_start if row.service_id == demand.service_id else None


def _in_way(request: Request, axis: Axis, rows: Sequence[Taken], groups: set[int]) -> InWay:
    stretches = request.demand.occupied
    if not groups:
        return InWay(_blocked(request, axis, rows, stretches))
    lasting: list[Taken] = []
    begun: defaultdict[int, list[Taken]] = defaultdict(list)
    for row in rows:
        group = _group(request.demand, row)
        (begun[group] if group is not None and group in groups else lasting).append(row)
    masks = {group: _blocked(request, axis, own, stretches) for group, own in begun.items()}
    joinable = 0
    for group in masks:
        point = axis.within(-(-group // 60), group // 60 + 1)
        if not any(mask & point for other, mask in masks.items() if other != group):
            joinable |= point
    return InWay(_blocked(request, axis, lasting, stretches), reduce(or_, masks.values()), joinable)


def _blocked(request: Request, axis: Axis, rows: Sequence[Taken], stretches: Sequence[Range]) -> int:
    """The starts whose `stretches` meet one of `rows`."""
    touched = axis.touched(tuple(minutes(rows, request.claim))) if rows else 0
    return _meeting(axis, touched, stretches) if touched else 0


def _meeting(axis: Axis, touched: int, stretches: Sequence[Range]) -> int:
    """The starts whose `stretches` meet one of the bits `touched`."""
    blocked = 0
    for start, end in stretches:
        met = ahead_any(shifted(touched, (end - start) // axis.quantum), (end - start) // axis.quantum)
        blocked |= shifted(met, -end // axis.quantum)
    return blocked


def _short(request: Request, axis: Axis, rows: dict[str, list[Taken]], begun: set[int]) -> int:
    """The starts at which a needed resource is not free often enough, apart from `begun` appointments."""
    demand = request.demand
    short = 0
    wanted = Counter(need.resource_id for need in demand.needs)
    for need in set(demand.needs):
        seats: dict[int, list[Taken]] = {seat: [] for seat in range(need.count)}
        for row in rows.get(need.resource_id, ()):
            if seats and _group(demand, row) not in begun:
                seats[row.seat % need.count].append(row)
        masks = [_blocked(request, axis, taken, [demand.whole]) for taken in seats.values()]
        short |= all_but(masks, wanted[need.resource_id])
    return short
