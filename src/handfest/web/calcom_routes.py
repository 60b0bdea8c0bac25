"""`POST /calcom/webhooks/{business}`: verified, acknowledged at once, looked into afterwards.

Cal.com may wait for the answer inside the very POST /bookings that we are waiting for.
"""

import asyncio

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from handfest.calendars.calcom_webhook import HEADER, Hint, read_hint, signed_by
from handfest.errors import Fault
from handfest.web.body import BodyTooLarge, read_body
from handfest.wiring import House

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
        if not signed_by(raw, request.headers.get(HEADER), await _secret(house, business_id)):
            cause = "the signature does not fit the body and the business's webhook secret"
            return JSONResponse({"ok": False, "code": "signature_invalid", "error": cause}, 401)
        hint = read_hint(raw)
        if hint is not None:
            task = asyncio.create_task(_look(house, business_id, hint))
            working.add(task)
            task.add_done_callback(working.discard)
        return Response(status_code=204)

    return [Route("/calcom/webhooks/{business}", webhook, methods=["POST"])]


async def _secret(house: House, business_id: str) -> str:
    """The secret of this business; "" (which nothing fits) where there is none."""
    stored = await house.store.read(lambda tx: tx.catalogue(business_id))
    if stored is None:
        return ""
    variable = house.shelf.compiled(stored, None).catalogue.calendar.webhook_secret_env
    return (house.secret(variable) if variable else None) or ""


async def _look(house: House, business_id: str, hint: Hint) -> None:
    try:
        followed = await house.calcom_sync.heard(business_id, hint)
    except Fault as fault:
        # The poll will find it; a webhook comes once.
        _LOG.warning("a webhook was not followed", business=business_id, code=fault.code)
        return
    meanings = [one.meaning for one in followed]
    _LOG.info("webhook followed", business=business_id, trigger=hint.trigger, meanings=meanings)
