"""A connection of the SQLite driver that runs the statements of the store (see `driver`)."""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql import ClauseElement

from handfest.storage.driver import DriverResult, Texts

OTHERS_SECONDS = 5.0
"""How long other processes that write are waited for."""
_DIALECT = SQLiteDialect_pysqlite(paramstyle="named")


class DriverConnection:
    """A `RowConnection` in autocommit. Errors are `sqlite3.DatabaseError`."""

    writes_in_with = False
    unique_broken: type[Exception] = sqlite3.IntegrityError

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._texts = Texts(_DIALECT)

    def execute(self, statement: ClauseElement, values: Mapping[str, Any] | None = None) -> DriverResult:
        """See `RowConnection`."""
        text = self._texts.of(statement)
        return DriverResult(self._connection.execute(text.sql, text.given(values)))

    def execute_many(self, statement: ClauseElement, rows: Sequence[Mapping[str, Any]]) -> None:
        """See `RowConnection`."""
        text = self._texts.of(statement)
        self._connection.executemany(text.sql, [text.given(row) for row in rows])

    def run(self, command: str) -> None:
        """Run a command as it stands: BEGIN, SAVEPOINT, COMMIT, ..."""
        self._connection.execute(command)

    @property
    def in_transaction(self) -> bool:
        """True between BEGIN and COMMIT."""
        return self._connection.in_transaction

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def connect(path: Path) -> DriverConnection:
    """A connection in autocommit: transactions are begun by hand."""
    connection = sqlite3.connect(
        path, timeout=OTHERS_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    return DriverConnection(connection)
