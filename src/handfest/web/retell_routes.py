"""The Retell endpoints. The raw body is verified before anything in it is believed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from handfest.errors import PayloadMalformed, SignatureInvalid
from handfest.model.turn import Envelope
from handfest.ports import LineRecord
from handfest.voice.bad_signature import is_marked, mark_bad_signature
from handfest.voice.lines import line_of
from handfest.voice.retell import PLATFORM, read_envelope, read_json, read_request
from handfest.voice.retell_agent import EMPTY_VARIABLES
from handfest.voice.retell_events import read_event
from handfest.voice.signature import HEADER, signed_at, verify
from handfest.web.body import BodyTooLarge, read_body
from handfest.web.retell_events import take_event
from handfest.web.tool_call import serve_tool
from handfest.wiring import House


@dataclass(frozen=True, slots=True)
class Verified:
    """A body that somebody who holds one of our keys has signed. `line` None: for a number nobody has."""

    raw: bytes
    body: Mapping[str, Any]
    envelope: Envelope
    line: LineRecord | None


def retell_routes(house: House) -> list[Route]:
    """The routes of this platform."""

    async def tools(request: Request) -> Response:
        return await _guarded(house, request, _tool)

    async def events(request: Request) -> Response:
        return await _guarded(house, request, _event)

    async def inbound(request: Request) -> Response:
        return await _guarded(house, request, _inbound)

    return [
        Route("/retell/tools", tools, methods=["POST"]),
        Route("/retell/tools/{tool}", tools, methods=["POST"]),
        Route("/retell/events", events, methods=["POST"]),
        Route("/retell/inbound", inbound, methods=["POST"]),
    ]


async def _guarded(house: House, request: Request, serve: Any) -> Response:
    """Body cap, signature and shape; each refusal says its cause and nothing about us."""
    try:
        raw = await read_body(request, house.settings.body_max_bytes)
        verified = await _verify(house, raw, request.headers.get(HEADER))
    except BodyTooLarge as error:
        return _problem(413, "payload_too_large", str(error))
    except SignatureInvalid as error:
        house.notifier.alarm(error.code, {"path": request.url.path})
        return _problem(401, error.code, str(error))
    except PayloadMalformed as error:
        return _problem(400, error.code, str(error))
    response: Response = await serve(house, request, verified)
    return response


async def _verify(house: House, raw: bytes, header: str | None) -> Verified:
    if signed_at(header) is None:
        raise SignatureInvalid(f"the header {HEADER} is missing or not of the form v=<ms>,d=<hex>")
    lines = await house.store.read(lambda tx: tx.lines(PLATFORM))
    try:
        body = read_json(raw)
    except PayloadMalformed:
        if _signed_by_any(house, raw, header, lines):
            raise
        raise SignatureInvalid("the signature does not fit the body") from None
    call = body.get("call") or body.get("call_inbound")
    envelope = read_envelope(call if isinstance(call, dict) else {})
    line = line_of(envelope, lines)
    if line is None:
        if not _signed_by_any(house, raw, header, lines):
            raise SignatureInvalid("the signature does not fit the body, its age or any line's key")
        return Verified(raw, body, envelope, None)
    if not _signed(house, raw, header, _key(house, line)):
        await _mark(house, line.business_id)
        raise SignatureInvalid("the signature does not fit the body, its age or the line's key")
    return Verified(raw, body, envelope, line)


async def _mark(house: House, business_id: str) -> None:
    """Count a wrong signature for the doctor, with one write a minute however many come."""
    now = house.clock.now()
    if not await house.store.read(lambda tx: is_marked(tx, business_id, now)):
        await house.store.write(lambda tx: mark_bad_signature(tx, business_id, now))


def _signed_by_any(house: House, raw: bytes, header: str | None, lines: tuple[LineRecord, ...]) -> bool:
    return any(_signed(house, raw, header, key) for key in sorted({_key(house, line) for line in lines}))


def _signed(house: House, raw: bytes, header: str | None, key: str) -> bool:
    moments = (clock.now().timestamp(unit="millisecond") for clock in house.signature_clocks)
    return any(verify(raw, header, key, now_ms) for now_ms in moments)


def _key(house: House, line: LineRecord) -> str:
    return (house.secret(line.signing_key_env) if line.signing_key_env else None) or ""


async def _tool(house: House, request: Request, verified: Verified) -> Response:
    try:
        asked = read_request(verified.body, request.path_params.get("tool"))
    except PayloadMalformed as error:
        return _problem(400, error.code, str(error))
    served = await serve_tool(house, verified.line, asked.envelope, asked.request)
    return Response(served.text, media_type="application/json")


async def _event(house: House, _request: Request, verified: Verified) -> Response:
    if verified.line is not None and verified.envelope.call_id is not None:
        event = read_event(verified.body, verified.raw)
        await take_event(house, verified.line, verified.envelope, event)
    return Response(status_code=204)


async def _inbound(house: House, _request: Request, verified: Verified) -> Response:
    """Answered inside `call_inbound`, as the platform reads it (B14); values are strings."""
    if verified.line is None or verified.line.mode == "observe":
        return JSONResponse({"call_inbound": {}})
    variables = await house.desk.context(verified.line, verified.envelope)
    variables.update(EMPTY_VARIABLES)
    return JSONResponse({"call_inbound": {"dynamic_variables": variables}})


def _problem(status: int, code: str, cause: str) -> Response:
    return JSONResponse({"ok": False, "code": code, "error": cause}, status_code=status)
