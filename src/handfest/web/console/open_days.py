"""Whether anybody serves on a day, and if not, why: closed, or a public holiday."""

from collections.abc import Iterator
from datetime import date

from handfest.model.catalogue import Catalogue
from handfest.scheduling.from_catalogue import timetable_of
from handfest.scheduling.opening_times import openings_on
from handfest.scheduling.timetable import Timetable


def shut_by(catalogue: Catalogue, day: date) -> str | None:
    """`closed` or `holiday` where no place and nobody of the staff has hours on this day; None where one has."""
    tables = list(_tables(catalogue))
    if any(openings_on(table, day) for table in tables):
        return None
    house = tables[0]
    dated = day in house.closed or house.overridden(day)
    usual = any(table.hours.weekdays[day.weekday()] for table in tables)
    return "holiday" if usual and not dated and any(table.is_holiday(day) for table in tables) else "closed"


def _tables(catalogue: Catalogue) -> Iterator[Timetable]:
    """The house's first."""
    for branch in (None, *catalogue.branches):
        yield timetable_of(catalogue, None, branch)
    for person in catalogue.staff:
        for branch_id in person.branches or (None,):
            yield timetable_of(catalogue, person, catalogue.branch(branch_id))
