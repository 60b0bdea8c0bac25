"""`/login/sso`: to the sign-on provider and back. What has begun stays in the browser that began it."""

import json
from http import HTTPStatus

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from handfest.access.identity import Begun, Provider, SignOnFailedError
from handfest.access.meet import meet
from handfest.access.tokens import same
from handfest.model.access import User
from handfest.web.cookies import SIGN_ON, drop_cookie, read_cookie, set_cookie
from handfest.web.login_routes import logged_in, login_page
from handfest.web.page import local_path
from handfest.wiring import House

BACK = "/login/sso/back"
BEGUN_SECONDS = 600
_LOG = structlog.get_logger("handfest.sign_on")


def sign_on_routes(house: House) -> list[Route]:
    """The routes; without a provider in the settings they lead back to the form."""

    async def begin(request: Request) -> Response:
        if house.sign_on is None:
            return login_page(house, request)
        try:
            begun = await house.sign_on.begin(_redirect_uri(house, request))
        except SignOnFailedError as error:
            return _failed(house, request, str(error))
        response = RedirectResponse(begun.url, HTTPStatus.SEE_OTHER, headers={"Cache-Control": "no-store"})
        wanted = local_path(request.query_params.get("next"))
        kept = json.dumps([begun.state, begun.nonce, begun.verifier, wanted]).encode().hex()
        set_cookie(response, request, SIGN_ON, kept, house.settings.public_url, BEGUN_SECONDS)
        return response

    async def back(request: Request) -> Response:
        found = _begun(read_cookie(request, SIGN_ON, house.settings.public_url))
        if house.sign_on is None or found is None:
            return _failed(house, request, "nothing was begun in this browser")
        begun, wanted = found
        try:
            user = await _user(house, house.sign_on, request, begun)
        except SignOnFailedError as error:
            response = _failed(house, request, str(error))
        else:
            if user is None:
                response = login_page(house, request, "unknown_here", HTTPStatus.FORBIDDEN)
            else:
                response = await logged_in(house, request, await house.porter.admit(user), wanted)
        drop_cookie(response, request, SIGN_ON, house.settings.public_url)
        return response

    return [
        Route("/login/sso", begin, methods=["GET"]),
        Route(BACK, back, methods=["GET"]),
    ]


async def _user(house: House, sign_on: Provider, request: Request, begun: Begun) -> User | None:
    """Whom the provider has sent back, if it is a user of ours. Raises SignOnFailedError."""
    params = request.query_params
    if not same(params.get("state", ""), begun.state):
        raise SignOnFailedError("it came back with a state that was not begun here")
    code = params.get("code")
    if not code:
        raise SignOnFailedError("it came back without a code")
    identity = await sign_on.finish(begun, code, _redirect_uri(house, request), house.clock.now())
    return await house.store.write(lambda tx: meet(tx, identity.subject, identity.email))


def _begun(kept: str | None) -> tuple[Begun, str] | None:
    try:
        state, nonce, verifier, wanted = json.loads(bytes.fromhex(kept or ""))
    except ValueError:
        return None
    parts = (state, nonce, verifier, wanted)
    if not all(isinstance(part, str) and part for part in parts):
        return None
    return Begun("", state, nonce, verifier), wanted


def _redirect_uri(house: House, request: Request) -> str:
    return (house.settings.public_url or str(request.base_url)).rstrip("/") + BACK


def _failed(house: House, request: Request, cause: str) -> Response:
    _LOG.warning("a sign-on failed", cause=cause)
    return login_page(house, request, "sign_on_failed", HTTPStatus.BAD_GATEWAY)
