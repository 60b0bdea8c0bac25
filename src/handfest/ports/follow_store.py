"""Followed calendars, as the store keeps them."""

from typing import Protocol

from whenever import Instant

from handfest.model.followed_calendar import FollowedCalendar


class FollowStore(Protocol):
    """Calendars that are read again and again. Their addresses are secrets."""

    def save_followed(self, calendar: FollowedCalendar) -> None:
        """Keep the calendar as it is now."""

    def followed(self, business_id: str, calendar_id: str) -> FollowedCalendar | None:
        """This calendar, if the business follows it."""

    def followed_calendars(self, business_id: str) -> tuple[FollowedCalendar, ...]:
        """Everything the business follows, by id."""

    def drop_followed(self, business_id: str, calendar_id: str) -> bool:
        """Follow it no longer; False if it was not followed. Its busy times stay (see `replace_busy`)."""

    def due_followed(self, now: Instant, limit: int) -> tuple[FollowedCalendar, ...]:
        """Calendars of all businesses whose time has come, oldest first."""

    def take_followed(
        self, calendar: FollowedCalendar, now: Instant, until: Instant
    ) -> FollowedCalendar | None:
        """Take a due calendar until this moment; None if another worker has it or it is followed no longer."""
