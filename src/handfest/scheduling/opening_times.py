"""Opening times as they are told to a caller: of one date, or of the week."""

from datetime import date, time, timedelta

from handfest.model.catalogue import Branch, Catalogue, Hours, Opening
from handfest.scheduling.identity_memo import IdentityMemo
from handfest.scheduling.timetable import Timetable

_HULLS: IdentityMemo[tuple[time, time] | None] = IdentityMemo(1024)


def opening_of_date(catalogue: Catalogue, branch: Branch | None, day: date) -> tuple[Opening, ...]:
    """When this branch (or the business) opens on a date: closed > override > holiday > weekday (rule R4)."""
    return openings_on(_timetable(catalogue, branch), day)


def openings_on(table: Timetable, day: date) -> tuple[Opening, ...]:
    """When a timetable opens on a date (rule R4)."""
    replaced = table.exceptions(day, day).get(day.toordinal())
    return table.hours.weekdays[day.weekday()] if replaced is None else replaced


def opening_of_week(
    catalogue: Catalogue, branch: Branch | None, monday: date
) -> tuple[tuple[tuple[int, ...], tuple[Opening, ...]], ...]:
    """The regular week: weekdays with the same times together, in the order of the week; closed days left out."""
    hours = _timetable(catalogue, branch).hours
    days = [(monday + timedelta(days=offset)).weekday() for offset in range(7)]
    groups: dict[tuple[Opening, ...], list[int]] = {}
    for weekday in days:
        if hours.weekdays[weekday]:
            groups.setdefault(hours.weekdays[weekday], []).append(weekday)
    return tuple((tuple(weekdays), openings) for openings, weekdays in groups.items())


def opening_hull(catalogue: Catalogue, branch: Branch | None) -> tuple[time, time] | None:
    """The earliest opening and the latest closing of the regular week, on the wall clock.

    Settles which half of the day a bare hour means; None if there are no hours or they run over midnight.
    """
    return _HULLS.of((catalogue, branch), (), lambda: _hull(_timetable(catalogue, branch).hours))


def _hull(hours: Hours) -> tuple[time, time] | None:
    openings = [opening for weekday in hours.weekdays for opening in weekday]
    if not openings or any(opening.end <= opening.start for opening in openings):
        return None
    first, last = min(opening.start for opening in openings), max(opening.end for opening in openings)
    return _clock(first), _clock(last)


def _clock(minute: int) -> time:
    return time(minute // 60, minute % 60) if minute < 24 * 60 else time(23, 59)


def _timetable(catalogue: Catalogue, branch: Branch | None) -> Timetable:
    hours = branch.hours if branch is not None and branch.hours is not None else catalogue.hours
    zone = (branch and branch.time_zone) or catalogue.business.time_zone
    region = (branch and branch.holidays) or catalogue.business.holidays
    return Timetable(zone, hours, closed=catalogue.hours.closed, holidays=region)
