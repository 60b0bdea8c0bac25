"""The audit log, as the store keeps it."""

from typing import Protocol

from handfest.model.change import Change
from handfest.model.page import Position


class ChangeStore(Protocol):
    """What people of the business have changed. Nothing in it is ever changed or removed by a use case."""

    def add_change(self, change: Change) -> None:
        """Keep a line of the log; with what it tells of, in one transaction."""

    def changes(
        self, business_id: str, limit: int, after: Position | None = None, subject: str | None = None
    ) -> tuple[Change, ...]:
        """The newest changes first, from behind `after` on; of one subject, or of all."""
