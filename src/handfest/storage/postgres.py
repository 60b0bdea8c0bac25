"""PostgreSQL through psycopg 3: any number of stateless workers, each with a small pool of connections."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Engine, create_engine
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DatabaseError, OperationalError

from handfest.errors import StoreUnavailable
from handfest.ports import Transaction
from handfest.storage.statements import Inserts
from handfest.storage.transaction import SqlTransaction

T = TypeVar("T")
POOL_SIZE = 8
TRIES = 5
LOST_RACES = frozenset({"40001", "40P01"})
"""SQLSTATEs after which a transaction is simply run again: serialization failure and deadlock."""


def postgres_engine(url: str) -> Engine:
    """An engine for a `postgresql://` address."""
    address = url.replace("postgresql://", "postgresql+psycopg://", 1)
    return create_engine(address, pool_size=POOL_SIZE, max_overflow=0, pool_pre_ping=True)


class PostgresStore:
    """The store on a PostgreSQL database."""

    def __init__(self, url: str) -> None:
        self._engine = postgres_engine(url)
        # A read has one state before it, however many statements it takes, and cannot write by mistake.
        self._reading = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._closed = False
        self._inserts = Inserts(insert)
        self._threads = ThreadPoolExecutor(POOL_SIZE, thread_name_prefix="handfest-store")

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """See `Store`."""
        return await self._in_thread(self._reading, work)

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """See `Store`."""
        return await self._in_thread(self._engine, work)

    async def close(self) -> None:
        """See `Store`."""
        self._closed = True
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()

    async def _in_thread(self, engine: Engine, work: Callable[[Transaction], T]) -> T:
        if self._closed:
            raise StoreUnavailable("the store is closed")
        running = asyncio.get_running_loop().run_in_executor(self._threads, self._transact, engine, work)
        # A caller that gives up must not leave a transaction half heard: it finishes on its own.
        return await asyncio.shield(running)

    def _transact(self, engine: Engine, work: Callable[[Transaction], T]) -> T:
        for tries_left in range(TRIES - 1, -1, -1):
            try:
                with engine.begin() as connection:
                    return work(SqlTransaction(connection, self._inserts, locks_calls=True))
            except OperationalError as error:
                if tries_left == 0 or getattr(error.orig, "sqlstate", None) not in LOST_RACES:
                    raise StoreUnavailable(f"the database failed: {error.orig}") from error
            except DatabaseError as error:
                raise StoreUnavailable(f"the database refused: {error.orig}") from error
        raise AssertionError("unreachable: the last try returns or raises")
