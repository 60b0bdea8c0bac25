"""The fake Cal.com behind HTTP on loopback. Webhooks are delivered inside the booking request, as measured."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web

from handfest.testing.fake_calcom import FakeCalcom
from handfest.testing.fake_calcom_answers import FakeRequest
from handfest.testing.fake_calcom_faults import FaultKind
from handfest.testing.fake_calcom_webhooks import Delivery

HANG_SECONDS = 60.0
LATE_SECONDS = 1.0
WEBHOOK_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class RunningFake:
    """A fake that listens. `base_url` is what a business file would name."""

    fake: FakeCalcom
    base_url: str
    port: int


@contextlib.asynccontextmanager
async def run_fake(fake: FakeCalcom, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[RunningFake]:
    """Listen until the block is left; port 0 takes a free one."""
    server = _Server(fake)
    application = web.Application()
    application.router.add_post("/switches", server.switch)
    application.router.add_route("*", "/{rest:.*}", server.answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    taken = int(runner.addresses[0][1])
    try:
        yield RunningFake(fake, f"http://{host}:{taken}/v2", taken)
    finally:
        await server.close()
        await runner.cleanup()


class _Server:
    def __init__(self, fake: FakeCalcom) -> None:
        self._fake = fake
        self._session: aiohttp.ClientSession | None = None
        self._late: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Drop what is still to be delivered."""
        for task in self._late:
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def switch(self, request: web.Request) -> web.Response:
        """POST /switches {"kind", "method"?, "path"?, "amount"?}: plan a fault from another process."""
        body = await request.json()
        kind = FaultKind(body.pop("kind"))
        self._fake.faults.plan(kind, **body)
        return web.json_response({"planned": kind.value})

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Any API request."""
        served = self._fake.serve(await _read(request))
        if served.late_webhooks:
            task = asyncio.create_task(self._deliver_late(served.late_webhooks))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
        await self._deliver(served.webhooks)
        if served.delay_ms:
            await asyncio.sleep(served.delay_ms / 1000)
        if served.answer is None:
            if served.hangs:
                await asyncio.sleep(HANG_SECONDS)
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        headers = {**served.answer.headers, "Content-Type": "application/json; charset=utf-8"}
        body = json.dumps(served.answer.json)
        return web.Response(status=served.answer.status, body=body.encode(), headers=headers)

    async def _deliver_late(self, late: Iterable[Delivery]) -> None:
        await asyncio.sleep(LATE_SECONDS)
        await self._deliver(late)

    async def _deliver(self, webhooks: Iterable[Delivery]) -> None:
        """One try each; a receiver that is down or slow changes nothing but the time it takes."""
        for delivery in webhooks:
            if self._session is None:
                limit = aiohttp.ClientTimeout(total=WEBHOOK_SECONDS)
                self._session = aiohttp.ClientSession(timeout=limit)
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with self._session.post(
                    delivery.url, data=delivery.body, headers=delivery.headers, allow_redirects=False
                ):
                    pass


async def _read(request: web.Request) -> FakeRequest:
    body: Any = None
    raw = await request.read()
    if raw:
        with contextlib.suppress(ValueError):
            body = json.loads(raw)
    headers = {name.lower(): value for name, value in request.headers.items()}
    return FakeRequest(request.method, request.path, dict(request.query), headers, body)
