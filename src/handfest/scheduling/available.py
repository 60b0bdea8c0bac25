"""Which starts are available: the rules of the house as algebra over bits.

Every rule becomes the set of *starts* it allows. An appointment of a given shape fits at a start or not, so
a free range of time is a run of allowed starts, and the grids of rule R17 are anchored on such runs.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from handfest.model.catalogue import Grid
from handfest.scheduling.axis import Axis, axis_for
from handfest.scheduling.bits import ahead_all, comb, gather, runs, values
from handfest.scheduling.grid import clock_starts
from handfest.scheduling.identity_memo import IdentityMemo
from handfest.scheduling.obstacle import Obstacles, obstacles
from handfest.scheduling.request import Demand, Member, Request
from handfest.scheduling.timetable import Openings, Range, opened
from handfest.scheduling.wall_clock import DAY, local_day, midnight

_LOOK_BACK = 2
"""Days read before the query: what opened the night before still reaches into it (R3), and free ranges may
have begun before that. A range that has been open for longer is anchored where the reading begins."""


@dataclass(frozen=True, slots=True)
class Team:
    """Members who serve one appointment together (indices into the request), usually just one."""

    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Available:
    """The available starts of one request, as bits per team."""

    axis: Axis
    teams: tuple[Team, ...]
    masks: tuple[int, ...]

    def starts(self) -> list[int]:
        """Every start at which at least one team is available, in minutes since the epoch, ascending."""
        union = 0
        for mask in self.masks:
            union |= mask
        return values(union, self.axis.base, self.axis.quantum)

    def by_team(self) -> list[list[int]]:
        """The starts of each team. Teams with nothing in their way are often free at the same."""
        starts = {mask: values(mask, self.axis.base, self.axis.quantum) for mask in set(self.masks)}
        return [starts[mask] for mask in self.masks]

    def first_team(self, start: int) -> Team:
        """The first team that is available at `start`, which must be one of `starts`."""
        bit = 1 << (start - self.axis.base) // self.axis.quantum
        return next(team for team, mask in zip(self.teams, self.masks, strict=True) if mask & bit)


def teams_of(request: Request) -> tuple[Team, ...]:
    """Who could serve (R14): all at once; or any one, together with all fixed members."""
    everyone = tuple(range(len(request.members)))
    fixed = tuple(index for index in everyone if request.members[index].fixed)
    if request.together or len(fixed) == len(everyone):
        return (Team(everyone),) if everyone else ()
    return tuple(Team((*fixed, index)) for index in everyone if index not in fixed)


def available(request: Request) -> Available | None:
    """The available starts, or None where there can be none: nobody is open anywhere near the query, no
    appointment is allowed, or more seats are wished than an appointment has."""
    days = {zone: _days(request, zone) for zone in {member.timetable.zone for member in request.members}}
    frame = _FRAMES.of(
        (request.demand, request.members), _named(request, days), lambda: _frame(request, days)
    )
    if frame is None or request.limits.forbid or request.demand.seats > request.demand.capacity:
        return None
    axis, teams = frame.axis, frame.teams
    in_way = obstacles(request, axis)
    runs_of_teams = [_conjunction(team, frame.fits, in_way) for team in teams]
    grids = frame.grids or _grids_of_runs(request, axis, runs_of_teams)
    bounds = _bounds(request, axis)
    masks = tuple(
        _seated(team, grid & bounds, free, in_way)
        for team, grid, free in zip(teams, grids, runs_of_teams, strict=True)
    )
    return Available(axis, teams, masks)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the catalogue and the days asked for settle, whatever is taken: per member where the service fits, per
    team the starts on the grid `opening` (other grids depend on what is taken)."""

    axis: Axis
    teams: tuple[Team, ...]
    fits: tuple[int, ...]
    grids: tuple[int, ...]


_FRAMES: IdentityMemo[_Frame | None] = IdentityMemo(1024)


def _named(request: Request, days: Mapping[str, tuple[int, int]]) -> tuple[str, ...]:
    zones = [f"{zone} {first} {last}" for zone, (first, last) in days.items()]
    return (*zones, "together") if request.together else tuple(zones)


def _frame(request: Request, days: Mapping[str, tuple[int, int]]) -> _Frame | None:
    """The frame of a request; None if nobody is open on these days."""
    openings = [opened(member.timetable, *days[member.timetable.zone]) for member in request.members]
    axis = axis_for(request.demand, openings)
    if axis is None:
        return None
    teams = teams_of(request)
    fits = tuple(_fitting(axis, request.demand.duration, one) for one in openings)
    grids = _grids_of_openings(request.demand, axis, teams, openings)
    return _Frame(axis, teams, fits, grids)


def openings_of(request: Request, member: Member) -> Openings:
    """The member's openings that matter to the query."""
    return opened(member.timetable, *_days(request, member.timetable.zone))


