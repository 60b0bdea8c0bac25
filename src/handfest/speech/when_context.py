"""What a caller's words about time are understood against."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from handfest.model.wish import TimeWindow


@dataclass(frozen=True, slots=True)
class WhenContext:
    """What the words are understood against.

    `now` is aware and in the business `zone`; `language` ("de", "en") is that of the words. `opening` are the
    business hours of the day and settle bare hours; `window` is the part of the day agreed earlier;
    `horizon_days` is how far ahead appointments may lie.
    """

    now: datetime
    zone: ZoneInfo
    language: str
    opening: tuple[time, time] | None = None
    window: TimeWindow | None = None
    horizon_days: int | None = None
