"""The stream of news over a real connection: what comes, in which form, and how it ends."""

import asyncio
import socket

import aiohttp
import httpx
import uvicorn

from handfest.cli.serve import Server
from handfest.model.actor import Role
from handfest.testing.scenario_stage import Stage
from retell_house import SALON, house, tool
from visitors import user_of


async def event(stream: aiohttp.StreamReader) -> dict[str, str]:
    """The fields of the next event or of what comes before it."""
    fields: dict[str, str] = {}
    while line := (await stream.readline()).decode().rstrip("\n"):
        name, _, value = line.partition(": ")
        fields[name] = value
    return fields


async def token_of(stage: Stage) -> str:
    user = await user_of(stage, "erika@example.com", {"salon": Role.STAFF}, password=None)
    return (await stage.house.porter.admit(user)).token


async def test_a_page_hears_of_its_business_until_the_server_ends() -> None:
    """A clean end: the stream is over before the server waits for what is running, or it would wait for ever."""
    async with house("salon") as stage:
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        config = uvicorn.Config(stage.app, log_config=None, access_log=False, lifespan="off")
        server = Server(config, stage.house.live)
        running = asyncio.create_task(server.serve(sockets=[listening]))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        headers = {"cookie": f"handfest={await token_of(stage)}"}
        async with (
            aiohttp.ClientSession(headers=headers) as browser,
            browser.get(f"{address}/b/salon/live") as answer,
        ):
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert await event(answer.content) == {"retry": "2000"}
            await tool(stage, SALON, "call_live", "list_services", {})
            assert await event(answer.content) == {
                "id": "1",
                "event": "turn",
                "data": '{"business": "salon", "call": "call_live", "turn": 1}',
            }
            stage.house.live.changed("salon")
            assert (await event(answer.content))["event"] == "change"
            async with browser.get(f"{address}/live", headers={"last-event-id": "7"}) as back:
                await event(back.content)
                assert (await event(back.content))["event"] == "change", "who comes back looks anew"
                server.should_exit = True
                assert await back.content.read() == b""
            assert await answer.content.read() == b""
        await running


async def test_a_stranger_hears_nothing() -> None:
    async with house("salon", "askpro") as stage:
        token = await token_of(stage)
        for path, cookies, status in (
            ("/b/salon/live", {}, 401),
            ("/b/askpro/live", {"handfest": token}, 404),
        ):
            transport = httpx.ASGITransport(stage.app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://x.example", cookies=cookies
            ) as who:
                answer = await who.get(path, headers={"accept": "text/event-stream"})
                assert answer.status_code == status
