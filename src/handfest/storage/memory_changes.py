"""The audit log in memory."""

from handfest.errors import StoreUnavailable
from handfest.model.change import Change
from handfest.model.page import Position
from handfest.storage.memory_rows import MemoryRows
from handfest.storage.moments import millis


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
            (millis(row.at), row.id, row)
            for row in self._rows.changes.values()
            if row.business_id == business_id and subject in (None, row.subject)
        ]
        found = sorted(rows, key=lambda row: row[:2], reverse=True)
        if after is not None:
            found = [row for row in found if row[:2] < (millis(after.at), after.id)]
        return tuple(row for _at, _id, row in found[:limit])
