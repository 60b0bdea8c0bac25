"""`/api`: the management API. Everything that people can do in the console, for programs with a key."""

from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import handfest
from handfest.web.api_bookings import booking_routes, desk_routes
from handfest.web.api_calls import call_routes
from handfest.web.api_catalogue import draft_routes, version_routes, word_routes
from handfest.web.api_desk import absence_routes, callback_routes, line_routes
from handfest.web.api_docs import docs_page
from handfest.web.api_health import health_routes
from handfest.web.api_people import key_routes, letter_routes, people_routes
from handfest.web.api_refusals import add_refusals
from handfest.web.guard import guard
from handfest.wiring import House

DESCRIPTION = """\
Send an API key as a bearer token; it is made with `handfest keys add` and shown once. Lists come in pages: pass
`next` of one page as `cursor` of the following. Every refusal is `{"ok": false, "code", "error", "facts"}`."""


class Bounded:
    """Refuses bodies that are too large and addresses that no database can keep, before anything is read."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        size = 0

        async def bounded() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self._most:
                # The kind that whoever reads the body lets pass; every other one would become a plain 400.
                raise HTTPException(413, f"the body has more than {self._most} bytes")
            return message

        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            answer = _refused(422, "invalid", "an address has no zero character")
            await answer(scope, receive, send)
            return
        await self._app(scope, bounded, send)


def _refused(status: int, code: str, error: str) -> Response:
    return JSONResponse({"ok": False, "code": code, "error": error, "facts": {}}, status)


class Api:
    """The API, built when it is first asked or looked at, or by `build`: its fifty routes are a fifth of a second
    of work, for which whoever only serves calls does not wait."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._built: FastAPI | None = None

    @property
    def routes(self) -> list[BaseRoute]:
        """Every route, each behind its guard."""
        return self.build().routes

    def build(self) -> FastAPI:
        """The application; the same one every time."""
        if self._built is None:
            self._built = _api(self._house)
            guard([Mount("/api", app=self._built)], self._house.porter, self._house.settings.public_url)
        return self._built

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        await self.build()(scope, receive, send)


def mounted(api: Api, house: House) -> Mount:
    """The API under `/api`, its document at `/api/openapi.json`, and that for people to read at `/api/docs`."""
    return Mount("/api", app=api, middleware=[Middleware(Bounded, most=house.settings.body_max_bytes)])


def _api(house: House) -> FastAPI:
    api = FastAPI(
        title="handfest",
        version=handfest.__version__,
        description=DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        servers=[{"url": "/api"}],
    )
    add_refusals(api)
    for add in (
        health_routes,
        call_routes,
        booking_routes,
        desk_routes,
        line_routes,
        callback_routes,
        absence_routes,
        draft_routes,
        version_routes,
        word_routes,
        people_routes(house.porter.passwords, house.invites),
        key_routes,
        letter_routes,
    ):
        # Taken over one by one: a rule is given to each route, and a router included as a whole hides them.
        api.router.routes.extend(add(house.office).routes)

    @api.get("/openapi.json", include_in_schema=False)
    async def document(_request: Request) -> Response:
        return JSONResponse(document_of(api))

    @api.get("/docs", include_in_schema=False)
    async def docs(_request: Request) -> Response:
        return HTMLResponse(docs_page(document_of(api)))

    return api


def document_of(api: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the key that every route asks for."""
    document = api.openapi()
    schemes = document.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes["key"] = {"type": "http", "scheme": "bearer", "description": "An API key."}
    document["security"] = [{"key": []}]
    return document
