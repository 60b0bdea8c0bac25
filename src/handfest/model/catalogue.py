"""The catalogue: what one business offers, when, by whom, and under which rules.

A `Catalogue` is one immutable version of a business file. Wall times are `datetime.time` and mean the
time zone of whoever they belong to; durations are whole minutes.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

END_OF_DAY = 24 * 60
"""Minute of the day that `24:00` stands for."""


class Unnamed(StrEnum):
    """What happens when the caller names no service (law 2)."""

    ASK = "ask"
    DEFAULT = "default"


class Grid(StrEnum):
    """Where slot starts may lie: anchored on each opening, on each free range, or on the clock (rule R17)."""

    OPENING = "opening"
    FREE = "free"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Opening:
    """One span of opening time in minutes of the local day; `end` <= `start` is over midnight (rule R3)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours: seven weekdays (0 = Monday), dates that replace their weekday, and closed dates."""

    weekdays: tuple[tuple[Opening, ...], ...] = ((),) * 7
    overrides: tuple[tuple[date, tuple[Opening, ...]], ...] = ()
    closed: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a service in which the staff is busy, or free for somebody else (a perm that waits)."""

    minutes: int
    staff_busy: bool = True


@dataclass(frozen=True, slots=True)
class Binding:
    """Which object of a calendar provider a service is; by staff where the provider has one per person."""

    event_type_id: int | None = None
    by_staff: tuple[tuple[str, int], ...] = ()

    def for_staff(self, staff_id: str | None) -> int | None:
        """The provider's object for this staff member, the common one where they have none of their own."""
        return dict(self.by_staff).get(staff_id or "", self.event_type_id)


@dataclass(frozen=True, slots=True)
class Service:
    """The noun a caller wishes for. `phases` always holds at least one busy phase."""

    id: str
    name: str
    duration_min: int
    aliases: tuple[str, ...] = ()
    default: bool = False
    price: str | None = None
    description: str | None = None
    phases: tuple[Phase, ...] = ()
    needs: tuple[str, ...] = ()
    buffer_before_min: int = 0
    buffer_after_min: int = 0
    capacity: int = 1
    limit_per_day: int | None = None
    limit_per_week: int | None = None
    slot_step_min: int | None = None
    min_notice_min: int | None = None
    max_advance_days: int | None = None
    branches: tuple[str, ...] = ()
    binding: Binding = Binding()
    hidden: bool = False

    def __post_init__(self) -> None:
        if not self.phases:
            object.__setattr__(self, "phases", (Phase(self.duration_min),))


@dataclass(frozen=True, slots=True)
class Staff:
    """A person who serves. `services` are the ids this person can do; own zone and hours are optional."""

    id: str
    name: str
    services: frozenset[str] = frozenset()
    aliases: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    time_zone: str | None = None
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """Something beside staff that a service needs: a chair, a room, a device; `count` equal ones."""

    id: str
    name: str
    count: int = 1
    branches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A phone number or agent bound to one business, perhaps to one of its branches."""

    platform: str
    number: str | None
    agent_id: str | None
    signing_key_env: str | None
    branch_id: str | None = None
    mode: str = "serve"


@dataclass(frozen=True, slots=True)
class Branch:
    """A place of the business with its own address, and its own hours and zone where given."""

    id: str
    name: str
    address: str | None = None
    phone: str | None = None
    time_zone: str | None = None
    holidays: str | None = None
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class BookingRules:
    """The house rules of booking; minutes, calendar days and seconds."""

    slot_step_min: int = 15
    min_notice_min: int = 60
    max_advance_days: int = 60
    offers: int = 3
    hold_seconds: int = 180
    grid: Grid = Grid.OPENING
    cancel_notice_min: int = 0
    deadline_ms: int = 2200


@dataclass(frozen=True, slots=True)
class CalendarSettings:
    """Which calendar keeps the appointments. Secrets are names of environment variables, never values."""

    provider: str = "embedded"
    base_url: str | None = None
    api_key_env: str | None = None
    webhook_secret_env: str | None = None


@dataclass(frozen=True, slots=True)
class Alerts:
    """Whom to tell when something needs a person; the web address is in an environment variable."""

    webhook_url_env: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Confirmations:
    """What customers are sent after a booking, a change or a cancellation.

    `email` to those whose address is known, answered to `reply_to`. A text message goes through the gateway at
    `text_url`, signed with the secret in `text_secret_env`: to everybody ("always") or to those who get no e-mail.
    """

    email: bool = False
    reply_to: str | None = None
    text_url: str | None = None
    text_secret_env: str | None = None
    text: str = "without_email"


@dataclass(frozen=True, slots=True)
class Business:
    """Who answers the phone: name, language of the sentences spoken, zone, and what a missing name means."""

    id: str
    name: str
    language: str
    time_zone: str
    holidays: str | None = None
    unnamed_service: Unnamed = Unnamed.ASK
    unknown_service: Unnamed = Unnamed.ASK
    vocabulary: tuple[str, ...] = ()
    country: str = "DE"
    phone: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One version of everything a business has told us. `version` is 0 until the store gives a number."""

    business: Business
    services: tuple[Service, ...]
    staff: tuple[Staff, ...] = ()
    resources: tuple[Resource, ...] = ()
    branches: tuple[Branch, ...] = ()
    lines: tuple[Line, ...] = ()
    hours: Hours = field(default_factory=Hours)
    rules: BookingRules = BookingRules()
    calendar: CalendarSettings = CalendarSettings()
    alerts: Alerts = Alerts()
    confirmations: Confirmations = Confirmations()
    version: int = 0

    def service(self, service_id: str) -> Service | None:
        """The service with this id, or None."""
        return next((service for service in self.services if service.id == service_id), None)

    def staff_member(self, staff_id: str | None) -> Staff | None:
        """The staff member with this id, or None."""
        return next((person for person in self.staff if person.id == staff_id), None)

    def branch(self, branch_id: str | None) -> Branch | None:
        """The branch with this id, or None."""
        return next((branch for branch in self.branches if branch.id == branch_id), None)

    def default_service(self) -> Service | None:
        """The one service marked default; used only by the desk's policy for an unnamed service (law 2)."""
        return next((service for service in self.services if service.default), None)
