"""Free slots: the starts that are available, with everything that booking one would occupy."""

from collections.abc import Iterator, Sequence

from whenever import Instant

from handfest.model.catalogue import Catalogue, Grid, Service
from handfest.model.slot import Slot
from handfest.scheduling.available import available
from handfest.scheduling.from_catalogue import CLAIM_MINUTES, request_for
from handfest.scheduling.ledger import Ledger
from handfest.scheduling.request import Request, Taken

_DAYS_BACK = 4


def free_slots(
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
) -> tuple[Slot, ...]:
    """Every free slot of `service` that starts in [start, end): one per start and able member of staff, by
    start, then in the order of the catalogue's staff.

    `taken` is everything taken within `reach(service, start, end)`, without what the booking would replace
    (the caller's own holds, or the appointment that is moved); `limits` are the starts of own bookings
    of the service in the ISO weeks touched. The spans of a slot are what a booking occupies: the member's
    busy phases with the buffers, and one seat of each needed resource.
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
    return tuple(slots_of(request))


def reach(service: Service, start: Instant, end: Instant, grid: Grid = Grid.FREE) -> tuple[Instant, Instant]:
    """The span [from, to) in which what is taken can matter to starts in [start, end).

    Free ranges, on which the grids `free` and `clock` are anchored, may begin in the openings of the night
    before last; the rest of the days back is for the hour of the day and for clocks that change. On the grid
    `opening` only what meets the appointment itself matters. Own bookings reach as far as the buckets of time
    they claim.
    """
    days_back = 0 if grid is Grid.OPENING else _DAYS_BACK
    before = service.buffer_before_min + CLAIM_MINUTES
    after = service.duration_min + service.buffer_after_min + CLAIM_MINUTES
    return start.subtract(hours=days_back * 24, minutes=before), end.add(minutes=after)


def slots_of(request: Request) -> Iterator[Slot]:
    """The free slots of a request, ascending; one per start and member."""
    found = available(request)
    if found is None:
        return
    ledger = Ledger(request)
    pairs = [
        (start, team.members[-1])
        for team, starts in zip(found.teams, found.by_team(), strict=True)
        for start in starts
    ]
    for start, index in sorted(pairs):
        yield ledger.slot(start, index)
