"""`/invite/{token}`: whoever holds the link chooses a password, once. A plain form, which needs no script."""

import math
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from handfest.access.accept_invite import accept_invite, invited_user
from handfest.access.passwords import unfit
from handfest.access.porter import LoggedIn
from handfest.access.tokens import new_token, same
from handfest.web.body import BodyTooLarge, read_form
from handfest.web.cookies import FORM, read_cookie, set_cookie
from handfest.web.login_routes import FORM_BYTES, FORM_SECONDS, address_of, logged_in
from handfest.web.page import render
from handfest.web.same_site import from_elsewhere
from handfest.wiring import House

PATH = "/invite/{token}"
_STATUS = {"gone": HTTPStatus.GONE, "too_many": HTTPStatus.TOO_MANY_REQUESTS}


def invite_routes(house: House) -> list[Route]:
    """The routes. Opening the link uses nothing up: programs that look at mail open links, too."""

    async def form(request: Request) -> Response:
        return await _page(house, request)

    async def accept(request: Request) -> Response:
        try:
            fields = await read_form(request, FORM_BYTES)
        except BodyTooLarge:
            return await _page(house, request, "stale", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        expected = read_cookie(request, FORM, house.settings.public_url) or ""
        if from_elsewhere(request) or not (expected and same(fields.get("form_token", ""), expected)):
            return await _page(house, request, "stale", HTTPStatus.FORBIDDEN)
        wanted = fields.get("new", "")
        if unfit(wanted) is not None or wanted != fields.get("again"):
            return await _page(house, request, "unfit", HTTPStatus.UNPROCESSABLE_ENTITY)
        token = request.path_params["token"]
        result = await accept_invite(house.porter, house.ids, token, wanted, address_of(request))
        if isinstance(result, LoggedIn):
            return await logged_in(house, request, result, "/")
        if result.again_at is None:
            return await _page(house, request)
        seconds = max(1, math.ceil((result.again_at - house.clock.now()).total("seconds")))
        page = await _page(house, request, "too_many", _STATUS["too_many"], minutes=(seconds + 59) // 60)
        page.headers["Retry-After"] = str(seconds)
        return page

    return [Route(PATH, form, methods=["GET"]), Route(PATH, accept, methods=["POST"])]


async def _page(
    house: House,
    request: Request,
    problem: str | None = None,
    status: int = HTTPStatus.OK,
    *,
    minutes: int = 0,
) -> Response:
    """The form of a link that is good; else that it is not, and what helps."""
    user = await invited_user(house.porter, request.path_params["token"])
    public_url = house.settings.public_url
    form_token = read_cookie(request, FORM, public_url) or new_token()
    page = render(
        request,
        "invite.html.j2",
        status=status if user is not None else _STATUS["gone"],
        user=user,
        problem=problem,
        minutes=minutes,
        form_token=form_token,
    )
    set_cookie(page, request, FORM, form_token, public_url, FORM_SECONDS)
    page.headers["Referrer-Policy"] = "no-referrer"  # the address is the secret
    return page
