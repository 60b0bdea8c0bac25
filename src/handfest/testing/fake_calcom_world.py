"""What a fake Cal.com account holds: people, schedules, event types, bookings, reservations, webhooks."""

import copy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from whenever import Instant

MINUTES_OF_DAY = 24 * 60
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass
class User:
    """A Cal.com account that hosts appointments."""

    id: int
    name: str
    email: str
    username: str
    time_zone: str = "Europe/Berlin"
    schedule_id: int = 201


@dataclass
class Schedule:
    """Working hours: per weekday (0 = Monday) spans in minutes of the local day; dates that replace them."""

    id: int
    owner_id: int
    name: str = "Working hours"
    time_zone: str = "Europe/Berlin"
    weekdays: dict[int, list[tuple[int, int]]] = field(
        default_factory=lambda: {day: [(9 * 60, 17 * 60)] for day in range(5)}
    )
    overrides: dict[date, list[tuple[int, int]]] = field(default_factory=dict)


@dataclass
class EventType:
    """An event type as far as booking depends on it. Lengths, notice and buffers in minutes."""

    id: int
    slug: str
    title: str
    length: int
    host_ids: tuple[int, ...] = (101,)
    lengths: tuple[int, ...] = ()
    notice: int = 0
    buffer_before: int = 0
    buffer_after: int = 0
    slot_interval: int | None = None
    confirmation: bool = False
    bookings_per_day: int | None = None
    email_required: bool = True
    email_hidden: bool = False
    phone: str | None = None
    """Phone field: None (not there), "hidden", "optional" or "required"."""
    fields: tuple[dict[str, Any], ...] = ()
    fields_unknown: bool = False
    hidden: bool = False
    managed_parent: bool = False
    round_robin: bool = False
    requires_authentication: bool = False
    booking_window_days: int | None = None
    schedule_id: int = 201
    location: str = "Teststr. 1"
    location_type: str = "address"
    seats: int | None = None


@dataclass
class FakeBooking:
    """A booking as Cal.com keeps it; `status` is accepted, pending, cancelled or rejected."""

    id: int
    uid: str
    event_type_id: int
    host_id: int
    start: int
    end: int
    status: str
    attendee: dict[str, Any]
    metadata: dict[str, str]
    created: Instant
    updated: Instant
    responses: dict[str, Any]
    title: str = ""
    from_uid: str | None = None
    to_uid: str | None = None
    ics_uid: str | None = None
    cancellation_reason: str = ""
    rescheduling_reason: str | None = None
    absent: bool = False

    @property
    def what(self) -> tuple[int, int, int]:
        """Event type, start in epoch seconds, minutes: what an offer must equal."""
        return self.event_type_id, self.start, (self.end - self.start) // 60

    @property
    def live(self) -> bool:
        """True unless it was cancelled, rescheduled or rejected."""
        return self.status in ("accepted", "pending")


@dataclass
class Reservation:
    """A slot somebody reserved; seconds of epoch."""

    uid: str
    event_type_id: int
    start: int
    end: int
    until: float
    minutes: int


@dataclass
class Subscription:
    """A webhook subscription."""

    url: str
    secret: str
    triggers: tuple[str, ...] = (
        "BOOKING_CREATED",
        "BOOKING_REQUESTED",
        "BOOKING_RESCHEDULED",
        "BOOKING_CANCELLED",
        "BOOKING_REJECTED",
        "BOOKING_NO_SHOW_UPDATED",
    )


@dataclass
class World:
    """Everything of one fake Cal.com. `keys` maps an API key to its user."""

    users: dict[int, User] = field(default_factory=dict)
    schedules: dict[int, Schedule] = field(default_factory=dict)
    event_types: dict[int, EventType] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    expired_keys: set[str] = field(default_factory=set)
    bookings: dict[str, FakeBooking] = field(default_factory=dict)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    subscriptions: list[Subscription] = field(default_factory=list)
    next_booking: int = 100

    def live(self, host_id: int, start: int, end: int) -> list[FakeBooking]:
        """Live bookings of a host that overlap [start, end), pending ones included."""
        return [
            booking
            for booking in self.bookings.values()
            if booking.live and booking.host_id == host_id and booking.start < end and start < booking.end
        ]

    def copy(self) -> "World":
        """A copy that shares nothing, for a run of its own."""
        return copy.deepcopy(self)


KEY = "cal_live_salon"
"""The API key that the salon world accepts."""


def salon_world() -> World:
    """The account that the exchanges were recorded on: one owner, seven event types, Mo-Fr 9 to 17."""
    types = (
        EventType(15, "beratung-15", "Beratung 15", 15),
        EventType(30, "beratung-30", "Beratung 30", 30),
        EventType(45, "variabel", "Variabel", 30, lengths=(15, 30, 60)),
        EventType(46, "anfrage", "Nur Anfrage", 30, confirmation=True),
        EventType(47, "limit", "Tageslimit", 30, bookings_per_day=1),
        EventType(48, "notice", "Notice 2 Tage", 30, notice=2880),
        EventType(49, "telefon", "Telefon", 30, email_required=False, phone="required", fields_unknown=True),
    )
    return World(
        users={101: User(101, "Salon Owner", "owner@example.test", "salon")},
        schedules={201: Schedule(201, 101)},
        event_types={kind.id: kind for kind in types},
        keys={KEY: 101},
    )
