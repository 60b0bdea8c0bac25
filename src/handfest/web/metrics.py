"""`/metrics`: the figures of this process for Prometheus."""

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from handfest.diagnosis.metrics import store_state
from handfest.wiring import House


def metrics_route(house: House) -> Route:
    """The route; what only the store knows is read at each scrape. Holds no personal data."""

    async def metrics(_request: Request) -> Response:
        now = house.clock.now()
        state = await house.store.read(lambda tx: store_state(tx, now))
        house.metrics.observe(state, now)
        return PlainTextResponse(generate_latest(house.metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return Route("/metrics", metrics)
