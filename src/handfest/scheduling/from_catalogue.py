"""The catalogue's view of a request: who may serve a service, by which hours, with which resources.

Precedence of hours: a member's own hours replace the branch's, which replace the business's. Dates closed and
public holidays add up: what closes the business or the branch closes for everybody who works there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from whenever import Instant

from handfest.model.catalogue import Branch, Catalogue, Phase, Service, Staff
from handfest.scheduling.identity_memo import IdentityMemo
from handfest.scheduling.request import NOBODY, Demand, Limits, Member, Need, Request, Taken
from handfest.scheduling.timetable import Timetable

CLAIM_MINUTES = 5
"""The raster in which the store claims time; what is offered must be claimable."""


@dataclass(frozen=True, slots=True)
class _Setup:
    """What a request takes from the catalogue alone; a version of it never changes."""

    demand: Demand
    members: tuple[Member, ...]
    zone: str


_SETUPS: IdentityMemo[_Setup] = IdentityMemo(1024)


def seconds(moment: Instant) -> int:
    """Epoch seconds, rounded up: a start on a full minute compares with them as with the moment itself."""
    whole = moment.timestamp()
    return whole if Instant.from_timestamp(whole) == moment else whole + 1


def request_for(
    catalogue: Catalogue,
    service: Service,
    *,
    taken: Sequence[Taken],
    now: Instant,
    start: Instant,
    end: Instant,
    staff_id: str | None = None,
    branch_id: str | None = None,
    limits: Sequence[Instant] = (),
) -> Request:
    """The request for starts of `service` in [start, end), with anybody able or the wished member.

    `limits` are the starts of the business's own bookings of this service, for its limits per day and week.
    """
    rules = catalogue.rules
    setup = _SETUPS.of(
        (catalogue, service), (staff_id, branch_id), lambda: _setup(catalogue, service, staff_id, branch_id)
    )
    return Request(
        demand=setup.demand,
        members=setup.members,
        zone=setup.zone,
        now=seconds(now),
        start=seconds(start),
        end=seconds(end),
        taken=tuple(taken),
        notice=rules.min_notice_min if service.min_notice_min is None else service.min_notice_min,
        horizon_days=rules.max_advance_days if service.max_advance_days is None else service.max_advance_days,
        limits=Limits(
            service.limit_per_day,
            service.limit_per_week,
            tuple(moment.timestamp() // 60 for moment in limits),
        ),
        claim=CLAIM_MINUTES,
    )


def _setup(catalogue: Catalogue, service: Service, staff_id: str | None, branch_id: str | None) -> _Setup:
    branch = catalogue.branch(branch_id)
    return _Setup(
        _demand(catalogue, service, branch),
        members_for(catalogue, service, staff_id=staff_id, branch_id=branch_id),
        (branch.time_zone if branch else None) or catalogue.business.time_zone,
    )


def _demand(catalogue: Catalogue, service: Service, branch: Branch | None) -> Demand:
    rules = catalogue.rules
    return Demand(
        service_id=service.id,
        duration=service.duration_min,
        phases=_claimable(service.phases),
        before=service.buffer_before_min,
        after=service.buffer_after_min,
        step=service.slot_step_min or rules.slot_step_min,
        grid=rules.grid,
        capacity=service.capacity,
        needs=tuple(_need(catalogue, resource_id, branch) for resource_id in service.needs),
    )


def _claimable(phases: tuple[Phase, ...]) -> tuple[Phase, ...]:
    """The phases with waits too short to be claimed apart: both sides of such a wait would claim the same
    bucket of time."""
    return tuple(
        replace(phase, staff_busy=phase.staff_busy or phase.minutes < CLAIM_MINUTES) for phase in phases
    )


def _need(catalogue: Catalogue, resource_id: str, branch: Branch | None) -> Need:
    """The pool behind an id; one that is unknown or stands in another branch is never free."""
    resource = next((one for one in catalogue.resources if one.id == resource_id), None)
    if resource is None or not _works_at(resource.branches, branch.id if branch else None):
        return Need(resource_id, 0)
    return Need(resource_id, resource.count)


def members_for(
    catalogue: Catalogue, service: Service, *, staff_id: str | None = None, branch_id: str | None = None
) -> tuple[Member, ...]:
    """Who could serve, in the catalogue's order; the business itself where it has no staff at all."""
    if not _works_at(service.branches, branch_id):
        return ()
    if not catalogue.staff:
        return (Member(NOBODY, timetable_of(catalogue, None, catalogue.branch(branch_id))),)
    return tuple(
        Member(person.id, timetable_of(catalogue, person, _branch_of(catalogue, person, branch_id)))
        for person in catalogue.staff
        if staff_id in (None, person.id)
        and able(person, service)
        and _works_at(person.branches, branch_id)
        and _equipped(catalogue, service, _branch_of(catalogue, person, branch_id))
    )


def _equipped(catalogue: Catalogue, service: Service, branch: Branch | None) -> bool:
    """Whether everything the service needs stands in this branch."""
    return all(_need(catalogue, resource_id, branch).count for resource_id in service.needs)


def able(person: Staff, service: Service) -> bool:
    """Whether this person does this service."""
    return service.id in person.services


def _works_at(branches: tuple[str, ...], branch_id: str | None) -> bool:
    return branch_id is None or not branches or branch_id in branches


def _branch_of(catalogue: Catalogue, person: Staff, branch_id: str | None) -> Branch | None:
    """The branch asked for, else the only one in which the person works."""
    only = person.branches[0] if len(person.branches) == 1 else None
    return catalogue.branch(branch_id or only)


def timetable_of(catalogue: Catalogue, person: Staff | None, branch: Branch | None) -> Timetable:
    """The timetable by which a person, or the business itself, serves at a branch."""
    business = catalogue.business
    zone = (person.time_zone if person else None) or (branch.time_zone if branch else None)
    house = (branch.hours if branch else None) or catalogue.hours
    return Timetable(
        zone=zone or business.time_zone,
        hours=(person.hours if person else None) or house,
        closed=catalogue.hours.closed | house.closed,
        holidays=(branch.holidays if branch else None) or business.holidays,
    )
