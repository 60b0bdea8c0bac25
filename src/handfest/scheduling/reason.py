"""A reason: one rule that makes a time available or not, for one member of staff or for everybody."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from whenever import Instant


class Cause(StrEnum):
    """The rules. The value is stable: traces, findings and sentences refer to it."""

    OUTSIDE_HOURS = "outside_hours"
    CLOSED_DATE = "closed_date"
    HOLIDAY = "holiday"
    ABSENCE = "absence"
    BUSY = "busy"
    BOOKED = "booked"
    HELD = "held"
    BUFFER = "buffer"
    NOTICE = "notice"
    HORIZON = "horizon"
    LIMIT_DAY = "limit_day"
    LIMIT_WEEK = "limit_week"
    STAFF_CANNOT = "staff_cannot"
    RESOURCE_TAKEN = "resource_taken"
    OFF_GRID = "off_grid"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a start is free or not.

    `staff_id` None means everybody, or the business itself. [`start`, `end`) is the thing in the way, or the
    opening that was missed (the one too short, else the next one); for `notice` `start` is the first moment
    allowed. `day` is the closed or full day, the last day of the horizon, or the Monday of the full week.
    `amount` is the rule's number (minutes of notice, days of horizon, appointments); with `outside_hours` the
    minutes for which the opening that holds the time is too short. `next_free` is the first
    free start from the asked time on, as far as was searched.
    """

    cause: Cause
    staff_id: str | None = None
    resource_id: str | None = None
    start: Instant | None = None
    end: Instant | None = None
    day: date | None = None
    amount: int | None = None
    label: str | None = None
    next_free: Instant | None = None
