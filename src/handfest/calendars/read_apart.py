"""Reading a feed in a process of its own: 32 MiB are many seconds of work, and callers must not wait for them.

A thread would not do: it takes the interpreter's lock in turns with those who answer calls, some steps of it for
most of a second. A process can be ended as well when a feed turns out to have no end, and takes nobody with it.
"""

import asyncio
import contextlib
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

from whenever import Instant

from handfest.calendars.feed_download import Downloaded, Stamp
from handfest.calendars.icalendar_import import FeedFrame, FeedRead, FeedTarget, read_within
from handfest.calendars.icalendar_text import NotAFeed
from handfest.ports import BusyTime

HERE_MAX = 32 * 1024
"""A feed of up to so many bytes is read where we are: a few milliseconds, less than to begin a process."""
PATIENCE_SECONDS = 75
"""A feed that takes longer to read is given up; with the download it has to end within the follower's lease."""
PIECE = 64 * 1024
NICENESS = 10
COMMAND = (sys.executable, "-m", "handfest.calendars.read_apart")


async def understand(
    frame: FeedFrame,
    answer: Downloaded,
    *,
    command: Sequence[str] = COMMAND,
    here_max: int = HERE_MAX,
    patience: float = PATIENCE_SECONDS,
) -> FeedRead | NotAFeed:
    """What a downloaded feed says; a big one is read by `command`, within `patience` seconds."""
    if len(answer.body) <= here_max:
        return await asyncio.to_thread(read_within, frame, answer.lines())
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(patience):
            said = await _exchange(process, frame, answer.body)
    except TimeoutError:
        return NotAFeed(f"the feed could not be read within {patience:g} seconds")
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        return NotAFeed(f"reading the feed broke off (status {process.returncode})")
    return await asyncio.to_thread(_heard, frame, said)


async def _exchange(process: asyncio.subprocess.Process, frame: FeedFrame, body: bytes) -> bytes:
    """Hand the feed over piece by piece: 32 MiB at once would be copied as a whole while callers wait."""
    into, out = process.stdin, process.stdout
    assert into is not None
    assert out is not None
    with contextlib.suppress(ConnectionError):  # it has ended early; its status tells
        into.write(_asked(frame))
        for begin in range(0, len(body), PIECE):
            into.write(body[begin : begin + PIECE])
            await into.drain()
        into.close()
    said = await out.read()
    await process.wait()
    return said


def _asked(frame: FeedFrame) -> bytes:
    target = frame.target
    row = [frame.business_id, frame.zone, frame.days, frame.now.format_iso()]
    return json.dumps([*row, target.resource_id, target.source, target.titles]).encode() + b"\n"


def _heard(frame: FeedFrame, said: bytes) -> FeedRead | NotAFeed:
    found: dict[str, Any] = json.loads(said)
    if "cause" in found:
        return NotAFeed(found["cause"])
    target = frame.target
    rows = tuple(
        BusyTime(
            frame.business_id,
            busy_id,
            target.resource_id,
            Instant.from_timestamp(start),
            Instant.from_timestamp(end),
            "busy",
            label,
            target.source,
        )
        for busy_id, start, end, label in found["rows"]
    )
    until = Instant.parse_iso(found["until"])
    return FeedRead(frame.business_id, target.source, rows, until, Counter(found["left_out"]))


def _answer(asked: bytes, body: bytes) -> dict[str, Any]:
    business_id, zone, days, now, resource_id, source, titles = json.loads(asked)
    target = FeedTarget(resource_id, source, titles)
    frame = FeedFrame(business_id, zone, days, target, Instant.parse_iso(now))
    found = read_within(frame, Downloaded(body, Stamp()).lines())
    if isinstance(found, NotAFeed):
        return {"cause": found.cause}
    rows = [[row.id, row.start.timestamp(), row.end.timestamp(), row.label] for row in found.rows]
    return {"rows": rows, "until": found.until.format_iso(), "left_out": found.left_out}


def main() -> None:
    """Read a frame and a feed from standard input and write what it says; calls on this machine go first."""
    os.nice(NICENESS)
    asked = sys.stdin.buffer.readline()
    json.dump(_answer(asked, sys.stdin.buffer.read()), sys.stdout)


if __name__ == "__main__":
    main()