def _days(request: Request, zone: str) -> tuple[int, int]:
    """The first and the last local day whose openings matter to the query."""
    first = local_day(zone, request.start // 60) - _LOOK_BACK
    last = local_day(zone, request.end // 60) + 1 + request.demand.duration // DAY
    return first, max(first, last)


@lru_cache(maxsize=1024)
def _fitting(axis: Axis, duration: int, openings: Openings) -> int:
    """The starts from which `duration` fits into the joined openings (R2)."""
    return ahead_all(axis.touched(openings.ranges), duration // axis.quantum)


def _conjunction(team: Team, fits: Sequence[int], in_way: Obstacles) -> int:
    """The starts at which all of the team are open and nothing that stays is in their way."""
    free = ~in_way.shared
    for index in team.members:
        free &= fits[index] & ~in_way.members[index].blocked
    return free


def _seated(team: Team, grid: int, free: int, in_way: Obstacles) -> int:
    """The starts on the grid with a seat: a begun appointment of the service is joined at its own start
    only, and is in the way of every other start (R16)."""
    starts = grid & free
    if not in_way.begun:
        return starts
    joinable = 0
    for index in team.members:
        member = in_way.members[index]
        starts &= ~member.begun | member.joinable
        joinable |= member.joinable
    return starts & (~in_way.begun_shared | joinable)


def _grids_of_openings(
    demand: Demand, axis: Axis, teams: Sequence[Team], openings: Sequence[Openings]
) -> tuple[int, ...]:
    """The starts on the grid of each team, where the openings settle them (R17); else nothing."""
    if demand.grid is not Grid.OPENING:
        return ()
    common = [_common(tuple([openings[index] for index in team.members])) for team in teams]
    return tuple(_opening_grid(axis, demand.step, one) for one in common)


def _grids_of_runs(request: Request, axis: Axis, free: Sequence[int]) -> list[int]:
    """The starts on the grid of each team, where they follow what is free for it (R17)."""
    demand = request.demand
    if demand.grid is Grid.FREE:
        return [_free_grid(axis, demand, mask) for mask in free]
    ranges = {(low + axis.base, high + axis.base) for mask in free for low, high in runs(mask)}
    starts = clock_starts(sorted(ranges), demand.step, request.zone)
    return [gather([(start - axis.base, 1) for start in starts])] * len(free)


@lru_cache(maxsize=1024)
def _common(openings: tuple[Openings, ...]) -> Openings:
    """The pairwise intersections of the members' openings."""
    common = openings[0].ranges
    for other in openings[1:]:
        common = tuple(sorted(set(_crossings(common, other.ranges))))
    return Openings(common) if len(openings) > 1 else openings[0]


def _crossings(ranges: Sequence[Range], others: Sequence[Range]) -> Iterator[Range]:
    """What each of two sorted sequences has in common with each of the other."""
    passed = 0
    for start, end in ranges:
        while passed < len(others) and others[passed][1] <= start:
            passed += 1
        index = passed
        while index < len(others) and others[index][0] < end:
            if others[index][1] > start:
                yield max(start, others[index][0]), min(end, others[index][1])
            index += 1


@lru_cache(maxsize=1024)
def _opening_grid(axis: Axis, step: int, openings: Openings) -> int:
    stride = step // axis.quantum
    return gather(
        [(axis.bit(start), comb(-(-(end - start) // step), stride)) for start, end in openings.ranges]
    )


def _free_grid(axis: Axis, demand: Demand, free: int) -> int:
    stride = demand.step // axis.quantum
    return gather([(low, comb(-(-(high - low) // stride), stride)) for low, high in runs(free)])


def _bounds(request: Request, axis: Axis) -> int:
    """The starts within query, notice, horizon and limits (R10, R11, R12, R15)."""
    earliest = max(request.start, request.now + request.notice * 60)
    latest = -(-request.end // 60)
    if request.horizon_days is not None:
        last = local_day(request.zone, request.now // 60) + request.horizon_days
        latest = min(latest, midnight(request.zone, last + 1))
    bounds = axis.within(-(-earliest // 60), latest)
    for day in full_days(request):
        bounds &= ~axis.within(midnight(request.zone, day), midnight(request.zone, day + 1))
    for monday in full_weeks(request):
        bounds &= ~axis.within(midnight(request.zone, monday), midnight(request.zone, monday + 7))
    return bounds


def full_days(request: Request) -> list[int]:
    """The local days that have as many appointments of the service as a day may (R15)."""
    limits = request.limits
    if limits.per_day is None:
        return []
    days = Counter(local_day(request.zone, start) for start in limits.starts)
    return [day for day, count in days.items() if count >= limits.per_day]


def full_weeks(request: Request) -> list[int]:
    """The Mondays of the ISO weeks that have as many appointments of the service as a week may (R15)."""
    limits = request.limits
    if limits.per_week is None:
        return []
    days = (local_day(request.zone, start) for start in limits.starts)
    weeks = Counter(day - date.fromordinal(day).weekday() for day in days)
    return [monday for monday, count in weeks.items() if count >= limits.per_week]
