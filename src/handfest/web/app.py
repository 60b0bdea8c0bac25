"""The ASGI application: routes, the reconciler beside them, and the one boundary that catches everything."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from whenever import Instant

from handfest.booking.reconcile import reconcile
from handfest.errors import Fault
from handfest.office.digest_calls import digest_quiet_calls
from handfest.office.sweep_tests import KEPT_MINUTES, SWEEPER, sweep_tests
from handfest.web.account_routes import account_routes
from handfest.web.api import Api, mounted
from handfest.web.assets import asset_route
from handfest.web.bearer_routes import bearer_routes
from handfest.web.calcom_routes import calcom_routes
from handfest.web.calendar_feed import feed_route
from handfest.web.console.routes import console_routes
from handfest.web.guard import guard
from handfest.web.invite_routes import invite_routes
from handfest.web.login_routes import login_routes
from handfest.web.mcp_routes import McpDoor
from handfest.web.metrics import metrics_route
from handfest.web.page import preferences_route, render
from handfest.web.retell_routes import retell_routes
from handfest.web.secure_headers import SecureHeaders
from handfest.web.sign_on_routes import sign_on_routes
from handfest.wiring import House, code_version

DIGEST_PAUSE_SECONDS = 0.004
"""Between two digests callers come first."""

FOLLOW_LOOK_SECONDS = 10
"""How often it is looked which followed calendars are due."""

_LOG = structlog.get_logger("handfest.web")


class Boundary:
    """The only place that catches everything: a defect is logged with its trace and answered with a 500.

    It lies inside Starlette's own error page, which would answer first and let this one follow.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            if scope["type"] != "http" or begun:
                raise
            _LOG.exception("a request failed", path=scope["path"])
            answer = JSONResponse({"ok": False, "code": "internal", "error": "internal error"}, 500)
            await answer(scope, receive, send)


def create_app(house: House) -> ASGIApp:
    """The application on a house; closing it closes the house."""
    door, api = McpDoor(house), Api(house)

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"ok": True, "version": code_version(house.settings)})

    async def readyz(_request: Request) -> Response:
        businesses = await house.store.read(lambda tx: tx.businesses())
        return JSONResponse({"ok": True, "businesses": len(businesses)})

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await house.warm()
        api.build()
        works = (
            _reconcile_forever,
            _digest_forever,
            _alert_forever,
            _send_forever,
            _look_forever,
            _follow_forever,
        )
        watching = [asyncio.create_task(work(house)) for work in works]
        try:
            async with door.running():
                yield
        finally:
            house.live.close()
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
            await house.close()

    routes: list[BaseRoute] = [
        *retell_routes(house),  # first: routes are tried in order, and a caller waits
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        metrics_route(house),
        feed_route(house),
        asset_route(),
        preferences_route(),
        *login_routes(house),
        *invite_routes(house),
        *account_routes(house),
        *sign_on_routes(house),
        *console_routes(house),
        *bearer_routes(house),
        *door.routes,
        *calcom_routes(house),
    ]
    guard(routes, house.porter, house.settings.public_url)
    routes.append(mounted(api, house))  # guards itself
    middleware = [Middleware(SecureHeaders), Middleware(Boundary)]
    lost = {404: _lost}
    return Starlette(routes=routes, lifespan=lifespan, middleware=middleware, exception_handlers=lost)


async def _lost(request: Request, _error: Exception) -> Response:
    """No such address: a page for whoever reads pages, one line for programs."""
    if "text/html" in request.headers.get("accept", ""):
        return render(request, "refused.html.j2", status=404, code="not_found")
    return PlainTextResponse("Not Found", 404)


async def _forget(house: House, now: Instant) -> None:
    """Let go of transcripts, sessions and test bookings whose time is over, without any call as well."""
    await house.store.write(lambda tx: tx.drop_stale_access(now) + tx.drop_stale_invites(now))
    businesses = await house.store.read(lambda tx: tx.businesses())
    if businesses:
        await house.store.write(lambda tx: [tx.drop_transcripts(one, now) for one in businesses])
    for business_id in businesses:
        await sweep_tests(house.office, SWEEPER, business_id, now.subtract(minutes=KEPT_MINUTES))


async def _reconcile_forever(house: House) -> None:
    """Look up unsettled bookings at start and ever after; a round that fails is not the last."""
    forgotten: Instant | None = None
    while True:
        try:
            done = await reconcile(
                house.store, house.calendars, house.shelf, house.clock, house.notifier, house.letters
            )
            if done.booked or done.refused:
                _LOG.info("reconciled", booked=list(done.booked), refused=list(done.refused))
            await house.calcom_sync.poll_due()
            now = house.clock.now()
            if forgotten is None or now >= forgotten.add(hours=1):
                await _forget(house, now)
                forgotten = now
        except Fault as fault:
            _LOG.error("reconciling failed", code=fault.code)
        await asyncio.sleep(house.settings.reconcile_seconds)


async def _digest_forever(house: House) -> None:
    """Keep what people look at fresh: a few calls at a time, so that callers never wait for it."""
    while True:
        done = 0
        try:
            done = await digest_quiet_calls(house.office)
        except Fault as fault:
            _LOG.error("digesting failed", code=fault.code)
        await asyncio.sleep(DIGEST_PAUSE_SECONDS if done else house.settings.reconcile_seconds)


async def _alert_forever(house: House) -> None:
    """Tell people what needs one; apart from reconciling, so that a slow webhook holds nothing up."""
    while True:
        await asyncio.sleep(house.settings.alert_seconds)
        try:
            await house.alerts.send_due()
        except Fault as fault:
            _LOG.error("alerting failed", code=fault.code)


async def _send_forever(house: House) -> None:
    """Send confirmations and invitations; apart from everything else, so that a slow mail server holds nothing up."""
    while True:
        await asyncio.sleep(house.settings.letter_seconds)
        try:
            await house.letters.send_due()
            await house.invites.send_due()
        except Fault as fault:
            _LOG.error("sending failed", code=fault.code)


async def _look_forever(house: House) -> None:
    """Find for open pages what other processes did."""
    while True:
        await asyncio.sleep(house.settings.live_seconds)
        try:
            await house.live.look()
        except Fault as fault:
            _LOG.error("looking for news failed", code=fault.code)


async def _follow_forever(house: House) -> None:
    """Read followed calendars; apart from everything else, so that a slow server of a feed holds nothing up."""
    await house.follower.read_forever(lambda: asyncio.sleep(FOLLOW_LOOK_SECONDS))
