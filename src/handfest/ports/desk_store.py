"""What people of the business keep at their desk: pauses, drafts, callbacks, and bookings as they look for them."""

from collections.abc import Sequence
from typing import Protocol

from handfest.model.booking import Booking
from handfest.model.call import Callback
from handfest.model.catalogue_draft import CatalogueDraft
from handfest.model.page import Position
from handfest.model.pause import Pause
from handfest.ports.booking_store import BusyTime


class DeskStore(Protocol):
    """Reads and writes of the desk. Every one names its business."""

    def save_pause(self, pause: Pause) -> None:
        """Pause this line, or keep its pause as it is now."""

    def drop_pause(self, business_id: str, platform: str, line: str) -> bool:
        """End the pause; False if there was none."""

    def pause(self, business_id: str, platform: str, line: str) -> Pause | None:
        """The pause of this line, if it is paused."""

    def pauses(self, business_id: str) -> tuple[Pause, ...]:
        """All pauses of a business."""

    def save_draft(self, draft: CatalogueDraft) -> None:
        """Keep the one draft of the business as it is now."""

    def drop_draft(self, business_id: str) -> bool:
        """Forget the draft; False if there was none."""

    def draft(self, business_id: str) -> CatalogueDraft | None:
        """The draft of the next version, if somebody works on one."""

    def busy_time(self, business_id: str, busy_id: str) -> BusyTime | None:
        """This busy time, if it is kept."""

    def callback(self, business_id: str, callback_id: str) -> Callback | None:
        """This request to be called back."""

    def callbacks_found(
        self, business_id: str, limit: int, after: Position | None = None, *, still_open: bool = False
    ) -> tuple[Callback, ...]:
        """The newest requests first, from behind `after` on; with `still_open` only those not closed."""

    def bookings_found(
        self, business_id: str, words: Sequence[str], limit: int, after: Position | None = None
    ) -> tuple[Booking, ...]:
        """Bookings that stand, stood or were refused, the latest start first, whose search text has every word.

        The search text is `search_text` of the booking; words are folded as it is.
        """
