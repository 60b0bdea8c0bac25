"""The official MCP client, in the newest protocol and in the one before, against the real application over HTTP."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
import uvicorn
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from handfest.desk.tools import TOOLS
from handfest.model.booking import BookingState
from handfest.testing.scenario_stage import Stage, request
from platforms.platform_clients import NUMBER, SECRET, filled, post, salon_on
from retell_house import CALLER, house

WISH = {"service": "Herrenhaarschnitt", "when": "morgen um zehn"}
MODES = ["2026-07-28", "auto", "legacy"]


@asynccontextmanager
async def served() -> AsyncIterator[tuple[Stage, str]]:
    """The salon on a free port."""
    async with house(source=salon_on("mcp")) as stage:
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(stage.app, log_config=None, lifespan="on", ws="none"))
        task = asyncio.create_task(server.serve([listening]))
        try:
            yield stage, f"http://127.0.0.1:{listening.getsockname()[1]}/mcp"
        finally:
            server.should_exit = True
            await task
            listening.close()


@asynccontextmanager
async def client(
    url: str, mode: str = "auto", *, call_id: str | None = "call_1", number: str | None = NUMBER
) -> AsyncIterator[Client]:
    who = {"x-call-id": call_id, "x-line-number": number, "x-caller-number": CALLER}
    headers = {"authorization": f"Bearer {SECRET}", **filled(**who)}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=30) as http,
        Client(streamable_http_client(url, http_client=http), mode=mode) as opened,
    ):
        yield opened


async def use(opened: Client, name: str, /, meta: Any = None, **arguments: Any) -> dict[str, Any]:
    """What a model reads: the sentence first, then the fields, which are there as structure too."""
    result = await opened.call_tool(name, arguments, meta=meta)
    sentence, fields = (part.text for part in result.content)
    found = json.loads(fields)
    assert not result.is_error
    assert (sentence, result.structured_content) == (found["say"], found)
    return dict(found)


@pytest.mark.parametrize("mode", MODES)
async def test_a_call_over_mcp_books_what_was_offered(mode: str) -> None:
    async with served() as (stage, url):
        async with client(url, mode) as opened:
            listed = (await opened.list_tools()).tools
            assert [tool.name for tool in listed] == list(TOOLS)
            assert "Herrenhaarschnitt" in (listed[0].description or "")
            assert set(listed[1].input_schema["properties"]) >= {"offer", "name"}
            offered = await use(opened, "check_availability", **WISH)
            assert (offered["code"], offered["offers"][0]["id"]) == ("offered", "A1")
            stage.clock.advance(20)
            booked = await use(opened, "book_appointment", offer="A1", name="Erika Beispiel")
            assert booked["code"] == "booked"
        (booking,) = await stage.house.store.read(lambda tx: tx.bookings_of_call("salon", "call_1"))
        assert (booking.state, booking.caller_number) == (BookingState.BOOKED, CALLER)
        call = await stage.house.store.read(lambda tx: tx.call("salon", "call_1"))
        assert call is not None
        assert call.platform == "mcp"


async def test_who_calls_may_come_in_meta_and_is_never_an_argument() -> None:
    async with served() as (stage, url):
        async with client(url, call_id=None, number=None) as opened:
            meta = {"call_id": "call_2", "line": NUMBER, "caller": CALLER}
            assert (await use(opened, "check_availability", meta, **WISH))["code"] == "offered"
            lost = await use(opened, "check_availability", call_id="call_3", **WISH)
            assert (lost["ok"], lost["code"]) == (False, "call_unknown")
        assert await stage.house.store.read(lambda tx: tx.call("salon", "call_3")) is None


async def test_b86_an_unknown_tool_is_answered_aloud() -> None:
    async with served() as (_stage, url), client(url) as opened:
        assert (await use(opened, "cofirm_boking"))["code"] == "tool_unknown"


@pytest.mark.parametrize("secret", [None, "wrong"])
async def test_b95_without_the_secret_there_is_not_even_a_handshake(secret: str | None) -> None:
    async with house(source=salon_on("mcp")) as stage:
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        assert (await post(stage, "/mcp", body, secret)).status == 401
        assert (await request(stage.app, "GET", "/mcp", b"", {})).status == 405
