"""Dates and times as tools write them: ISO with or without offset, German and English dates, spoken words."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from whenever import Instant

from handfest.diagnosis.hearing.business_clock import BusinessClock
from handfest.diagnosis.hearing.spoken_time import read_times

_ISO = re.compile(
    r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$"
)
_DOTTED = re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ ,T]+(\d{1,2})[:.](\d{2}))?(?: ?Uhr)?$")
_SLASHED = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})$")
_TWELVE = re.compile(r"^(\d{1,2})(?:[:.](\d{2}))?(?::\d{2})? ?([ap])\.?m\.?$", re.IGNORECASE)
_CLOCK = re.compile(r"^(\d{1,2})(?:[:.](\d{2}))?(?::\d{2})?(?: ?(?:Uhr|h))?$")
_YEARS = range(1900, 2200)
TEMPLATE = re.compile(r"\{\{.*?\}\}")


class TimeFault(StrEnum):
    """Why a written time cannot be meant."""

    IMPOSSIBLE = "impossible"
    PAST = "past"


_MILLISECONDS = 10**11
_STAMPS = (1_000_000_000, 4_000_000_000)
"""Seconds from 2001 to 2096: a smaller number is a duration or an id."""


@dataclass(frozen=True, slots=True)
class WrittenTime:
    """A date, a minute of the day, or both with the moment they are; `digits` is the wall time as written.

    `digits` keeps the figures before any conversion of zones: what an agent reads out when it reads UTC.
    """

    day: date | None = None
    minutes: int | None = None
    moment: Instant | None = None
    fault: TimeFault | None = None
    digits: int | None = None


UNSAID = WrittenTime()
"""No time at all."""


def read_written(
    text: object, clock: BusinessClock, today: date, day: date | None, language: str
) -> WrittenTime:
    """Read one written date, time or both; `day` is the date a bare time belongs to, where known."""
    if isinstance(text, int | float) and not isinstance(text, bool):
        return _stamped(text, clock)
    if not isinstance(text, str) or not text.strip() or TEMPLATE.search(text):
        return WrittenTime()
    text = text.strip()
    for pattern, order in ((_ISO, (1, 2, 3)), (_DOTTED, (3, 2, 1))):
        match = pattern.match(text)
        if match:
            return _numeric(match, order, clock)
    slashed = _SLASHED.match(text)
    if slashed:
        return WrittenTime(day=_slashed(slashed, clock))
    twelve = _TWELVE.match(text)
    if twelve and 1 <= int(twelve[1]) <= 12:
        hour = int(twelve[1]) % 12 + (12 if twelve[3].lower() == "p" else 0)
        return joined(day, hour * 60 + int(twelve[2] or 0), clock)
    bare = _CLOCK.match(text)
    if bare:
        return joined(day, int(bare[1]) * 60 + int(bare[2] or 0), clock)
    return _spoken(text, clock, today, day, language)


def _stamped(stamp: float, clock: BusinessClock) -> WrittenTime:
    """A Unix time in seconds or milliseconds; any other number is no time."""
    seconds = stamp / 1000 if stamp > _MILLISECONDS else stamp
    if not _STAMPS[0] <= seconds < _STAMPS[1]:
        return WrittenTime()
    moment = Instant.from_timestamp(int(seconds))
    day, minutes = clock.wall(moment)
    return WrittenTime(day, minutes, moment, None, minutes)


def _slashed(match: re.Match[str], clock: BusinessClock) -> date | None:
    """Day before month, in America month before day; the other way round where only that is a date."""
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    orders = [(second, first), (first, second)]
    if clock.zone.key.startswith("America/"):
        orders.reverse()
    for month, day in orders:
        if 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]:
            return date(year, month, day)
    return None


def joined(day: date | None, minutes: int | None, clock: BusinessClock) -> WrittenTime:
    """A local date and minute as one time; a minute that no day has is a fault."""
    if minutes is not None and not 0 <= minutes < 24 * 60:
        return WrittenTime(day=day, fault=TimeFault.IMPOSSIBLE)
    if day is None or minutes is None:
        return WrittenTime(day=day, minutes=minutes, digits=minutes)
    moment = clock.moment(day, minutes)
    fault = None if moment is not None else TimeFault.IMPOSSIBLE
    return WrittenTime(day, minutes, moment, fault, minutes)


def _numeric(match: re.Match[str], order: tuple[int, int, int], clock: BusinessClock) -> WrittenTime:
    year, month, day_number = (int(match[place]) for place in order)
    try:
        day = date(year if year in _YEARS else 0, month, day_number)
    except ValueError:
        return WrittenTime(fault=TimeFault.IMPOSSIBLE)
    if match[4] is None:
        return WrittenTime(day=day)
    minutes = int(match[4]) * 60 + int(match[5])
    offset = match[6] if match.re is _ISO else None
    if offset is None or not 0 <= minutes < 24 * 60:
        return joined(day, minutes, clock)
    spelled = "+00:00" if offset == "Z" else offset if ":" in offset else f"{offset[:3]}:{offset[3:]}"
    aware = datetime.fromisoformat(f"{day.isoformat()}T{minutes // 60:02}:{minutes % 60:02}:00{spelled}")
    moment = Instant.from_timestamp(int(aware.timestamp()))
    local_day, local_minutes = clock.wall(moment)
    return WrittenTime(local_day, local_minutes, moment, None, minutes)


def _spoken(text: str, clock: BusinessClock, today: date, day: date | None, language: str) -> WrittenTime:
    """A time in words; relative days count from the call, and an open reading is no date at all."""
    times = read_times(text, language, today)
    if not times.any:
        times = read_times(text, "en" if language == "de" else "de", today)
    if times.days and len(times.days[0].dates) >= 1:
        day = times.days[0].dates[0]
    minutes = times.clocks[0].minutes if len(times.clocks) == 1 else None
    if not times.any:
        return WrittenTime()
    return joined(day, minutes, clock)
