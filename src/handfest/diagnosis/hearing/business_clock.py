"""The business's wall clock: local dates and minutes to exact moments and back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from whenever import Instant


@dataclass(frozen=True, slots=True)
class BusinessClock:
    """Converts in one IANA zone; minutes are counted from local midnight."""

    zone: ZoneInfo

    @classmethod
    def of(cls, time_zone: str) -> "BusinessClock":
        """The clock of an IANA zone; raises ZoneInfoNotFoundError for an unknown one."""
        return cls(ZoneInfo(time_zone))

    def wall(self, moment: Instant) -> tuple[date, int]:
        """The local date and minute of the day of a moment."""
        local = self.local(moment)
        return local.date(), local.hour * 60 + local.minute

    def local(self, moment: Instant) -> datetime:
        """The moment as an aware local datetime."""
        return datetime.fromtimestamp(moment.timestamp(), self.zone)

    def moment(self, day: date, minutes: int) -> Instant | None:
        """The moment of a local date and minute; None in the hour that summer time skips.

        An hour that happens twice stands for its first run.
        """
        wall = datetime(day.year, day.month, day.day, tzinfo=self.zone) + timedelta(minutes=minutes)
        moment = Instant.from_timestamp(int(wall.timestamp()))
        return moment if self.wall(moment) == (wall.date(), wall.hour * 60 + wall.minute) else None

    def offset_seconds(self, moment: Instant) -> int:
        """How far the zone is ahead of UTC at this moment."""
        offset = self.local(moment).utcoffset()
        return int(offset.total_seconds()) if offset is not None else 0

    def iso(self, moment: Instant) -> str:
        """The moment in ISO 8601 with the local offset, to the second."""
        return self.local(moment).isoformat(timespec="seconds")
