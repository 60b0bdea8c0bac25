"""`/metrics`: the figures of this process for Prometheus, and who may read them."""

import hmac
import ipaddress

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from handfest.diagnosis.watch.metrics import store_state
from handfest.wiring import House

_FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")


def metrics_route(house: House) -> Route:
    """The route; what only the store knows is read at each scrape. Holds no personal data.

    It names the businesses: with a token set only whoever brings it is answered, without one only this machine.
    """

    async def metrics(request: Request) -> Response:
        refused = _refusal(request, house.settings.metrics_token)
        if refused is not None:
            return refused
        now = house.clock.now()
        state = await house.store.read(lambda tx: store_state(tx, now))
        house.metrics.observe(state, now)
        return PlainTextResponse(generate_latest(house.metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return Route("/metrics", metrics)


def _refusal(request: Request, token: str) -> Response | None:
    if token:
        kind, _, brought = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and hmac.compare_digest(brought.strip().encode(), token.encode()):
            return None
        why = "send the token of HANDFEST_METRICS_TOKEN as a bearer token\n"
        return PlainTextResponse(why, 401, headers={"WWW-Authenticate": "Bearer"})
    if _from_here(request):
        return None
    return PlainTextResponse("set HANDFEST_METRICS_TOKEN to read the figures from another machine\n", 403)


def _from_here(request: Request) -> bool:
    """Whether the request comes from this machine and not through a proxy on it; a socket file is here, too."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    if request.client is None:
        return True
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
