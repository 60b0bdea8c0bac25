"""The tool endpoints of platforms that prove themselves by a secret of the line: plain HTTP, Vapi, ElevenLabs."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from handfest.errors import PayloadMalformed, SignatureInvalid
from handfest.model.turn import Envelope, ToolRequest
from handfest.ports import LineRecord
from handfest.voice import elevenlabs, plain, vapi
from handfest.voice.bearer import line_for, lines_with, token_of
from handfest.voice.retell import read_json
from handfest.web.body import BodyTooLarge, read_body
from handfest.web.ended_call import audit_ended
from handfest.web.tool_call import serve_tool
from handfest.wiring import House

Read = Callable[[Mapping[str, Any], Mapping[str, str], str], tuple[Envelope, ToolRequest]]


def bearer_routes(house: House) -> list[Route]:
    """The routes of these platforms."""

    async def plain_tool(request: Request) -> Response:
        return await _guarded(house, request, lambda raw: _one(house, request, raw, plain))

    async def elevenlabs_tool(request: Request) -> Response:
        return await _guarded(house, request, lambda raw: _one(house, request, raw, elevenlabs))

    async def vapi_tools(request: Request) -> Response:
        return await _guarded(house, request, lambda raw: _vapi(house, request, raw))

    return [
        Route("/tools/{tool}", plain_tool, methods=["POST"]),
        Route("/elevenlabs/tools/{tool}", elevenlabs_tool, methods=["POST"]),
        Route("/vapi/tools", vapi_tools, methods=["POST"]),
    ]


async def _guarded(house: House, request: Request, serve: Callable[[bytes], Awaitable[Response]]) -> Response:
    """Body cap, secret and shape; each refusal says its cause and nothing about us."""
    try:
        return await serve(await read_body(request, house.settings.body_max_bytes))
    except BodyTooLarge as error:
        return _problem(413, "payload_too_large", str(error))
    except SignatureInvalid as error:
        house.notifier.alarm(error.code, {"path": request.url.path})
        return _problem(401, error.code, str(error))
    except PayloadMalformed as error:
        return _problem(400, error.code, str(error))


async def _one(house: House, request: Request, raw: bytes, platform: Any) -> Response:
    """One tool, named in the path."""
    opened = await opened_lines(house, platform.PLATFORM, token_of(request.headers))
    envelope, asked = platform.read_request(read_json(raw), request.headers, request.path_params["tool"])
    served = await serve_tool(house, line_for(envelope, opened), envelope, asked)
    return Response(served.text, media_type="application/json")


async def _vapi(house: House, request: Request, raw: bytes) -> Response:
    """Every tool call of a message, in its order, each with its own result."""
    token = token_of(request.headers, vapi.OWN_HEADER)
    if token is not None:
        opened = await opened_lines(house, vapi.PLATFORM, token)
    else:
        opened = await _signed_lines(house, raw, request.headers)
    body = read_json(raw)
    if not vapi.is_request(body):
        await _hung_up(house, opened, vapi.ended(body))
        return JSONResponse({})
    answers: dict[str, tuple[str, str]] = {}
    for call in vapi.read_calls(body):
        served = await serve_tool(house, line_for(call.envelope, opened), call.envelope, call.request)
        answers[call.id] = (call.name, served.text)
    return JSONResponse(vapi.results(answers))


async def _hung_up(house: House, opened: tuple[LineRecord, ...], envelope: Envelope | None) -> None:
    """A call that is over holds nothing any more, and is audited."""
    line = line_for(envelope, opened) if envelope is not None else None
    if line is not None and envelope is not None and envelope.call_id is not None:
        await house.desk.hang_up(line, envelope.call_id)
        await audit_ended(house, line, envelope)


async def opened_lines(house: House, platform: str, token: str | None) -> tuple[LineRecord, ...]:
    """The lines that this secret opens. Raises SignatureInvalid if it opens none."""
    lines = await house.store.read(lambda tx: tx.lines(platform))
    opened = lines_with(token, lines, lambda line: key_of(house, line))
    if not opened:
        raise SignatureInvalid(f"the secret is missing, or it is that of no {platform} line")
    return opened


async def _signed_lines(house: House, raw: bytes, headers: Mapping[str, str]) -> tuple[LineRecord, ...]:
    lines = await house.store.read(lambda tx: tx.lines(vapi.PLATFORM))
    moments = [clock.now().timestamp(unit="millisecond") for clock in house.signature_clocks]
    opened = tuple(
        line for line in lines if any(vapi.signed(raw, headers, key_of(house, line), now) for now in moments)
    )
    if not opened:
        raise SignatureInvalid("there is no secret and no fresh signature of a vapi line")
    return opened


def key_of(house: House, line: LineRecord) -> str:
    """The secret of a line; empty where its variable is not set."""
    return (house.secret(line.signing_key_env) if line.signing_key_env else None) or ""


def _problem(status: int, code: str, cause: str) -> Response:
    return JSONResponse({"ok": False, "code": code, "error": cause}, status_code=status)
