"""Why a time is free or not: the same rules as `available`, asked one by one about one start."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from whenever import Instant

from handfest.model.catalogue import Catalogue, Service
from handfest.scheduling.available import available, full_days, full_weeks, openings_of
from handfest.scheduling.from_catalogue import members_for, request_for, seconds
from handfest.scheduling.obstacle import joinable_starts, minutes
from handfest.scheduling.reason import Cause, Reason
from handfest.scheduling.request import NOBODY, Member, Need, Request, Taken
from handfest.scheduling.timetable import Range
from handfest.scheduling.wall_clock import local_day, local_time

_CAUSES = {"booking": Cause.BOOKED, "hold": Cause.HELD, "busy": Cause.BUSY, "absence": Cause.ABSENCE}


def why(
    catalogue: Catalogue,
    service: Service,
    *,
    taken: Sequence[Taken],
    now: Instant,
    start: Instant,
    end: Instant,
    at: Instant,
    staff_id: str | None = None,
    branch_id: str | None = None,
    limits: Sequence[Instant] = (),
) -> tuple[Reason, ...]:
    """Every rule that makes `at` free or not for `service`: first those that hold for everybody, then those
    of each member, the wished one or all, in the catalogue's order.

    The other arguments are those of `free_slots`; the next free start is searched in [start, end). A member
    is `free` exactly when `free_slots` has a slot at `at` for them.
    """
    request = request_for(
        catalogue,
        service,
        taken=taken,
        now=now,
        start=min(start, at),
        end=max(end, at.add(seconds=1)),
        staff_id=staff_id,
        branch_id=branch_id,
        limits=limits,
    )
    wished = [person for person in catalogue.staff if staff_id in (None, person.id)]
    able = {member.id for member in members_for(catalogue, service, staff_id=staff_id, branch_id=branch_id)}
    if catalogue.staff and staff_id is not None and not wished:
        return (Reason(Cause.STAFF_CANNOT, staff_id),)
    cannot = [Reason(Cause.STAFF_CANNOT, person.id) for person in wished if person.id not in able]
    if not able and not cannot:
        return (Reason(Cause.STAFF_CANNOT),)
    return (*reasons_of(request, seconds(at)), *cannot)


def reasons_of(request: Request, at: int) -> tuple[Reason, ...]:
    """The reasons within one request about a start in epoch seconds."""
    common = tuple(_for_everybody(request, at))
    found = available(request)
    free = found.by_team() if found else [[] for _ in request.members]
    reasons = list(common)
    for member, starts in zip(request.members, free, strict=True):
        place = bisect_left(starts, -(-at // 60))
        next_free = _instant(starts[place]) if place < len(starts) else None
        if next_free is not None and next_free.timestamp() == at:
            own = [Reason(Cause.FREE, start=next_free)]
        else:
            own = list(_Case(request, member, at // 60).reasons())
            if not (own or common):
                own.append(Reason(Cause.OFF_GRID))
        staff = None if member.id == NOBODY else member.id
        reasons += [replace(reason, staff_id=staff, next_free=next_free) for reason in own]
    return tuple(reasons)


def _instant(minute: int) -> Instant:
    return Instant.from_timestamp(minute * 60)


def _for_everybody(request: Request, at: int) -> Iterator[Reason]:
    """Notice, horizon and limits (R10, R11, R15)."""
    zone, limits = request.zone, request.limits
    allowed = request.now + request.notice * 60
    if at < allowed:
        yield Reason(Cause.NOTICE, start=Instant.from_timestamp(allowed), amount=request.notice)
    day = local_day(zone, at // 60)
    if request.horizon_days is not None:
        last = local_day(zone, request.now // 60) + request.horizon_days
        if day > last:
            yield Reason(Cause.HORIZON, day=date.fromordinal(last), amount=request.horizon_days)
    if limits.per_day == 0 or day in full_days(request):
        yield Reason(Cause.LIMIT_DAY, day=date.fromordinal(day), amount=limits.per_day)
    monday = day - date.fromordinal(day).weekday()
    if limits.per_week == 0 or monday in full_weeks(request):
        yield Reason(Cause.LIMIT_WEEK, day=date.fromordinal(monday), amount=limits.per_week)


@dataclass(frozen=True, slots=True)
class _Case:
    """One start, in epoch minutes, looked at for one member."""

    request: Request
    member: Member
    at: int

    def reasons(self) -> Iterator[Reason]:
        """Hours, what is taken of the member, what is taken beside."""
        yield from self._hours()
        demand = self.request.demand
        rows = [row for row in self.request.taken if row.start < row.end]
        own = [row for row in rows if row.resource_id == self.member.id]
        joinable = self.at * 60 in joinable_starts(demand, own)
        for row in own:
            if not (joinable and self._same_appointment(row)):
                yield from self._met(row)
        for need in sorted(set(demand.needs), key=demand.needs.index):
            if not joinable:
                yield from self._needed(need, [row for row in rows if row.resource_id == need.resource_id])

    def _hours(self) -> Iterator[Reason]:
        duration, timetable = self.request.demand.duration, self.member.timetable
        joined = _joined(openings_of(self.request, self.member).ranges)
        if any(low <= self.at and self.at + duration <= high for low, high in joined):
            return
        day = local_time(timetable.zone, self.at).date()
        begun = any(low <= self.at < high for low, high in joined)
        if not begun:
            if day in timetable.closed or day in timetable.hours.closed:
                yield Reason(Cause.CLOSED_DATE, day=day)
                return
            if timetable.is_holiday(day) and not timetable.overridden(day):
                yield Reason(Cause.HOLIDAY, day=day)
                return
        missed = next((span for span in joined if self.at < span[1]), None)
        opens, closes = map(_instant, missed) if missed else (None, None)
        yield Reason(
            Cause.OUTSIDE_HOURS, start=opens, end=closes, day=day, amount=duration if begun else None
        )

    def _same_appointment(self, row: Taken) -> bool:
        return row.service_id == self.request.demand.service_id and row.group_start == self.at * 60

    def _met(self, row: Taken) -> Iterator[Reason]:
        """The row in the member's way, if it is; `buffer` where only the buffers meet it."""
        demand = self.request.demand
        [(low, high)] = minutes([row], self.request.claim)
        if not _meets(self.at, demand.occupied, low, high):
            return
        bare = replace(demand, before=0, after=0).occupied
        cause = _CAUSES.get(row.kind, Cause.BUSY) if _meets(self.at, bare, low, high) else Cause.BUFFER
        yield Reason(
            cause,
            start=Instant.from_timestamp(row.start),
            end=Instant.from_timestamp(row.end),
            label=row.label,
        )

    def _needed(self, need: Need, rows: Sequence[Taken]) -> Iterator[Reason]:
        """The resource, if fewer of it are left than are needed, and until when the first is taken."""
        demand, claim = self.request.demand, self.request.claim
        spans = zip(rows, minutes(rows, claim), strict=True)
        met = [row for row, (low, high) in spans if need.count and _meets(self.at, [demand.whole], low, high)]
        left = need.count - len({row.seat % need.count for row in met})
        if left >= demand.needs.count(need):
            return
        end = min((row.end for row in met), default=None)
        yield Reason(
            Cause.RESOURCE_TAKEN,
            resource_id=need.resource_id,
            start=Instant.from_timestamp(min(row.start for row in met)) if met else None,
            end=None if end is None else Instant.from_timestamp(end),
            amount=need.count,
        )


def _meets(at: int, stretches: Sequence[Range], low: int, high: int) -> bool:
    return any(at + begin < high and low < at + end for begin, end in stretches)


def _joined(ranges: Sequence[Range]) -> list[Range]:
    joined: list[Range] = []
    for low, high in ranges:
        if joined and low <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], high)
        else:
            joined.append((low, high))
    return joined
