"""Pauses, drafts, callbacks and searched bookings in memory."""

from collections.abc import Sequence

from handfest.model.booking import Booking
from handfest.model.call import Callback
from handfest.model.catalogue_draft import CatalogueDraft
from handfest.model.page import Position
from handfest.model.pause import Pause
from handfest.ports import BusyTime
from handfest.storage.memory_rows import MemoryRows, newest_first


class MemoryDesk(MemoryRows):
    """See `DeskStore`; methods are documented there."""

    def save_pause(self, pause: Pause) -> None:
        """See `DeskStore`."""
        self._rows.pauses[pause.business_id, pause.platform, pause.line] = pause

    def drop_pause(self, business_id: str, platform: str, line: str) -> bool:
        """See `DeskStore`."""
        return self._rows.pauses.pop((business_id, platform, line), None) is not None

    def pause(self, business_id: str, platform: str, line: str) -> Pause | None:
        """See `DeskStore`."""
        return self._rows.pauses.get((business_id, platform, line))

    def pauses(self, business_id: str) -> tuple[Pause, ...]:
        """See `DeskStore`."""
        return tuple(pause for key, pause in sorted(self._rows.pauses.items()) if key[0] == business_id)

    def save_draft(self, draft: CatalogueDraft) -> None:
        """See `DeskStore`."""
        self._rows.drafts[draft.business_id] = draft

    def drop_draft(self, business_id: str) -> bool:
        """See `DeskStore`."""
        return self._rows.drafts.pop(business_id, None) is not None

    def draft(self, business_id: str) -> CatalogueDraft | None:
        """See `DeskStore`."""
        return self._rows.drafts.get(business_id)

    def busy_time(self, business_id: str, busy_id: str) -> BusyTime | None:
        """See `DeskStore`."""
        return self._rows.busy.get((business_id, busy_id))

    def callback(self, business_id: str, callback_id: str) -> Callback | None:
        """See `DeskStore`."""
        return self._rows.callbacks.get((business_id, callback_id))

    def callbacks_found(
        self, business_id: str, limit: int, after: Position | None = None, *, still_open: bool = False
    ) -> tuple[Callback, ...]:
        """See `DeskStore`."""
        rows = [
            (row.made_at, row.id, row)
            for row in self._rows.callbacks.values()
            if row.business_id == business_id and not (still_open and row.closed_at)
        ]
        return newest_first(rows, limit, after)

    def bookings_found(
        self, business_id: str, words: Sequence[str], limit: int, after: Position | None = None
    ) -> tuple[Booking, ...]:
        """See `DeskStore`."""
        rows = [
            (row.start, row.id, row)
            for row in self._rows.bookings.values()
            if row.business_id == business_id and all(word in row.search_text for word in words)
        ]
        return newest_first(rows, limit, after)
