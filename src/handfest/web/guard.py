"""The guard before every route: finds out who asks, and lets pass what the table of rules allows.

A stranger is sent to the login page; a business that is not one's own looks like one that is not there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from handfest.access.porter import Porter
from handfest.model.access import Viewer
from handfest.model.actor import Actor
from handfest.model.actor import Scope as Right
from handfest.web.body import BodyTooLarge
from handfest.web.cookies import SESSION, read_cookie, set_cookie
from handfest.web.page import render
from handfest.web.rules import Rule, leaves, rules
from handfest.web.same_site import SAFE, from_elsewhere, proves

API = "/api"


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a request is turned away."""

    status: int
    code: str
    error: str


NO_RULE = Refused(403, "denied", "no rule lets anybody call this")
STRANGER = Refused(401, "login_required", "log in, or send an API key as a bearer token")
NOT_YOURS = Refused(404, "not_found", "there is no such thing, or it belongs to another business")
NOT_ALLOWED = Refused(403, "denied", "your role or key does not allow this")
FORGED = Refused(403, "csrf_invalid", "this did not come from a page of ours; load the page again")
TOO_LARGE = Refused(413, "payload_too_large", "the form is too large")


@dataclass(frozen=True, slots=True)
class Known:
    """Who makes the request; `token` is a new one that the browser has to keep."""

    viewer: Viewer
    token: str | None = None


def viewer_of(request: Request) -> Viewer:
    """Who makes this request; for routes whose rule lets only known ones pass. A FastAPI dependency, too."""
    viewer: Viewer = request.state.viewer
    return viewer


def guard(routes: Iterable[BaseRoute], porter: Porter, public_url: str | None) -> None:
    """Put a guard before each of these routes; one without a rule is shut."""
    for leaf in leaves(routes):
        allowed = {method: rules().get((method, leaf.path)) for method in leaf.methods}
        leaf.route.app = Guarded(leaf.route.app, allowed, leaf.path, porter, public_url)


class Guarded:
    """One route behind its rules."""

    def __init__(
        self,
        app: ASGIApp,
        allowed: Mapping[str, Rule | None],
        path: str,
        porter: Porter,
        public_url: str | None,
    ) -> None:
        self.allowed = allowed
        self._app = app
        self._api = path.startswith(API)
        self._porter = porter
        self._public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        rule = self.allowed.get(method)
        if rule is not None and rule.open:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            await self._turn_away(request, NOT_YOURS)(
                scope, receive, send
            )  # what no database keeps is not there
            return
        known = await self._known(request) if rule is not None else None
        refused = _refusal(rule, known, request.path_params.get("business"))
        if refused is None and known is not None and known.viewer.csrf is not None and method not in SAFE:
            refused, receive = await _forged(request, receive, known.viewer.csrf)
        if refused is not None:
            await self._turn_away(request, refused)(scope, receive, send)
            return
        assert known is not None, "nobody unknown passes"
        scope.setdefault("state", {})["viewer"] = known.viewer
        await self._app(scope, receive, self._sent(request, known, send))

    async def _known(self, request: Request) -> Known | None:
        """By session; by key only under /api, where there is nothing for a browser to be lured into."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if self._api and kind.lower() == "bearer":
            viewer = await self._porter.by_key(token.strip())
            return Known(viewer) if viewer is not None else None
        cookie = read_cookie(request, SESSION, self._public_url)
        resumed = await self._porter.resume(cookie) if cookie else None
        return Known(resumed.viewer, resumed.token) if resumed is not None else None

    def _turn_away(self, request: Request, refused: Refused) -> Response:
        headers = {"Cache-Control": "no-store"}
        if self._api:
            if refused is STRANGER:
                headers["WWW-Authenticate"] = "Bearer"
            body = {"ok": False, "code": refused.code, "error": refused.error}
            return JSONResponse(body, refused.status, headers=headers)
        if refused is not STRANGER:
            return render(request, "refused.html.j2", status=refused.status, code=refused.code)
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        login = "/login?" + urlencode({"next": wanted if request.method == "GET" else "/"})
        if "hx-request" in request.headers:
            return Response(status_code=401, headers={**headers, "HX-Redirect": "/login"})
        if "text/event-stream" in request.headers.get("accept", ""):
            return Response(status_code=401, headers=headers)
        return RedirectResponse(login, 303, headers=headers)

    def _sent(self, request: Request, known: Known, send: Send) -> Send:
        """What is shown to somebody known is kept by no cache; a new token goes to the browser."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Cache-Control", "no-store")
                if known.token is not None:
                    kept = Response()
                    longest = self._porter.longest
                    set_cookie(kept, request, SESSION, known.token, self._public_url, longest)
                    headers.append("Set-Cookie", kept.headers["set-cookie"])
            await send(message)

        return sent


def _refusal(rule: Rule | None, known: Known | None, business_id: str | None) -> Refused | None:
    if rule is None:
        return NO_RULE
    if known is None:
        return STRANGER
    actor, right = known.viewer.actor, rule.scope
    if business_id is not None and actor.role(business_id) is None:
        return NOT_YOURS
    if right is None:
        return None
    allowed = actor.may(right, business_id) if business_id is not None else _somewhere(actor, right)
    return None if allowed else NOT_ALLOWED


def _somewhere(actor: Actor, right: Right) -> bool:
    """True if there is a business, known or to come, in which this may be done."""
    return any(actor.may(right, business_id) for business_id in (*actor.roles, ""))


async def _forged(request: Request, receive: Receive, csrf: str) -> tuple[Refused | None, Receive]:
    if from_elsewhere(request):
        return FORGED, receive
    try:
        proved, again = await proves(request.scope, receive, csrf)
    except BodyTooLarge:
        return TOO_LARGE, receive
    return (None if proved else FORGED), again
