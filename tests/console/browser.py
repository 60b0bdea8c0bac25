"""A real browser in front of a real server: the system's Chromium, an empty profile, and no network but this machine."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, Request, async_playwright

from handfest.model.actor import Role
from handfest.testing.scenario_stage import Stage
from visitors import user_of

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
ROLES = {"salon": Role.OWNER, "askpro": Role.AGENCY}
WAIT_MS = 10_000
"""How long a page may take on a busy machine; nothing is asserted about it."""
SERIOUS = frozenset({"serious", "critical"})


def chromium_path() -> str | None:
    """Where the system's Chromium is; `HANDFEST_TEST_CHROMIUM` names another one."""
    named = os.environ.get("HANDFEST_TEST_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@dataclass
class Site:
    """A server with a browser before it. `noise` is whatever a page complained of or asked elsewhere for."""

    stage: Stage
    address: str
    browser: Browser
    noise: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def reader(self, *, logged_in: bool = True, **options: Any) -> AsyncIterator[Page]:
        """A page in a profile of its own; `options` are those of a browser context."""
        context = await self.browser.new_context(base_url=self.address, **{"locale": "de-DE", **options})
        context.set_default_timeout(WAIT_MS)
        if logged_in:
            await self._log_in(context)
        page = await context.new_page()
        page.on("console", lambda said: self.noise.append(f"{page.url}: {said.text}"))
        page.on("pageerror", lambda error: self.noise.append(f"{page.url}: {error}"))
        page.on("request", self._watch)
        try:
            yield page
        finally:
            await context.close()

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.noise.append(f"asked elsewhere: {request.url}")

    async def _log_in(self, context: BrowserContext) -> None:
        user = await self.stage.house.store.read(lambda tx: tx.user_by_login("erika@example.com"))
        assert user is not None, "the site has its user"
        admitted = await self.stage.house.porter.admit(user)
        await context.add_cookies([{"name": "handfest", "value": admitted.token, "url": self.address}])


@asynccontextmanager
async def site(stage: Stage) -> AsyncIterator[Site]:
    """Serve the stage and start a browser; both are ended here."""
    path = chromium_path()
    assert path is not None, "browser tests are collected only where there is a Chromium"
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    server = uvicorn.Server(uvicorn.Config(stage.app, log_config=None, access_log=False, lifespan="off"))
    running = asyncio.create_task(server.serve(sockets=[listening]))
    await user_of(stage, "erika@example.com", ROLES)
    try:
        async with async_playwright() as driver:
            browser = await driver.chromium.launch(executable_path=path, args=list(FLAGS))
            yield Site(stage, f"http://127.0.0.1:{listening.getsockname()[1]}", browser)
            await browser.close()
    finally:
        stage.house.live.close()
        server.should_exit = True
        await running


async def examined(page: Page) -> None:
    """Bring axe-core into every document that this page will load; the pages' own policy lets nothing else in."""
    source = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    await page.add_init_script(source)


async def violations(page: Page, *rules: str) -> list[str]:
    """What axe-core calls serious or critical on this page; of all rules, or of those named."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    found = await page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{page.url}: {row['id']}: {node['target']} {node.get('failureSummary', '')}"
        for row in found["violations"]
        if row["impact"] in SERIOUS
        for node in row["nodes"]
    ]


async def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    wider: int = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wider
