"""A timetable: when one member of staff, branch or business is open."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from handfest.model.catalogue import Hours, Opening
from handfest.scheduling.public_holiday import public_holidays
from handfest.scheduling.wall_clock import DAY, at

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

    def replaced(self, day: date) -> tuple[Opening, ...] | None:
        """The openings of a date that does not follow its weekday, else None.

        Rule R4: closed beats an override, an override beats a holiday, a holiday beats the weekday.
        """
        if day in self.closed or day in self.hours.closed:
            return ()
        if self.overridden(day):
            own = (openings for dated, openings in self.hours.overrides if dated == day)
            return tuple(opening for openings in own for opening in openings)
        return () if self.is_holiday(day) else None

    def overridden(self, day: date) -> bool:
        """Whether `day` has hours of its own."""
        return any(dated == day for dated, _ in self.hours.overrides)

    def is_holiday(self, day: date) -> bool:
        """Whether `day` is a public holiday of the region."""
        return self.holidays is not None and day in public_holidays(self.holidays, day.year)


@lru_cache(maxsize=1024)
def opened(timetable: Timetable, first: int, last: int) -> tuple[Range, ...]:
    """The openings that begin on the local days `first` to `last` (ordinals), one range per entry, sorted.

    Over midnight (R3) an opening runs into the next day, unless that day does not follow its weekday:
    then it ends at 00:00 (R5). Openings that a clock change leaves empty are dropped.
    """
    zone, weekdays = timetable.zone, timetable.hours.weekdays
    ranges: list[Range] = []
    following = timetable.replaced(date.fromordinal(first))
    for day in range(first, last + 1):
        openings, following = following, timetable.replaced(date.fromordinal(day + 1))
        for opening in weekdays[(day - 1) % 7] if openings is None else openings:
            end = _end(opening, clipped=following is not None)
            span = at(zone, day, opening.start), at(zone, day, end)
            if opening.start != opening.end and span[0] < span[1]:
                ranges.append(span)
    return tuple(sorted(set(ranges)))


def _end(opening: Opening, *, clipped: bool) -> int:
    """The minute, counted from the midnight before the opening, at which it ends."""
    end = opening.end + DAY if opening.end < opening.start else opening.end
    return min(end, DAY) if clipped else end
