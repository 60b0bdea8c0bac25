"""The lines of an iCalendar feed, from a file or over HTTPS."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from handfest.calendars.feed_download import Downloaded, NotDownloaded, download_feed, feed_address
from handfest.cli.output import UNREACHABLE, USAGE, fail


@contextlib.contextmanager
def feed_lines(location: str) -> Iterator[Iterator[str]]:
    """Open the feed at a path or an https:// address; ends the command with the cause if it cannot be had."""
    if "://" in location:
        answer = asyncio.run(download_feed(address_of(location)))
        if not isinstance(answer, Downloaded):
            refuse(answer if isinstance(answer, NotDownloaded) else NotDownloaded("the server sent nothing"))
        yield iter(answer.lines())
        return
    try:
        with Path(location).open(encoding="utf-8-sig", errors="replace") as file:
            yield file
    except OSError as error:
        fail(f"{location} cannot be read: {error.strerror}")


def address_of(written: str) -> str:
    """The address of a feed as it is fetched; ends the command if it cannot be one."""
    address = feed_address(written)
    return refuse(address) if isinstance(address, NotDownloaded) else address


def refuse(why: NotDownloaded) -> NoReturn:
    """End with what stood in the way."""
    fail(why.cause, UNREACHABLE if why.remote else USAGE)
