"""A Notice: what people of the business changed while a caller is on the phone, told in the next answer."""

from dataclasses import dataclass
from enum import StrEnum

from whenever import Instant


class NoticeKind(StrEnum):
    """What happened; names the sentence that tells it."""

    BOOKING_MOVED = "booking_moved"
    BOOKING_CANCELLED = "booking_cancelled"
    HOLD_GONE = "hold_gone"
    HOLD_MOVED = "hold_moved"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell. `subject` is the booking's or offer's id, `start` when it was; `moved_to` when it is
    now, and `successor` the id of what is there now; both None where nothing took its place."""

    kind: NoticeKind
    subject: str
    service_name: str
    start: Instant
    zone: str
    moved_to: Instant | None = None
    successor: str | None = None
