"""SQLite: one writing connection whose thread commits many transactions at once; readers never wait for it.

WAL with synchronous=FULL: what `write` returns from is on the disk. While one group of transactions is being
synced, others gather behind it and share the next commit (group commit), which is what makes a durable booking
cheap under load. If one `work` of a group raises, the group runs again with a savepoint for each, so that it takes
nothing with it.

The statements of a group run where one of its callers is, on the event loop, and only the waiting is the
thread's: for the disk, and for other processes that write. Both at once in one interpreter would hand its lock to
and fro at every statement. A loop that is gone or busy elsewhere is not waited for; the thread runs the group then.
One process only: see docs/decisions/0004.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.dialects.sqlite import insert

from handfest.errors import StoreUnavailable
from handfest.ports import Transaction
from handfest.storage.checkpoints import Checkpoints
from handfest.storage.sqlite_driver import OTHERS_SECONDS, connect
from handfest.storage.statements import Inserts
from handfest.storage.transaction import SqlTransaction
from handfest.storage.versions import Versions

T = TypeVar("T")
GROUP_MAX = 64
"""How many waiting transactions share one commit at most: bounds what one slow commit delays."""
LOOP_SECONDS = 0.02
"""How long a caller's event loop may take to run what waits, until the thread does it."""


@dataclass(slots=True)
class _Job:
    """A transaction that somebody waits for, and what became of it."""

    work: Callable[[Transaction], Any]
    done: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop
    result: Any = None
    failure: BaseException | None = None


@dataclass(slots=True)
class _Group:
    """Transactions that share one commit. `begun`: their statements have run and want to be committed."""

    jobs: list[_Job]
    begun: bool = False


@dataclass(slots=True)
class _Turn:
    """The turn of a loop to run what waits, until it takes it or the thread takes it back."""

    taken: bool = field(default=False)


