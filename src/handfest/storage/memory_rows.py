"""Everything that the memory twin keeps, in dictionaries."""

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from whenever import Instant

from handfest.model.access import ApiKey, Session, User
from handfest.model.booking import Booking
from handfest.model.call import Call, Callback
from handfest.model.catalogue_draft import CatalogueDraft
from handfest.model.change import Change
from handfest.model.digest import Digest
from handfest.model.followed_calendar import FollowedCalendar
from handfest.model.invite import Invite
from handfest.model.letter import Letter
from handfest.model.offer import Offer
from handfest.model.page import Position
from handfest.model.pause import Pause
from handfest.model.slot import Occupied
from handfest.model.transcript import Transcript
from handfest.model.turn import TurnRecord
from handfest.ports import BusyTime, CalendarEvent, LineRecord, StoredCatalogue
from handfest.storage.moments import millis

Bucket = tuple[str, str, int]
Appointment = tuple[str | None, Instant | None]


@dataclass(frozen=True, slots=True)
class Seated:
    """Who has one seat of a resource in one bucket; a guest of a group appointment shares its door."""

    owner: str
    until: Instant | None
    seat: int
    door: int | None
    appointment: Appointment

    def excludes(self, seat: int, door: int | None, appointment: Appointment) -> bool:
        """True if nobody may have this seat, behind this door, for this appointment."""
        if self.door is None or door is None:
            return (self.seat if self.door is None else self.door) == (seat if door is None else door)
        return self.seat == seat or (self.door == door and self.appointment != appointment)


@dataclass
class Rows:
    """Everything that is kept, by key. The first part of every key is the business."""

    catalogues: dict[tuple[str, int], StoredCatalogue] = field(default_factory=dict)
    lines: dict[str, tuple[LineRecord, ...]] = field(default_factory=dict)
    calls: dict[tuple[str, str], Call] = field(default_factory=dict)
    turns: dict[tuple[str, str], tuple[TurnRecord, ...]] = field(default_factory=dict)
    offers: dict[tuple[str, str, str], Offer] = field(default_factory=dict)
    bookings: dict[tuple[str, str], Booking] = field(default_factory=dict)
    events: dict[tuple[str, str], CalendarEvent] = field(default_factory=dict)
    busy: dict[tuple[str, str], BusyTime] = field(default_factory=dict)
    callbacks: dict[tuple[str, str], Callback] = field(default_factory=dict)
    transcripts: dict[tuple[str, str], Transcript] = field(default_factory=dict)
    seen: set[tuple[str, str]] = field(default_factory=set)
    feeds: dict[str, str] = field(default_factory=dict)
    followed: dict[tuple[str, str], FollowedCalendar] = field(default_factory=dict)
    changes: dict[tuple[str, str], Change] = field(default_factory=dict)
    pauses: dict[tuple[str, str, str], Pause] = field(default_factory=dict)
    drafts: dict[str, CatalogueDraft] = field(default_factory=dict)
    digests: dict[tuple[str, str], Digest] = field(default_factory=dict)
    undigested: set[tuple[str, str]] = field(default_factory=set)
    letters: dict[tuple[str, str], Letter] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    api_keys: dict[tuple[str, str], ApiKey] = field(default_factory=dict)
    invites: dict[str, Invite] = field(default_factory=dict)
    throttles: dict[str, Instant] = field(default_factory=dict)
    claims: dict[Bucket, tuple[Seated, ...]] = field(default_factory=dict)
    occupied: dict[tuple[str, str], tuple[tuple[Occupied, Instant | None], ...]] = field(default_factory=dict)

    def copy(self) -> "Rows":
        """A copy one level deep: the values are immutable, only the containers need copying."""
        return Rows(**{name: copy.copy(value) for name, value in vars(self).items()})


class MemoryRows:
    """Reads and writes on the rows; the files of memory beside this one are its rooms."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows


T = TypeVar("T")


def newest_first(rows: Iterable[tuple[Instant, str, T]], limit: int, after: Position | None) -> tuple[T, ...]:
    """A page of rows given with their moment and id, from behind a position on."""
    keyed = [(millis(at), row_id, row) for at, row_id, row in rows]
    behind = None if after is None else (millis(after.at), after.id)
    found = sorted(
        (one for one in keyed if behind is None or one[:2] < behind), key=lambda one: one[:2], reverse=True
    )
    return tuple(row for _at, _id, row in found[:limit])
