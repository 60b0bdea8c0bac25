"""The overview of those who see several businesses: one table, the worst first."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from handfest.office.overview import overview
from handfest.web.console.visit import Frame
from handfest.web.guard import viewer_of
from handfest.web.live_route import live_stream
from handfest.web.page import go, render
from handfest.wiring import House


def overview_page(house: House) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint. Somebody with one business is led to its day."""

    async def page(request: Request) -> Response:
        viewer = viewer_of(request)
        rows = await overview(house.office, viewer.actor)
        if len(rows) == 1 and viewer.actor.everywhere is None:
            return go(f"/b/{rows[0].business_id}/today")
        frame = Frame(
            business=None,
            name="",
            page="overview",
            pages=(),
            several=True,
            live=True,
            counts={},
            csrf=viewer.csrf,
            person=viewer.actor.name,
            notice=None,
        )
        return render(request, "overview.html.j2", frame=frame, rows=rows)

    return page


def overview_live(house: House) -> Callable[[Request], Awaitable[StreamingResponse]]:
    """The news of every business that the viewer may look into."""

    async def live(request: Request) -> StreamingResponse:
        rows = await overview(house.office, viewer_of(request).actor)
        return live_stream(house.live, request, [row.business_id for row in rows])

    return live
