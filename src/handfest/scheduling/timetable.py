"""A timetable: when one member of staff, branch or business is open."""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from handfest.model.catalogue import Hours, Opening
from handfest.scheduling.public_holiday import public_holidays
from handfest.scheduling.wall_clock import DAY, at, midnight

Range = tuple[int, int]
"""Half-open [start, end) in minutes since the epoch."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """Hours read by the wall clock of `zone`, the dates closed beyond those in `hours`, and the region
    ("DE-BY") whose public holidays close as well."""

    zone: str
    hours: Hours
    closed: frozenset[date] = frozenset()
    holidays: str | None = None
    # Every question looks its openings up by this value, which goes deep: hashed once, when it is made.
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Take the hash."""
        object.__setattr__(self, "_hash", hash((self.zone, self.hours, self.closed, self.holidays)))

    def __hash__(self) -> int:
        """The same for equal timetables."""
        return self._hash

    def overridden(self, day: date) -> bool:
        """Whether `day` has hours of its own."""
        return any(dated == day for dated, _ in self.hours.overrides)

    def is_holiday(self, day: date) -> bool:
        """Whether `day` is a public holiday of the region."""
        return self.holidays is not None and day in public_holidays(self.holidays, day.year)

    def exceptions(self, first: date, last: date) -> dict[int, tuple[Opening, ...]]:
        """The openings of the days (ordinals) that do not follow their weekday, at least those in the range.

        Rule R4: closed beats an override, an override beats a holiday, a holiday beats the weekday.
        """
        found: dict[int, tuple[Opening, ...]] = {}
        if self.holidays is not None:
            for year in range(first.year, last.year + 1):
                found.update(
                    dict.fromkeys((day.toordinal() for day in public_holidays(self.holidays, year)), ())
                )
        overrides: dict[int, tuple[Opening, ...]] = {}
        for day, openings in self.hours.overrides:
            overrides[day.toordinal()] = overrides.get(day.toordinal(), ()) + openings
        found.update(overrides)
        found.update(dict.fromkeys((day.toordinal() for day in self.closed | self.hours.closed), ()))
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Openings:
    """One range per opening, sorted. Kept by identity: the same question always gives the same object."""

    ranges: tuple[Range, ...]

    @property
    def edges(self) -> list[int]:
        """Every begin and end."""
        return [edge for span in self.ranges for edge in span]


@lru_cache(maxsize=1024)
def opened(timetable: Timetable, first: int, last: int) -> Openings:
    """The openings that begin on the local days `first` to `last` (ordinals).

    Over midnight (R3) an opening runs into the next day, unless that day does not follow its weekday:
    then it ends at 00:00 (R5). Empty openings, and those that a clock change leaves empty, are dropped.
    """
    zone, weekdays = timetable.zone, timetable.hours.weekdays
    exceptions = timetable.exceptions(date.fromordinal(first), date.fromordinal(last + 1))
    ranges: list[Range] = []
    for day in range(first, last + 1):
        begin = midnight(zone, day)
        plain = midnight(zone, day + 1) - begin == DAY
        for opening in exceptions.get(day, weekdays[(day - 1) % 7]):
            end = opening.end + DAY if opening.end < opening.start else opening.end
            if end > DAY and day + 1 in exceptions:
                end = DAY
            if plain and end <= DAY:
                span = begin + opening.start, begin + end
            else:
                span = at(zone, day, opening.start), at(zone, day, end)
            if span[0] < span[1]:
                ranges.append(span)
    return Openings(tuple(sorted(set(ranges))))