class SqliteStore:
    """The store on one SQLite file."""

    def __init__(self, path: Path) -> None:
        self._inserts = Inserts(insert)
        self._versions = Versions()
        self._reading = connect(path)
        self._reading.run("PRAGMA query_only=ON")
        self._writing = connect(path)
        self._writing.run("PRAGMA busy_timeout=0")
        self._checkpoints = Checkpoints(path, self._writing)
        self._state = threading.Lock()
        """Guards who has the writing connection, and what waits for it."""
        self._waiting: deque[_Job] = deque()
        self._busy = False
        self._groups: queue.SimpleQueue[_Group | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._commit_all, name="handfest-writer", daemon=True)
        self._writer.start()
        self._closed = False

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """See `Store`. Runs at once on the calling thread: reads are short and never wait for the writer."""
        if self._closed:
            raise StoreUnavailable("the store is closed")
        try:
            self._reading.run("BEGIN")
            try:
                return work(SqlTransaction(self._reading, self._inserts, self._versions, locks_calls=False))
            finally:
                self._reading.run("COMMIT")
        except sqlite3.DatabaseError as error:
            raise StoreUnavailable(f"the database cannot be read: {error}") from error

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """See `Store`."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        with self._state:
            if self._closed:
                raise StoreUnavailable("the store is closed")
            self._waiting.append(_Job(work, done, loop))
            mine, self._busy = not self._busy, True
        if mine:
            self._begin(self._gathered())
        # A caller that gives up (a hung-up request) cancels its waiting, not what others share a commit with.
        return await done

    async def close(self) -> None:
        """See `Store`."""
        with self._state:
            if self._closed:
                return
            self._closed, idle = True, not self._busy
        if idle:
            self._groups.put(None)
        await asyncio.to_thread(self._writer.join)
        self._checkpoints.close()
        self._reading.close()
        self._writing.close()

    def _gathered(self) -> _Group:
        with self._state:
            return _Group([self._waiting.popleft() for _ in range(min(len(self._waiting), GROUP_MAX))])

    def _begin(self, group: _Group) -> None:
        """Run the group's statements and pass it on, unless somebody else is writing in the file just now."""
        try:
            self._writing.run("BEGIN IMMEDIATE")
            self._run(group)
        except sqlite3.DatabaseError:
            pass  # the thread begins anew: it waits for them, or says what is wrong
        finally:
            self._groups.put(group)

    def _run(self, group: _Group) -> None:
        if not self._run_plainly(group.jobs) and len(group.jobs) > 1:
            self._writing.run("BEGIN IMMEDIATE")
            for job in group.jobs:
                self._run_apart(job)
        group.begun = True

    def _run_plainly(self, jobs: list[_Job]) -> bool:
        """One after the other; if one raises nothing of any is kept, and the answer is False."""
        for job in jobs:
            self._work(job)
            if job.failure is not None:
                if self._writing.in_transaction:
                    self._writing.run("ROLLBACK")
                return False
        return True

    def _run_apart(self, job: _Job) -> None:
        """Under a savepoint of its own: one that raises takes nothing with it."""
        self._writing.run("SAVEPOINT work")
        self._work(job)
        if job.failure is not None:
            self._writing.run("ROLLBACK TO work")
        self._writing.run("RELEASE work")

    def _work(self, job: _Job) -> None:
        job.result = job.failure = None
        with _Outcome(job):
            job.result = job.work(SqlTransaction(self._writing, self._inserts, locks_calls=False))

    def _commit_all(self) -> None:
        """The thread: commit group after group, and see to it that somebody runs the next one."""
        group = self._groups.get()
        while group is not None:
            self._commit(group)
            for job in group.jobs:
                # A caller may be gone with its whole loop; the others must hear their answers all the same.
                with contextlib.suppress(RuntimeError):
                    job.loop.call_soon_threadsafe(_settle, job)
            self._checkpoints.after(len(group.jobs))
            with self._state:
                self._busy = bool(self._waiting)
                ended = self._closed and not self._busy
                loop = self._waiting[0].loop if self._busy else None
            group = None if ended else self._next(loop)

    def _next(self, loop: asyncio.AbstractEventLoop | None) -> _Group | None:
        """The next group, its statements run by the loop of the first who waits.

        If the loop is gone, or does not come to it in time, the thread takes the group as it is.
        """
        turn = _Turn()
        with contextlib.suppress(RuntimeError, queue.Empty):
            if loop is not None:
                loop.call_soon_threadsafe(self._take, turn)
            return self._groups.get(timeout=None if loop is None else LOOP_SECONDS)
        return self._groups.get() if self._late(turn) else self._gathered()

    def _take(self, turn: _Turn) -> None:
        if not self._late(turn):
            self._begin(self._gathered())

    def _late(self, turn: _Turn) -> bool:
        """True unless whoever asks is the first to take the turn."""
        with self._state:
            late, turn.taken = turn.taken, True
        return late

    def _begin_patiently(self) -> None:
        if self._writing.in_transaction:
            self._writing.run("ROLLBACK")
        try:
            self._writing.run(f"PRAGMA busy_timeout={OTHERS_SECONDS * 1000:.0f}")
            self._writing.run("BEGIN IMMEDIATE")
        finally:
            self._writing.run("PRAGMA busy_timeout=0")

    def _commit(self, group: _Group) -> None:
        try:
            if not group.begun:
                self._begin_patiently()
                self._run(group)
            if len(group.jobs) > 1 or group.jobs[0].failure is None:
                self._writing.run("COMMIT")
        except sqlite3.DatabaseError as error:
            if self._writing.in_transaction:
                self._writing.run("ROLLBACK")
            fault = StoreUnavailable(f"the database cannot be written: {error}")
            for job in group.jobs:
                job.result, job.failure = None, fault


class _Outcome:
    """Carries whatever a work raised to the one who is waiting for it; everybody else goes on."""

    def __init__(self, job: _Job) -> None:
        self._job = job

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if error is None:
            return True
        self._job.result, self._job.failure = None, error
        if isinstance(error, sqlite3.DatabaseError):
            self._job.failure = StoreUnavailable(f"the database refused: {error}")
            self._job.failure.__cause__ = error
        return True


def _settle(job: _Job) -> None:
    if job.done.cancelled():
        return
    if job.failure is None:
        job.done.set_result(job.result)
    else:
        job.done.set_exception(job.failure)
