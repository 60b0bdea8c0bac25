"""The wall clocks of time zones, in minutes since the epoch (rule R6).

A wall time that a clock change skips is read with the offset before the change; one that happens twice
means its first occurrence (RFC 5545, "compatible" in Temporal). Days are proleptic ordinals.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = 24 * 60
"""Minutes of a day without a clock change."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


@lru_cache(maxsize=1 << 16)
def midnight(zone: str, day: int) -> int:
    """The minute at which local day `day` (ordinal) begins in `zone` (an IANA name)."""
    local = datetime.combine(date.fromordinal(day), time(), tzinfo=ZoneInfo(zone))
    return (local - _EPOCH) // _MINUTE


def at(zone: str, day: int, minute: int) -> int:
    """The minute at which the wall clock of `zone` shows `minute` (0 to 2880) of local day `day`."""
    extra, rest = divmod(minute, DAY)
    first = midnight(zone, day + extra)
    if rest == 0 or midnight(zone, day + extra + 1) - first == DAY:
        return first + rest
    wall = time(*divmod(rest, 60))
    local = datetime.combine(date.fromordinal(day + extra), wall, tzinfo=ZoneInfo(zone))
    return (local - _EPOCH) // _MINUTE


def local_time(zone: str, moment: int) -> datetime:
    """What clock and calendar of `zone` show at `moment`, minutes since the epoch."""
    return datetime.fromtimestamp(moment * 60, ZoneInfo(zone))


def local_day(zone: str, moment: int) -> int:
    """The local day (ordinal) in which `moment` lies."""
    return local_time(zone, moment).toordinal()
