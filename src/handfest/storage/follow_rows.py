"""Followed calendars in the database."""

from sqlalchemy import bindparam, delete, select
from whenever import Instant

from handfest.model.followed_calendar import FollowedCalendar
from handfest.storage import schema
from handfest.storage.codec import encode
from handfest.storage.moments import millis
from handfest.storage.sql_rows import SqlRows

_ROW = schema.followed.c
_THIS = (_ROW.business_id == bindparam("business"), _ROW.id == bindparam("wanted"))
FOLLOWED = select(_ROW.body).where(*_THIS)
DROP = delete(schema.followed).where(*_THIS)
OF_BUSINESS = select(_ROW.body).where(_ROW.business_id == bindparam("business")).order_by(_ROW.id)
DUE = (
    select(_ROW.body)
    .where(_ROW.due_at <= bindparam("before"))
    .order_by(_ROW.due_at, _ROW.business_id, _ROW.id)
    .limit(bindparam("most"))
)


class FollowRows(SqlRows):
    """See `FollowStore`; methods are documented there."""

    def save_followed(self, calendar: FollowedCalendar) -> None:
        """See `FollowStore`."""
        self._run(
            self._inserts.upsert_followed,
            business_id=calendar.business_id,
            id=calendar.id,
            due_at=millis(calendar.due_at),
            body=encode(calendar),
        )

    def followed(self, business_id: str, calendar_id: str) -> FollowedCalendar | None:
        """See `FollowStore`."""
        return self._one(FollowedCalendar, FOLLOWED, business=business_id, wanted=calendar_id)

    def followed_calendars(self, business_id: str) -> tuple[FollowedCalendar, ...]:
        """See `FollowStore`."""
        return self._all(FollowedCalendar, OF_BUSINESS, business=business_id)

    def drop_followed(self, business_id: str, calendar_id: str) -> bool:
        """See `FollowStore`."""
        return self._run(DROP, business=business_id, wanted=calendar_id) > 0

    def due_followed(self, now: Instant, limit: int) -> tuple[FollowedCalendar, ...]:
        """See `FollowStore`."""
        return self._all(FollowedCalendar, DUE, before=millis(now), most=limit)

    def take_followed(
        self, calendar: FollowedCalendar, now: Instant, until: Instant
    ) -> FollowedCalendar | None:
        """See `FollowStore`."""
        self._lock(calendar.business_id, f"followed:{calendar.id}")
        current = self.followed(calendar.business_id, calendar.id)
        if current is None or current.due_at > now:
            return None
        taken = current.taken(until)
        self.save_followed(taken)
        return taken
