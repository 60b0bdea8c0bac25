"""PostgreSQL through psycopg 3: any number of stateless workers, each with a small pool of connections."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Engine, PoolProxiedConnection, create_engine
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql import ClauseElement

from handfest.errors import StoreUnavailable
from handfest.ports import Transaction
from handfest.storage.driver import DriverResult, Texts
from handfest.storage.statements import Inserts
from handfest.storage.transaction import SqlTransaction
from handfest.storage.versions import Versions

T = TypeVar("T")
POOL_SIZE = 8
TRIES = 5
LOST_RACES = frozenset({"40001", "40P01"})
"""SQLSTATEs after which a transaction is simply run again: serialization failure and deadlock."""
_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
"""A read has one state before it, however many statements it takes, and cannot write by mistake."""


def postgres_engine(url: str) -> Engine:
    """An engine for a `postgresql://` address."""
    address = url.replace("postgresql://", "postgresql+psycopg://", 1)
    return create_engine(address, pool_size=POOL_SIZE, max_overflow=0)


class PostgresConnection:
    """A `RowConnection` of the driver, inside a transaction begun by hand. Errors are `psycopg.DatabaseError`."""

    writes_in_with = True
    unique_broken: type[Exception] = psycopg.errors.UniqueViolation

    def __init__(self, connection: "psycopg.Connection[Any]", texts: Texts) -> None:
        self._connection = connection
        self._texts = texts

    def execute(self, statement: ClauseElement, values: Mapping[str, Any] | None = None) -> DriverResult:
        """See `RowConnection`."""
        text = self._texts.of(statement)
        # Not a literal in this file, but one of ours all the same: nobody's words are ever part of a statement.
        return DriverResult(self._connection.execute(text.sql.encode(), text.given(values)))

    def execute_many(self, statement: ClauseElement, rows: Sequence[Mapping[str, Any]]) -> None:
        """See `RowConnection`."""
        text = self._texts.of(statement)
        with self._connection.cursor() as cursor:
            cursor.executemany(text.sql.encode(), [text.given(row) for row in rows])


class PostgresStore:
    """The store on a PostgreSQL database."""

    def __init__(self, url: str) -> None:
        self._engine = postgres_engine(url)
        self._texts = Texts(self._engine.dialect)
        self._closed = False
        self._inserts = Inserts(insert)
        self._versions = Versions()
        self._threads = ThreadPoolExecutor(POOL_SIZE, thread_name_prefix="handfest-store")

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """See `Store`."""
        return await self._in_thread(_READING, work)

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """See `Store`."""
        return await self._in_thread("BEGIN", work)

    async def close(self) -> None:
        """See `Store`."""
        self._closed = True
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()

    async def _in_thread(self, begin: str, work: Callable[[Transaction], T]) -> T:
        if self._closed:
            raise StoreUnavailable("the store is closed")
        running = asyncio.get_running_loop().run_in_executor(self._threads, self._transact, begin, work)
        # A caller that gives up must not leave a transaction half heard: it finishes on its own.
        return await asyncio.shield(running)

    def _transact(self, begin: str, work: Callable[[Transaction], T]) -> T:
        for tries_left in range(TRIES - 1, -1, -1):
            try:
                with self._transaction(begin) as connection:
                    versions = self._versions if begin == _READING else None
                    return work(SqlTransaction(connection, self._inserts, versions, locks_calls=True))
            except psycopg.OperationalError as error:
                if tries_left == 0 or error.sqlstate not in LOST_RACES:
                    raise StoreUnavailable(f"the database failed: {error}") from error
            except psycopg.Error as error:
                raise StoreUnavailable(f"the database refused: {error}") from error
        raise AssertionError("unreachable: the last try returns or raises")

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[PostgresConnection]:
        """A connection of the pool in a transaction, which is committed unless something is raised."""
        borrowed, connection = self._begun(begin)
        try:
            yield PostgresConnection(connection, self._texts)
            if connection.execute("COMMIT").statusmessage != "COMMIT":
                # So the server answers if a statement had failed, and its failure was passed over.
                raise StoreUnavailable("the database has undone the transaction")
        finally:
            borrowed.close()  # the pool rolls back what is still open

    def _begun(self, begin: str) -> "tuple[PoolProxiedConnection, psycopg.Connection[Any]]":
        """A connection with a transaction begun; one that the server has let go of is replaced by another.

        Beginning tells that as well as a question of its own would, which costs a way to the server and back.
        """
        for stale_left in range(POOL_SIZE, -1, -1):
            borrowed = self._engine.raw_connection()
            connection = borrowed.driver_connection
            assert isinstance(connection, psycopg.Connection)
            try:
                connection.autocommit = True
                connection.execute(begin.encode())
            except psycopg.Error as error:
                broken = connection.broken
                borrowed.invalidate(error)
                if not (broken and stale_left):
                    raise
            else:
                return borrowed, connection
        raise AssertionError("unreachable: the last try returns or raises")
