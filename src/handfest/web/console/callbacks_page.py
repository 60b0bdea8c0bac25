"""Callbacks: the requests that ended a call which could not be helped, to be claimed and closed."""

from starlette.responses import Response

from handfest.office.callbacks import claim_callback, close_callback, list_callbacks
from handfest.office.objection import Objection
from handfest.web.body import read_form
from handfest.web.console.calls_page import place_of, position_of
from handfest.web.console.visit import Visit

PER_PAGE = 50


async def callbacks_page(visit: Visit) -> Response:
    """Those that wait, or all."""
    every, after = visit.asked("all") is not None, position_of(visit.asked("after"))
    found = await list_callbacks(
        visit.house.office, visit.actor, visit.business, PER_PAGE, after, still_open=not every
    )
    if isinstance(found, Objection):
        return visit.missing()
    older = None
    if found.next is not None:
        older = visit.path("callbacks", all="yes" if every else None, after=place_of(found.next))
    return visit.show("callbacks.html.j2", rows=found.rows, every=every, older=older)


async def change_callback(visit: Visit) -> Response:
    """Claim a request, or close it with what came of it."""
    form, wanted = await read_form(visit.request), visit.request.path_params["callback"]
    where = (visit.house.office, visit.actor, visit.business, wanted)
    if form.get("act") == "close":
        result = form.get("result") or visit.words.callbacks["done"]
        return visit.after(await close_callback(*where, result), "closed", "callbacks")
    return visit.after(await claim_callback(*where), "claimed", "callbacks")
