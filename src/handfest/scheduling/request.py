"""What is asked of the arithmetic: a demand, who may serve it, what is taken, and within which bounds."""

from dataclasses import dataclass
from typing import NamedTuple

from handfest.model.catalogue import Grid, Phase
from handfest.scheduling.timetable import Range, Timetable

NOBODY = "*"
"""The resource that stands for the business itself where it names no staff."""


class Taken(NamedTuple):
    """A time at which a resource is taken, half-open in epoch seconds, buffers already included.

    `kind` is "booking", "hold", "busy" or "absence". `service_id` and `group_start` (epoch seconds) name the
    appointment it belongs to: the seats of one service with one start fill up together (rule R16). `seat` is
    the seat of the resource, `seats` how many of the appointment's seats are filled.

    A tuple, because one question over weeks makes hundreds, and each costs a quarter of what a frozen dataclass
    does.
    """

    resource_id: str
    start: int
    end: int
    kind: str
    service_id: str | None = None
    group_start: int | None = None
    seat: int = 0
    label: str | None = None
    seats: int = 1


@dataclass(frozen=True, slots=True)
class Member:
    """One who serves: `id` is also the resource taken. `fixed` members serve with every other one."""

    id: str
    timetable: Timetable
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """One of `count` equal resources, taken for the whole appointment; `count` 0 is never there."""

    resource_id: str
    count: int


@dataclass(frozen=True, slots=True)
class Demand:
    """The shape of what is to be booked, in minutes. `seats` is how many of `capacity` are wished."""

    service_id: str
    duration: int
    phases: tuple[Phase, ...]
    before: int = 0
    after: int = 0
    step: int = 15
    grid: Grid = Grid.OPENING
    capacity: int = 1
    seats: int = 1
    needs: tuple[Need, ...] = ()

    @property
    def occupied(self) -> tuple[Range, ...]:
        """The stretches in which staff is busy, relative to the start; buffers count as busy."""
        stretches: list[Range] = [(-self.before, 0)]
        cursor = 0
        for phase in self.phases:
            if phase.staff_busy:
                stretches.append((cursor, cursor + phase.minutes))
            cursor += phase.minutes
        stretches.append((cursor, cursor + self.after))
        joined: list[Range] = []
        for start, end in stretches:
            if start == end:
                continue
            if joined and joined[-1][1] == start:
                start = joined.pop()[0]
            joined.append((start, end))
        return tuple(joined)

    @property
    def whole(self) -> Range:
        """The stretch a resource beside staff is taken, relative to the start, buffers included."""
        return -self.before, self.duration + self.after


@dataclass(frozen=True, slots=True)
class Limits:
    """How many appointments of the service a local day and an ISO week may have (R15), and their starts."""

    per_day: int | None = None
    per_week: int | None = None
    starts: tuple[int, ...] = ()

    @property
    def forbid(self) -> bool:
        """Whether no appointment at all is allowed."""
        return 0 in (self.per_day, self.per_week)


@dataclass(frozen=True, slots=True)
class Request:
    """One question to the arithmetic.

    `zone` is the business's: horizon, limits and the clock grid follow it. `now`, `start` and `end` are epoch
    seconds rounded up, which changes no comparison with a start on a full minute. `together` wants all
    members at once (rule R14). `claim` is the raster in minutes to which own bookings and holds are claimed.
    """

    demand: Demand
    members: tuple[Member, ...]
    zone: str
    now: int
    start: int
    end: int
    taken: tuple[Taken, ...] = ()
    notice: int = 0
    horizon_days: int | None = None
    limits: Limits = Limits()
    together: bool = False
    claim: int = 1
