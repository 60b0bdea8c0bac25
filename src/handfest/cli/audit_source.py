"""Where the audit's calls come from: files, or the platform's interface; with a bar where a person is watching."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import aiohttp
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from handfest.cli.output import errors
from handfest.diagnosis.recording.call_file import BadLine, CallRecord, read_calls, values_of
from handfest.voice.retell_api import AiohttpRetell
from handfest.voice.retell_calls import RetellCalls

_REFRESH_CALLS = 50


def calls_of_file(source: BinaryIO, file: Path) -> Iterator[CallRecord | BadLine]:
    """The calls of an open file; the bar shows the bytes read."""
    if not sys.stderr.isatty():
        yield from read_calls(source)
        return
    with _bar() as bar:
        task = bar.add_task(file.name, total=max(1, file.stat().st_size))
        for count, record in enumerate(read_calls(source)):
            if count % _REFRESH_CALLS == 0:
                bar.update(task, completed=source.tell())
            yield record


def calls_of_retell(
    base_url: str, key: str, limit: int, since_ms: int | None
) -> Iterator[CallRecord | BadLine]:
    """The newest calls at the platform, fetched while they are audited; raises PlatformFault."""
    with asyncio.Runner() as runner:
        session = runner.run(_session())
        try:
            calls = RetellCalls(AiohttpRetell(session, base_url, key)).newest(limit, since_ms)
            yield from _counted(runner, calls, limit)
        finally:
            runner.run(session.close())


def _counted(
    runner: asyncio.Runner, calls: AsyncIterator[Mapping[str, Any]], limit: int
) -> Iterator[CallRecord | BadLine]:
    with _bar() as bar:
        task: TaskID = bar.add_task("calls", total=limit)
        count = 0
        while (call := runner.run(_next(calls))) is not None:
            count += 1
            bar.update(task, completed=count)
            yield from values_of(call, count)


async def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession()


async def _next(calls: AsyncIterator[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    return await anext(calls, None)


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    return Progress(*columns, console=errors, transient=True, disable=not sys.stderr.isatty())
