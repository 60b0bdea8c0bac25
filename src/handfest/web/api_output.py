"""What the management API answers with: each value as a typed shape. Moments are ISO 8601."""

from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from handfest.model.actor import Actor
from handfest.model.digest import LATENCY_BOUNDS_MS
from handfest.web.api_shape import OnTheWall, Shape, Utc, inside, read_from

Row = TypeVar("Row", bound=BaseModel)


class Page(BaseModel, Generic[Row]):
    """Some rows, and the cursor of the next page."""

    rows: list[Row]
    next: str | None


class ActorShape(BaseModel):
    """Who asks, and what they may do where."""

    id: str
    name: str
    roles: dict[str, str]
    everywhere: str | None
    scopes: list[str]

    @classmethod
    def of(cls, actor: Actor) -> "ActorShape":
        """From the value."""
        return cls(
            id=actor.id,
            name=actor.name,
            roles={business: role.value for business, role in actor.roles.items()},
            everywhere=actor.everywhere.value if actor.everywhere else None,
            scopes=sorted(scope.value for scope in actor.scopes),
        )


class FiguresShape(Shape):
    """Calls, what they got, promises, and answers by how long they took."""

    key: str
    calls: int
    booked: int
    booked_rate: float | None
    kept: int
    broken: int
    kept_rate: float | None
    latency_bounds_ms: tuple[int, ...] = LATENCY_BOUNDS_MS
    latency: list[int]


class CallShape(Shape):
    """A call in a list; its moments in UTC."""

    id: str
    platform: str
    started_at: Utc
    ended_at: Utc | None
    end_reason: str | None
    line: str | None
    branch_id: str | None
    agent_version: str | None
    caller: str | None = read_from("caller_number")
    turns: int
    service_id: str | None = inside("pin", "service_id")
    spoken: str | None = inside("pin", "spoken")
    outcome: str
    test: bool


class CallPage(Page[CallShape]):
    """Some calls, and the cursor of the next page."""


class OfferShape(Shape):
    """A time that was offered."""

    id: str
    turn: int
    service_id: str
    service: str = read_from("service_name")
    start: OnTheWall = read_from("local_start")
    duration_min: int
    staff_id: str | None
    staff: str | None = read_from("staff_name")
    price: str | None
    state: str
    expires_at: OnTheWall = read_from("local_expires_at")
    catalogue_version: int


class CustomerShape(Shape):
    """Whom an appointment is for."""

    name: str
    phone: str | None
    email: str | None
    notes: str | None


class BookingShape(Shape):
    """An appointment in any state."""

    id: str
    call_id: str
    offer_id: str
    service_id: str
    service: str = read_from("service_name")
    start: OnTheWall = read_from("local_start")
    duration_min: int
    staff_id: str | None
    staff: str | None = read_from("staff_name")
    branch_id: str | None
    state: str
    pending: bool
    customer: CustomerShape
    caller: str | None = read_from("caller_number")
    price: str | None
    made_at: OnTheWall = read_from("local_made_at")
    replaces: str | None
    replaced_by: str | None
    refusal: str | None
    no_show: bool
    test: bool


class BookingPage(Page[BookingShape]):
    """Some bookings, and the cursor of the next page."""


class CallbackShape(Shape):
    """A request to be called back; its moments in UTC, for a callback is made from anywhere."""

    id: str
    call_id: str
    made_at: Utc
    name: str | None
    phone: str | None
    reason: str | None
    wish: str | None
    service_id: str | None
    claimed_by: str | None
    closed_by: str | None
    closed_at: Utc | None
    result: str | None


class CallbackPage(Page[CallbackShape]):
    """Some callbacks, and the cursor of the next page."""


class AbsenceShape(Shape):
    """Time at which somebody or something is not there, in UTC."""

    id: str
    who: str = read_from("resource_id")
    start: Utc
    end: Utc
    kind: str
    label: str | None
    source: str


class ChangeShape(Shape):
    """One line of the audit log; its moment in UTC."""

    id: str
    at: Utc
    actor_id: str
    actor: str = read_from("actor_name")
    what: str
    subject: str
    before: dict[str, Any]
    after: dict[str, Any]


class ChangePage(Page[ChangeShape]):
    """Some lines of the audit log, and the cursor of the next page."""
