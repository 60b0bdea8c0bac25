"""`/api`: who asks, all businesses, one business's health, and the audit log."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.requests import Request

from handfest.model.followed_calendar import FollowedCalendar
from handfest.office.health import Health, health
from handfest.office.log_change import list_changes
from handfest.office.office import Office
from handfest.office.overview import overview
from handfest.web.api_catalogue import CatalogueFindingShape
from handfest.web.api_input import Cursor, Id, Limit, Sought, cursor_of, position_of
from handfest.web.api_output import (
    ActorShape,
    BookingShape,
    CallbackShape,
    ChangePage,
    ChangeShape,
    FiguresShape,
)
from handfest.web.api_refusals import answered, routes_of
from handfest.web.api_shape import Shape, read_from
from handfest.web.guard import viewer_of


class BusinessShape(Shape):
    """One business at a glance."""

    id: str = read_from("business_id")
    name: str
    figures: FiguresShape
    unsettled: int
    callbacks: int
    live: int
    paused_lines: int


class FindingCountShape(Shape):
    """In how many calls of a day a finding was made."""

    day: str
    finding: str
    calls: int


class BudgetShape(Shape):
    """An aim; `left` is the share of the failures it allows that have not happened, below 0 when missed."""

    name: str
    aim: float
    good: int
    all: int
    left: float | None


class ProviderShape(BaseModel):
    """How a provider behind a network does; the last three are null for a calendar that cannot be away."""

    name: str
    answers: bool | None
    requests_left: int | None
    requests_per_minute: int | None


class FollowedShape(BaseModel):
    """A calendar that is followed; of its secret address only the host and the last characters are shown."""

    id: str
    staff_id: str
    address: str
    busy_times: int
    read_at: str | None
    due_at: str
    failures: int
    trouble: str | None

    @classmethod
    def of(cls, found: FollowedCalendar) -> "FollowedShape":
        """From the value."""
        return cls(
            id=found.id,
            staff_id=found.resource_id,
            address=found.shown,
            busy_times=found.kept,
            read_at=found.read_at.format_iso() if found.read_at else None,
            due_at=found.due_at.format_iso(),
            failures=found.failures,
            trouble=found.trouble,
        )


class HealthShape(BaseModel):
    """A business's health over some days."""

    days: list[FiguresShape]
    total: FiguresShape
    findings: list[FindingCountShape]
    budgets: list[BudgetShape]
    unsettled: list[BookingShape]
    callbacks: list[CallbackShape]
    provider: ProviderShape
    catalogue: list[CatalogueFindingShape]
    followed: list[FollowedShape]

    @classmethod
    def of(cls, found: Health) -> "HealthShape":
        """From the value."""
        state = found.provider
        return cls(
            days=[FiguresShape.of(row) for row in found.days],
            total=FiguresShape.of(found.total),
            findings=[FindingCountShape.of(row) for row in found.findings],
            budgets=[BudgetShape.of(row) for row in found.budgets],
            unsettled=[BookingShape.of(row) for row in found.unsettled],
            callbacks=[CallbackShape.of(row) for row in found.callbacks],
            provider=ProviderShape(
                name=found.provider_name,
                answers=state.answers if state else None,
                requests_left=state.left if state else None,
                requests_per_minute=state.per_minute if state else None,
            ),
            catalogue=[CatalogueFindingShape.of(row) for row in found.catalogue],
            followed=[FollowedShape.of(row) for row in found.followed],
        )


def health_routes(office: Office) -> APIRouter:
    """The routes."""
    api = routes_of("overview", prefix="")

    @api.get("/me")
    async def me(request: Request) -> ActorShape:
        """Who the request comes from, and what they may do where."""
        return ActorShape.of(viewer_of(request).actor)

    @api.get("/businesses")
    async def businesses(request: Request) -> list[BusinessShape]:
        """The businesses one may look into, the one that needs somebody most first; figures of seven days."""
        return [BusinessShape.of(row) for row in await overview(office, viewer_of(request).actor)]

    @api.get("/businesses/{business}/health")
    async def how(
        request: Request, business: Id, days: Annotated[int, Query(ge=1, le=92)] = 30
    ) -> HealthShape:
        """Figures day by day, what waits, how the calendar does, and what the catalogue's self-check finds."""
        return HealthShape.of(answered(await health(office, viewer_of(request).actor, business, days)))

    @api.get("/businesses/{business}/changes")
    async def changes(
        request: Request, business: Id, subject: Sought = None, limit: Limit = 50, cursor: Cursor = None
    ) -> ChangePage:
        """The audit log, the newest first: of one subject (a booking's id, ...), or of all."""
        actor = viewer_of(request).actor
        page = answered(await list_changes(office, actor, business, limit, position_of(cursor), subject))
        return ChangePage(rows=[ChangeShape.of(row) for row in page.rows], next=cursor_of(page.next))

    return api
