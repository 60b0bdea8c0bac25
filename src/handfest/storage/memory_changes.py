"""The audit log in memory."""

from handfest.errors import StoreUnavailable
from handfest.model.change import Change
from handfest.model.page import Position
from handfest.storage.memory_rows import MemoryRows, newest_first


class MemoryChanges(MemoryRows):
    """See `ChangeStore`; methods are documented there."""

    def add_change(self, change: Change) -> None:
        """See `ChangeStore`."""
        if (change.business_id, change.id) in self._rows.changes:
            raise StoreUnavailable(f"change {change.id} is there already")
        self._rows.changes[change.business_id, change.id] = change

    def changes(
        self, business_id: str, limit: int, after: Position | None = None, subject: str | None = None
    ) -> tuple[Change, ...]:
        """See `ChangeStore`."""
        rows = [
            (row.at, row.id, row)
            for row in self._rows.changes.values()
            if row.business_id == business_id and subject in (None, row.subject)
        ]
        return newest_first(rows, limit, after)
