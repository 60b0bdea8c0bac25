"""Followed calendars in memory."""

from whenever import Instant

from handfest.model.followed_calendar import FollowedCalendar
from handfest.storage.memory_rows import MemoryRows


class MemoryFollowed(MemoryRows):
    """See `FollowStore`; methods are documented there."""

    def save_followed(self, calendar: FollowedCalendar) -> None:
        """See `FollowStore`."""
        self._rows.followed[calendar.business_id, calendar.id] = calendar

    def followed(self, business_id: str, calendar_id: str) -> FollowedCalendar | None:
        """See `FollowStore`."""
        return self._rows.followed.get((business_id, calendar_id))

    def followed_calendars(self, business_id: str) -> tuple[FollowedCalendar, ...]:
        """See `FollowStore`."""
        own = [one for one in self._rows.followed.values() if one.business_id == business_id]
        return tuple(sorted(own, key=lambda one: one.id))

    def drop_followed(self, business_id: str, calendar_id: str) -> bool:
        """See `FollowStore`."""
        return self._rows.followed.pop((business_id, calendar_id), None) is not None

    def due_followed(self, now: Instant, limit: int) -> tuple[FollowedCalendar, ...]:
        """See `FollowStore`."""
        due = [one for one in self._rows.followed.values() if one.due_at <= now]
        return tuple(sorted(due, key=lambda one: (one.due_at, one.business_id, one.id))[:limit])

    def take_followed(
        self, calendar: FollowedCalendar, now: Instant, until: Instant
    ) -> FollowedCalendar | None:
        """See `FollowStore`."""
        current = self.followed(calendar.business_id, calendar.id)
        if current is None or current.due_at > now:
            return None
        taken = current.taken(until)
        self.save_followed(taken)
        return taken
