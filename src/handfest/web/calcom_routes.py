"""`POST /calcom/webhooks/{business}`: verified, acknowledged at once, looked into afterwards.

Cal.com may wait for the answer inside the very POST /bookings that we are waiting for.
"""

import asyncio
from collections.abc import Awaitable, Sequence

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from handfest.errors import Fault, SignatureInvalid
from handfest.web.body import BodyTooLarge, read_body
from handfest.wiring import House

HEADER = "x-cal-signature-256"
_LOG = structlog.get_logger("handfest.calcom")


def calcom_routes(house: House) -> list[Route]:
    """The route of the webhooks, with the tasks behind it."""
    working: set[asyncio.Task[None]] = set()

    async def webhook(request: Request) -> Response:
        try:
            raw = await read_body(request, house.settings.body_max_bytes)
        except BodyTooLarge as error:
            return JSONResponse({"ok": False, "code": "payload_malformed", "error": str(error)}, 413)
        business_id = request.path_params["business"]
        signature = request.headers.get(HEADER)
        try:
            hint = await house.calcom_sync.received(business_id, raw, signature, house.secret)
        except SignatureInvalid as error:
            return JSONResponse({"ok": False, "code": error.code, "error": str(error)}, 401)
        if hint is not None:
            look = house.calcom_sync.heard(business_id, hint)
            task = asyncio.create_task(_look(business_id, look))
            working.add(task)
            task.add_done_callback(working.discard)
        return Response(status_code=204)

    return [Route("/calcom/webhooks/{business}", webhook, methods=["POST"])]


async def _look(business_id: str, look: Awaitable[Sequence[object]]) -> None:
    try:
        followed = await look
    except Fault as fault:
        # The poll will find it; a webhook comes once.
        _LOG.warning("a webhook was not followed", business=business_id, code=fault.code)
        return
    _LOG.info("webhook followed", business=business_id, bookings=len(followed))
