"""What the management API answers with: each value as a typed shape. Moments are ISO 8601."""

from typing import Any

from pydantic import BaseModel
from whenever import Instant

from handfest.model.actor import Actor
from handfest.model.booking import Booking
from handfest.model.call import Call, Callback
from handfest.model.change import Change
from handfest.model.digest import LATENCY_BOUNDS_MS, Figures
from handfest.model.offer import Offer
from handfest.ports import BusyTime


def local(at: Instant, zone: str) -> str:
    """The moment as the clock on the wall of the business shows it, with its offset."""
    return at.to_tz(zone).format_iso().split("[")[0]


def utc(at: Instant | None) -> str | None:
    """The moment in UTC, if there is one."""
    return None if at is None else at.format_iso()


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


class FiguresShape(BaseModel):
    """Calls, what they got, promises, and answers by how long they took."""

    key: str
    calls: int
    booked: int
    booked_rate: float | None
    kept: int
    broken: int
    kept_rate: float | None
    latency_bounds_ms: list[int]
    latency: list[int]

    @classmethod
    def of(cls, figures: Figures) -> "FiguresShape":
        """From the value."""
        return cls(
            key=figures.key,
            calls=figures.calls,
            booked=figures.booked,
            booked_rate=figures.booked_rate,
            kept=figures.kept,
            broken=figures.broken,
            kept_rate=figures.kept_rate,
            latency_bounds_ms=list(LATENCY_BOUNDS_MS),
            latency=list(figures.latency),
        )


class CallShape(BaseModel):
    """A call in a list."""

    id: str
    platform: str
    started_at: str
    ended_at: str | None
    end_reason: str | None
    line: str | None
    branch_id: str | None
    agent_version: str | None
    caller: str | None
    turns: int
    service_id: str | None
    spoken: str | None
    outcome: str
    test: bool

    @classmethod
    def of(cls, call: Call) -> "CallShape":
        """From the value; its moments in UTC."""
        return cls(
            id=call.id,
            platform=call.platform,
            started_at=call.started_at.format_iso(),
            ended_at=utc(call.ended_at),
            end_reason=call.end_reason,
            line=call.line,
            branch_id=call.branch_id,
            agent_version=call.agent_version,
            caller=call.caller_number,
            turns=call.turns,
            service_id=call.pin.service_id if call.pin else None,
            spoken=call.pin.spoken if call.pin else None,
            outcome=call.outcome,
            test=call.test,
        )


class CallPage(BaseModel):
    """Some calls, and the cursor of the next page."""

    rows: list[CallShape]
    next: str | None


class OfferShape(BaseModel):
    """A time that was offered."""

    id: str
    turn: int
    service_id: str
    service: str
    start: str
    duration_min: int
    staff_id: str | None
    staff: str | None
    price: str | None
    state: str
    expires_at: str
    catalogue_version: int

    @classmethod
    def of(cls, offer: Offer) -> "OfferShape":
        """From the value."""
        return cls(
            id=offer.id,
            turn=offer.turn,
            service_id=offer.service_id,
            service=offer.service_name,
            start=local(offer.start, offer.zone),
            duration_min=offer.duration_min,
            staff_id=offer.staff_id,
            staff=offer.staff_name,
            price=offer.price,
            state=offer.state.value,
            expires_at=local(offer.expires_at, offer.zone),
            catalogue_version=offer.catalogue_version,
        )


class CustomerShape(BaseModel):
    """Whom an appointment is for."""

    name: str
    phone: str | None
    email: str | None
    notes: str | None


class BookingShape(BaseModel):
    """An appointment in any state."""

    id: str
    call_id: str
    offer_id: str
    service_id: str
    service: str
    start: str
    duration_min: int
    staff_id: str | None
    staff: str | None
    branch_id: str | None
    state: str
    pending: bool
    customer: CustomerShape
    caller: str | None
    price: str | None
    made_at: str
    replaces: str | None
    replaced_by: str | None
    refusal: str | None
    no_show: bool
    test: bool

    @classmethod
    def of(cls, booking: Booking) -> "BookingShape":
        """From the value."""
        customer = booking.customer
        return cls(
            id=booking.id,
            call_id=booking.call_id,
            offer_id=booking.offer_id,
            service_id=booking.service_id,
            service=booking.service_name,
            start=local(booking.start, booking.zone),
            duration_min=booking.duration_min,
            staff_id=booking.staff_id,
            staff=booking.staff_name,
            branch_id=booking.branch_id,
            state=booking.state.value,
            pending=booking.pending,
            customer=CustomerShape(
                name=customer.name, phone=customer.phone, email=customer.email, notes=customer.notes
            ),
            caller=booking.caller_number,
            price=booking.price,
            made_at=local(booking.made_at, booking.zone),
            replaces=booking.replaces,
            replaced_by=booking.replaced_by,
            refusal=booking.refusal,
            no_show=booking.no_show,
            test=booking.test,
        )


class BookingPage(BaseModel):
    """Some bookings, and the cursor of the next page."""

    rows: list[BookingShape]
    next: str | None


class CallbackShape(BaseModel):
    """A request to be called back."""

    id: str
    call_id: str
    made_at: str
    name: str | None
    phone: str | None
    reason: str | None
    wish: str | None
    service_id: str | None
    claimed_by: str | None
    closed_by: str | None
    closed_at: str | None
    result: str | None

    @classmethod
    def of(cls, row: Callback) -> "CallbackShape":
        """From the value; its moments in UTC, for a callback is made from anywhere."""
        return cls(
            id=row.id,
            call_id=row.call_id,
            made_at=row.made_at.format_iso(),
            name=row.name,
            phone=row.phone,
            reason=row.reason,
            wish=row.wish,
            service_id=row.service_id,
            claimed_by=row.claimed_by,
            closed_by=row.closed_by,
            closed_at=utc(row.closed_at),
            result=row.result,
        )


class CallbackPage(BaseModel):
    """Some callbacks, and the cursor of the next page."""

    rows: list[CallbackShape]
    next: str | None


class AbsenceShape(BaseModel):
    """Time at which somebody or something is not there."""

    id: str
    who: str
    start: str
    end: str
    kind: str
    label: str | None
    source: str

    @classmethod
    def of(cls, row: BusyTime) -> "AbsenceShape":
        """From the value; its moments in UTC."""
        return cls(
            id=row.id,
            who=row.resource_id,
            start=row.start.format_iso(),
            end=row.end.format_iso(),
            kind=row.kind,
            label=row.label,
            source=row.source,
        )


class ChangeShape(BaseModel):
    """One line of the audit log."""

    id: str
    at: str
    actor_id: str
    actor: str
    what: str
    subject: str
    before: dict[str, Any]
    after: dict[str, Any]

    @classmethod
    def of(cls, row: Change) -> "ChangeShape":
        """From the value; its moment in UTC."""
        return cls(
            id=row.id,
            at=row.at.format_iso(),
            actor_id=row.actor_id,
            actor=row.actor_name,
            what=row.what,
            subject=row.subject,
            before=row.before,
            after=row.after,
        )


class ChangePage(BaseModel):
    """Some lines of the audit log, and the cursor of the next page."""

    rows: list[ChangeShape]
    next: str | None
