"""`POST /calcom/webhooks/{business}`: verified, acknowledged at once, looked into afterwards.

Cal.com may wait for the answer inside the very POST /bookings that we are waiting for.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from handfest.errors import SignatureInvalid
from handfest.web.body import BodyTooLarge, read_body
from handfest.wiring import House

HEADER = "x-cal-signature-256"


def calcom_routes(house: House) -> list[Route]:
    """The route of the webhooks."""

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
            house.calcom_sync.follow_later(business_id, hint)
        return Response(status_code=204)

    return [Route("/calcom/webhooks/{business}", webhook, methods=["POST"])]
