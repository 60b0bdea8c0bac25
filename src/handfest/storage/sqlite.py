"""SQLite: one writer thread that commits many transactions at once; readers never wait for it.

WAL with synchronous=FULL: what `write` returns from is on the disk. Each `work` runs under a savepoint, so
that one that raises takes nothing with it; those that wait together share one commit (group commit), which is
what makes a durable booking cheap under load. One process only: see docs/decisions/0004.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.dialects.sqlite import insert

from handfest.errors import StoreUnavailable
from handfest.ports import Transaction
from handfest.storage.sqlite_driver import DriverConnection
from handfest.storage.statements import Inserts
from handfest.storage.transaction import SqlTransaction

T = TypeVar("T")
GROUP_MAX = 64
"""How many waiting transactions share one commit at most: bounds what one slow commit delays."""

Job = tuple[Callable[[Transaction], Any], asyncio.Future[Any], asyncio.AbstractEventLoop]


def connect(path: Path) -> DriverConnection:
    """A connection in autocommit: transactions are begun by hand."""
    connection = sqlite3.connect(
        path, timeout=5.0, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    return DriverConnection(connection)


class SqliteStore:
    """The store on one SQLite file."""

    def __init__(self, path: Path) -> None:
        self._inserts = Inserts(insert)
        self._reading = connect(path)
        self._reading.run("PRAGMA query_only=ON")
        self._writing = connect(path)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_all, name="handfest-writer", daemon=True)
        self._writer.start()
        self._closed = False

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """See `Store`. Runs at once on the calling thread: reads are short and never wait for the writer."""
        if self._closed:
            raise StoreUnavailable("the store is closed")
        try:
            self._reading.run("BEGIN")
            try:
                return work(SqlTransaction(self._reading, self._inserts, locks_calls=False))
            finally:
                self._reading.run("COMMIT")
        except sqlite3.DatabaseError as error:
            raise StoreUnavailable(f"the database cannot be read: {error}") from error

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """See `Store`."""
        if self._closed:
            raise StoreUnavailable("the store is closed")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._jobs.put((work, done, loop))
        # A caller that gives up (a hung-up request) must not undo what others share a commit with.
        return await asyncio.shield(done)

    async def close(self) -> None:
        """See `Store`."""
        if self._closed:
            return
        self._closed = True
        self._jobs.put(None)
        await asyncio.to_thread(self._writer.join)
        self._reading.close()
        self._writing.close()

    def _write_all(self) -> None:
        while (job := self._jobs.get()) is not None:
            group = [job]
            while len(group) < GROUP_MAX and not self._jobs.empty():
                following = self._jobs.get()
                if following is None:
                    self._jobs.put(None)
                    break
                group.append(following)
            self._commit(group)

    def _commit(self, group: list[Job]) -> None:
        settled: list[tuple[Job, Any, BaseException | None]] = []
        try:
            self._writing.run("BEGIN IMMEDIATE")
            settled.extend((job, *self._run(job[0])) for job in group)
            self._writing.run("COMMIT")
        except sqlite3.DatabaseError as error:
            if self._writing.in_transaction:
                self._writing.run("ROLLBACK")
            fault = StoreUnavailable(f"the database cannot be written: {error}")
            settled = [(job, None, fault) for job in group]
        for (_, done, loop), result, failure in settled:
            # A caller may be gone with its whole loop; the others must hear their answers all the same.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_settle, done, result, failure)

    def _run(self, work: Callable[[Transaction], Any]) -> tuple[Any, BaseException | None]:
        self._writing.run("SAVEPOINT work")
        outcome = _Outcome()
        with outcome:
            outcome.result = work(SqlTransaction(self._writing, self._inserts, locks_calls=False))
        if outcome.failure is not None:
            self._writing.run("ROLLBACK TO work")
        self._writing.run("RELEASE work")
        return outcome.result, outcome.failure


class _Outcome:
    """Carries whatever `work` raised to the one who is waiting for it; the writer thread itself goes on."""

    result: Any = None
    failure: BaseException | None = None

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        self.failure = error
        if isinstance(error, sqlite3.DatabaseError):
            self.failure = StoreUnavailable(f"the database refused: {error}")
            self.failure.__cause__ = error
        return True


def _settle(done: "asyncio.Future[Any]", result: Any, failure: BaseException | None) -> None:
    if done.cancelled():
        return
    if failure is None:
        done.set_result(result)
    else:
        done.set_exception(failure)
