"""`/login` and `/logout`: plain forms, which need no script."""

import ipaddress
import math
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from handfest.access.porter import LoggedIn, NotLoggedIn
from handfest.access.tokens import new_token, same
from handfest.web.body import BodyTooLarge, read_form
from handfest.web.cookies import FORM, SESSION, drop_cookie, read_cookie, set_cookie
from handfest.web.guard import viewer_of
from handfest.web.page import go, local_path, render
from handfest.web.same_site import from_elsewhere
from handfest.wiring import House

FORM_SECONDS = 3600
FORM_BYTES = 16 * 1024


def login_routes(house: House) -> list[Route]:
    """The routes."""

    async def form(request: Request) -> Response:
        token = read_cookie(request, SESSION, house.settings.public_url)
        if token and await house.porter.resume(token) is not None:
            return go(local_path(request.query_params.get("next")))
        return login_page(house, request, next_path=request.query_params.get("next"))

    async def login(request: Request) -> Response:
        try:
            fields = await read_form(request, FORM_BYTES)
        except BodyTooLarge:
            return login_page(house, request, "stale", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        expected = read_cookie(request, FORM, house.settings.public_url) or ""
        if from_elsewhere(request) or not (expected and same(fields.get("form_token", ""), expected)):
            return login_page(house, request, "stale", HTTPStatus.FORBIDDEN, fields.get("next"))
        result = await house.porter.log_in(
            fields.get("login", ""), fields.get("password", ""), address_of(request)
        )
        if isinstance(result, LoggedIn):
            return await logged_in(house, request, result, fields.get("next"))
        return _refused(house, request, result, fields)

    async def logout(request: Request) -> Response:
        viewer = viewer_of(request)
        token = read_cookie(request, SESSION, house.settings.public_url)
        if viewer.user is not None and (await read_form(request)).get("everywhere"):
            await house.porter.log_out_everywhere(viewer.user.id)
        elif token:
            await house.porter.log_out(token)
        response = go("/login")
        drop_cookie(response, request, SESSION, house.settings.public_url)
        return response

    return [
        Route("/login", form, methods=["GET"]),
        Route("/login", login, methods=["POST"]),
        Route("/logout", logout, methods=["POST"]),
    ]


def login_page(
    house: House,
    request: Request,
    problem: str | None = None,
    status: int = HTTPStatus.OK,
    next_path: str | None = None,
    login: str = "",
    minutes: int = 0,
) -> Response:
    """The form; its token has to come back together with the cookie that is set here."""
    public_url = house.settings.public_url
    form_token = read_cookie(request, FORM, public_url) or new_token()
    page = render(
        request,
        "login.html.j2",
        status=status,
        problem=problem,
        minutes=minutes,
        login=login,
        next=local_path(next_path),
        form_token=form_token,
        sign_on=house.settings.oidc_name if house.sign_on is not None else None,
    )
    set_cookie(page, request, FORM, form_token, public_url, FORM_SECONDS)
    return page


async def logged_in(house: House, request: Request, result: LoggedIn, next_path: str | None) -> Response:
    """On to the page that was asked for, with a session of its own; one that was there before ends."""
    public_url = house.settings.public_url
    earlier = read_cookie(request, SESSION, public_url)
    if earlier:
        await house.porter.log_out(earlier)
    response = go(local_path(next_path))
    set_cookie(response, request, SESSION, result.token, public_url, house.porter.longest)
    drop_cookie(response, request, FORM, public_url)
    return response


def _refused(house: House, request: Request, result: NotLoggedIn, fields: dict[str, str]) -> Response:
    again = (fields.get("next"), fields.get("login", ""))
    if result.again_at is None:
        return login_page(house, request, result.code, HTTPStatus.UNAUTHORIZED, *again)
    seconds = max(1, math.ceil((result.again_at - house.clock.now()).total("seconds")))
    page = login_page(
        house, request, result.code, HTTPStatus.TOO_MANY_REQUESTS, *again, minutes=(seconds + 59) // 60
    )
    page.headers["Retry-After"] = str(seconds)
    return page


def address_of(request: Request) -> str:
    """Where a request comes from, as tries are counted: a network of IPv6 addresses counts as one."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((address, 64), strict=False))
    return str(address)
