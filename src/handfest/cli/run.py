"""Running a command against the store, with faults turned into messages and exit codes."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from handfest.catalogue.problem import Problem
from handfest.cli.output import FINDINGS, UNREACHABLE, errors, fail
from handfest.errors import (
    ConfigurationError,
    Fault,
    PlatformUnreachable,
    SchemaMismatch,
    StoreFault,
    TimedOut,
    Unreachable,
)
from handfest.ports import Store
from handfest.storage.opening import open_store

T = TypeVar("T")


def with_store(database: str, work: Callable[[Store], Awaitable[T]]) -> T:
    """Open the store, run, close."""

    async def run(store: Store) -> T:
        try:
            return await work(store)
        finally:
            await store.close()

    return guarded(lambda: asyncio.run(run(open_store(database))))


def guarded(work: Callable[[], T]) -> T:
    """Run; a fault ends the command with its cause."""
    try:
        return work()
    except (ConfigurationError, SchemaMismatch) as error:
        fail(str(error))
    except StoreFault as fault:
        fail(str(fault), UNREACHABLE)
    except (Unreachable, TimedOut, PlatformUnreachable) as fault:
        fail(f"{fault.code}: {fault}", UNREACHABLE)
    except Fault as fault:
        fail(f"{fault.code}: {fault}", FINDINGS)


def read_file(path: Path) -> str:
    """The text of a file the user named."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        fail(f"{path} is not UTF-8 text (byte {error.start}); save it as UTF-8")


def print_problems(path: Path, problems: tuple[Problem, ...]) -> None:
    """Every problem of a business file with line, cause and remedy."""
    for problem in problems:
        place = f"{path}:{problem.line}" if problem.line else str(path)
        kind = "warning: " if problem.warning else ""
        errors.print(f"{place}: {problem.where}: {kind}{problem.cause}", markup=False, soft_wrap=True)
        errors.print(f"    {problem.remedy}", markup=False, soft_wrap=True)
