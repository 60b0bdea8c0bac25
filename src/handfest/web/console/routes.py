"""The addresses of the console. Who may call which is in `rules.toml`."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from handfest.web.console.bookings_page import booking_ics, booking_page, bookings_page, change_booking
from handfest.web.console.callbacks_page import callbacks_page, change_callback
from handfest.web.console.calls_page import call_page, calls_page
from handfest.web.console.catalogue_page import (
    add_alias,
    catalogue_page,
    change_draft,
    change_service,
    edit_page,
    roll_back,
    service_page,
)
from handfest.web.console.health_page import health_page
from handfest.web.console.overview_page import overview_live, overview_page
from handfest.web.console.people_page import (
    add_somebody,
    change_somebody,
    end_a_key,
    invite_somebody,
    make_a_key,
    people_page,
)
from handfest.web.console.today_page import change_absence, change_hold, change_line, today_page
from handfest.web.console.try_page import sweep, try_call, try_page
from handfest.web.console.visit import Page, page_of
from handfest.web.live_route import live_stream
from handfest.wiring import House

_PAGES: tuple[tuple[str, str, str, Page], ...] = (
    ("GET", "today", "today", today_page),
    ("GET", "calls", "calls", calls_page),
    ("GET", "calls/{call}", "calls", call_page),
    ("GET", "bookings", "bookings", bookings_page),
    ("GET", "bookings/{booking}.ics", "bookings", booking_ics),
    ("GET", "bookings/{booking}", "bookings", booking_page),
    ("POST", "calls/{call}/offers/{offer}", "today", change_hold),
    ("POST", "lines", "today", change_line),
    ("POST", "absences", "today", change_absence),
    ("POST", "bookings/{booking}", "bookings", change_booking),
    ("GET", "callbacks", "callbacks", callbacks_page),
    ("POST", "callbacks/{callback}", "callbacks", change_callback),
    ("GET", "catalogue", "catalogue", catalogue_page),
    ("GET", "catalogue/edit", "catalogue", edit_page),
    ("POST", "catalogue/draft", "catalogue", change_draft),
    ("POST", "catalogue/aliases", "catalogue", add_alias),
    ("POST", "catalogue/versions", "catalogue", roll_back),
    ("GET", "catalogue/services/{service}", "catalogue", service_page),
    ("POST", "catalogue/services/{service}", "catalogue", change_service),
    ("GET", "health", "health", health_page),
    ("GET", "try", "try", try_page),
    ("POST", "try", "try", try_call),
    ("POST", "try/sweep", "try", sweep),
    ("GET", "people", "people", people_page),
    ("POST", "people", "people", add_somebody),
    ("POST", "people/{user}", "people", change_somebody),
    ("POST", "people/{user}/invite", "people", invite_somebody),
    ("POST", "keys", "people", make_a_key),
    ("POST", "keys/{key}", "people", end_a_key),
)
"""Method, address under `/b/{business}/`, place in the rail, page."""


def console_routes(house: House) -> list[Route]:
    """Every route of the console."""

    async def live(request: Request) -> Response:
        return live_stream(house.live, request, [request.path_params["business"]])

    pages = [
        Route(f"/b/{{business}}/{path}", page_of(house, rail, page), methods=[method])
        for method, path, rail, page in _PAGES
    ]
    return [
        Route("/", overview_page(house), methods=["GET"]),
        Route("/live", overview_live(house), methods=["GET"]),
        *pages,
        Route("/b/{business}/live", live, methods=["GET"]),
    ]
