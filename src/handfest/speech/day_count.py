"""Counting on the calendar: weekdays, ISO weeks and months ahead, without any words."""

from datetime import date, timedelta


def coming_weekday(weekday: int, today: date) -> date:
    """The next such weekday after today."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def monday_of(today: date, weeks: int) -> date:
    """The Monday of the ISO week so many weeks after today's."""
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)


def numbered_monday(number: int, today: date) -> date | None:
    """The Monday of the next ISO week of that number that is not over; None when there is no such week."""
    iso_year = today.isocalendar().year
    for year in (iso_year, iso_year + 1):
        try:
            monday = date.fromisocalendar(year, number, 1)
        except ValueError:
            continue
        if monday + timedelta(days=6) >= today:
            return monday
    return None


def month_ahead(today: date, months: int) -> tuple[int, int]:
    """Year and month so many months after today's."""
    index = today.year * 12 + today.month - 1 + months
    return min(max(index // 12, 1), 9998), index % 12 + 1


def date_or_none(year: int, month: int, day: int) -> date | None:
    """The date, or None where the calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
