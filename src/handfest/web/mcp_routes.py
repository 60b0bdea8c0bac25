"""`/mcp`: the tools over MCP's streamable HTTP, each request by itself, behind the line's secret.

The protocol is the official package's (`handfest[mcp]`); where it is not installed there is no such address.
"""

import contextlib
import json
from collections.abc import AsyncIterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

import handfest
from handfest.errors import SignatureInvalid
from handfest.model.turn import Envelope
from handfest.ports import LineRecord
from handfest.voice.bearer import line_for, token_of
from handfest.voice.dialect import read_tool
from handfest.voice.mcp_tools import PLATFORM, mcp_tools, read_envelope
from handfest.web.bearer_routes import opened_lines
from handfest.web.tool_call import Served, serve_tool
from handfest.wiring import House

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

_OPENED = "handfest.lines"


class McpDoor:
    """The address and what runs behind it. `running` has to be entered before requests come."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._manager: StreamableHTTPSessionManager | None = None

    @property
    def routes(self) -> list[Route]:
        """The one route, where the package is installed."""
        if find_spec("mcp") is None:
            return []
        return [Route("/mcp", self._asked, methods=["POST"])]

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """While this is entered, requests are served."""
        if find_spec("mcp") is None:
            yield
            return
        self._manager = _manager(self._house)
        async with self._manager.run():
            yield
        self._manager = None

    async def _asked(self, request: Request) -> Response:
        """The secret first; the rest is the protocol's."""
        try:
            opened = await opened_lines(self._house, PLATFORM, token_of(request.headers))
        except SignatureInvalid as error:
            self._house.notifier.alarm(error.code, {"path": request.url.path})
            return JSONResponse({"ok": False, "code": error.code, "error": str(error)}, 401)
        if self._manager is None:
            return JSONResponse({"ok": False, "code": "starting", "error": "the server is not up yet"}, 503)
        request.scope[_OPENED] = opened
        return _Handed(self._manager)


class _Handed(Response):
    """A response that the protocol's own application gives."""

    def __init__(self, manager: "StreamableHTTPSessionManager") -> None:
        self._manager = manager
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        await self._manager.asgi_app(scope, receive, send)


def _manager(house: House) -> "StreamableHTTPSessionManager":
    """The protocol's server with our two answers. Imported here: it takes a second that others need not wait."""
    from mcp.server.lowlevel import Server
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
    from mcp_types import CallToolRequestParams, CallToolResult, ListToolsResult, TextContent, Tool

    async def list_tools(context: Any, _params: Any) -> ListToolsResult:
        tools = await _tools(house, context.request)
        return ListToolsResult(tools=[Tool.model_validate(tool) for tool in tools])

    async def call_tool(context: Any, params: CallToolRequestParams) -> CallToolResult:
        meta = dict(params.meta or {})
        served = await _call(house, context.request, params.name, params.arguments or {}, meta)
        texts = [TextContent(type="text", text=part) for part in (served.reply.say, served.text)]
        return CallToolResult(content=list(texts), structured_content=json.loads(served.text))

    server = Server(
        "handfest", version=handfest.__version__, on_list_tools=list_tools, on_call_tool=call_tool
    )
    return StreamableHTTPSessionManager(
        server, json_response=True, stateless=True, max_request_body_size=house.settings.body_max_bytes
    )


async def _tools(house: House, request: Request) -> list[dict[str, Any]]:
    """The tools in the language and with the services of the line; of several places, of none in particular."""
    line = _line(request, read_envelope({}, request.headers))
    if line is None:
        return []
    stored = await house.store.read(lambda tx: tx.catalogue(line.business_id))
    return mcp_tools(house.shelf.compiled(stored, line.branch_id).catalogue) if stored is not None else []


async def _call(
    house: House, request: Request, name: str, arguments: dict[str, Any], meta: dict[str, Any]
) -> Served:
    envelope = read_envelope(meta, request.headers)
    return await serve_tool(house, _line(request, envelope), envelope, read_tool(name, arguments))


def _line(request: Request, envelope: Envelope) -> LineRecord | None:
    opened: tuple[LineRecord, ...] = request.scope[_OPENED]
    return line_for(envelope, opened)
