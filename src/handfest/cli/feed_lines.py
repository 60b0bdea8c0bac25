"""The lines of an iCalendar feed, from a file or over HTTPS."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import aiohttp

from handfest.cli.output import UNREACHABLE, fail

DOWNLOAD_MAX = 32 * 1024 * 1024
PATIENCE_SECONDS = 30


@contextlib.contextmanager
def feed_lines(location: str) -> Iterator[Iterator[str]]:
    """Open the feed at a path or an https:// address; ends the command with the cause if it cannot be had."""
    if "://" in location:
        if not location.startswith("https://"):
            fail("a feed is read from a file or over https:// only: busy times are nobody else's business")
        yield iter(asyncio.run(_download(location)).decode("utf-8", "replace").splitlines(keepends=True))
        return
    try:
        with Path(location).open(encoding="utf-8-sig", errors="replace") as file:
            yield file
    except OSError as error:
        fail(f"{location} cannot be read: {error.strerror}")


async def _download(address: str) -> bytes:
    """The body, up to a size; redirects are not followed, since they could leave HTTPS."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(address, allow_redirects=False) as response,
        ):
            if response.status != 200:
                fail(f"the feed's server answers {response.status}; is the address complete?", UNREACHABLE)
            body = await response.content.read(DOWNLOAD_MAX + 1)
            while len(body) <= DOWNLOAD_MAX and (more := await response.content.read(65536)):
                body += more
    except (aiohttp.ClientError, TimeoutError) as error:
        fail(f"the feed cannot be fetched: {type(error).__name__}", UNREACHABLE)
    if len(body) > DOWNLOAD_MAX:
        fail(f"the feed is larger than {DOWNLOAD_MAX // 2**20} MiB; download it and import the file")
    return body
