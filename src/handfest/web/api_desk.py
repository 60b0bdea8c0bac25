"""`/api`: lines and their pauses, callbacks, absences."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.requests import Request

from handfest.office.absences import Away, add_absence, list_absences, remove_absence
from handfest.office.callbacks import claim_callback, close_callback, list_callbacks
from handfest.office.office import Office
from handfest.office.pause_line import LineState, list_lines, pause_line, resume_line
from handfest.web.api_input import (
    AbsenceBody,
    Cursor,
    Id,
    Limit,
    Moment,
    ReasonBody,
    ResultBody,
    cursor_of,
    instant_of,
    position_of,
)
from handfest.web.api_output import AbsenceShape, CallbackPage, CallbackShape
from handfest.web.api_refusals import answered, routes_of
from handfest.web.guard import viewer_of


class LineShape(BaseModel):
    """A line; `paused_since` and what belongs to it only while it is paused."""

    platform: str
    name: str
    branch_id: str | None
    mode: str
    paused_since: str | None
    paused_by: str | None
    reason: str | None

    @classmethod
    def of(cls, line: LineState) -> "LineShape":
        """From the value."""
        return cls(
            platform=line.platform,
            name=line.name,
            branch_id=line.branch_id,
            mode=line.mode,
            paused_since=line.pause.since.format_iso() if line.pause else None,
            paused_by=line.pause.actor_id if line.pause else None,
            reason=line.pause.reason if line.pause else None,
        )


def line_routes(office: Office) -> APIRouter:
    """Lines and their pauses."""
    api = routes_of("lines", 413)

    @api.get("/lines")
    async def lines(request: Request, business: Id) -> list[LineShape]:
        """The lines of the active version."""
        found = answered(await list_lines(office, viewer_of(request).actor, business))
        return [LineShape.of(line) for line in found]

    @api.post("/lines/{platform}/{name}/pause")
    async def pause(request: Request, business: Id, platform: Id, name: Id, body: ReasonBody) -> LineShape:
        """From the next request on nothing is offered or booked on it; callers are called back."""
        actor = viewer_of(request).actor
        return LineShape.of(answered(await pause_line(office, actor, business, platform, name, body.reason)))

    @api.post("/lines/{platform}/{name}/resume")
    async def resume(request: Request, business: Id, platform: Id, name: Id) -> LineShape:
        """End the pause."""
        actor = viewer_of(request).actor
        return LineShape.of(answered(await resume_line(office, actor, business, platform, name)))

    return api


def callback_routes(office: Office) -> APIRouter:
    """Requests to be called back."""
    api = routes_of("callbacks", 409, 413)

    @api.get("/callbacks")
    async def callbacks(
        request: Request,
        business: Id,
        closed: Annotated[bool, Query(description="Also those that are closed.")] = False,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> CallbackPage:
        """The newest requests first."""
        page = answered(
            await list_callbacks(
                office,
                viewer_of(request).actor,
                business,
                limit,
                position_of(cursor),
                still_open=not closed,
            )
        )
        return CallbackPage(rows=[CallbackShape.of(row) for row in page.rows], next=cursor_of(page.next))

    @api.post("/callbacks/{callback}/claim")
    async def claim(request: Request, business: Id, callback: Id) -> CallbackShape:
        """Say that one sees to it."""
        actor = viewer_of(request).actor
        return CallbackShape.of(answered(await claim_callback(office, actor, business, callback)))

    @api.post("/callbacks/{callback}/close")
    async def close(request: Request, business: Id, callback: Id, body: ResultBody) -> CallbackShape:
        """Close it with what came of it."""
        actor = viewer_of(request).actor
        return CallbackShape.of(
            answered(await close_callback(office, actor, business, callback, body.result))
        )

    return api


def absence_routes(office: Office) -> APIRouter:
    """Absences and other busy times."""
    api = routes_of("absences", 413)

    @api.get("/absences")
    async def absences(request: Request, business: Id, first: Moment, last: Moment) -> list[AbsenceShape]:
        """Busy times that touch [first, last)."""
        begin, end = instant_of(first), instant_of(last)
        rows = answered(await list_absences(office, viewer_of(request).actor, business, begin, end))
        return [AbsenceShape.of(row) for row in rows]

    @api.post("/absences", status_code=201)
    async def add(request: Request, business: Id, body: AbsenceBody) -> list[AbsenceShape]:
        """Note an absence; appointments already booked stay. One row for each member of staff."""
        begin, end = instant_of(body.start), instant_of(body.end)
        away = Away(begin, end, body.staff_id, body.kind, body.label)
        rows = answered(await add_absence(office, viewer_of(request).actor, business, away))
        return [AbsenceShape.of(row) for row in rows]

    @api.delete("/absences/{absence}")
    async def remove(request: Request, business: Id, absence: Id) -> AbsenceShape:
        """Take an absence back."""
        actor = viewer_of(request).actor
        return AbsenceShape.of(answered(await remove_absence(office, actor, business, absence)))

    return api
