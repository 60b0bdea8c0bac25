"""Statements of SQLAlchemy run by the SQLite driver itself.

A statement is compiled once and kept as text; running it then costs what the driver costs. Measured on the
checks of `bench.gateway`: per statement about an eighth of what the toolkit's own execution takes, which was
more than half of a turn.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql import ClauseElement

_DIALECT = SQLiteDialect_pysqlite(paramstyle="named")


@dataclass(frozen=True, slots=True)
class _Text:
    """A compiled statement: its text, and the values that belong to the statement itself."""

    sql: str
    fixed: Mapping[str, Any]


class DriverResult:
    """The rows of one statement, as far as the transaction asks for them."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    @property
    def rowcount(self) -> int:
        """How many rows were written."""
        return self._cursor.rowcount

    def scalar(self) -> Any:
        """The first column of the first row, or None."""
        row = self._cursor.fetchone()
        return None if row is None else row[0]

    def scalars(self) -> Iterator[Any]:
        """The first column of every row."""
        return (row[0] for row in self._cursor)

    def first(self) -> tuple[Any, ...] | None:
        """The first row, or None."""
        row: tuple[Any, ...] | None = self._cursor.fetchone()
        return row

    def all(self) -> list[tuple[Any, ...]]:
        """Every row."""
        return self._cursor.fetchall()

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._cursor)


class DriverConnection:
    """What a transaction needs of a connection. Errors are the driver's own (`sqlite3.DatabaseError`)."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._texts: dict[int, _Text] = {}
        self._kept: list[ClauseElement] = []

    def execute(self, statement: ClauseElement, values: Mapping[str, Any] | None = None) -> DriverResult:
        """Run one statement with its values."""
        text = self._texts.get(id(statement)) or self._compile(statement)
        given = {**text.fixed, **(values or {})}
        return DriverResult(self._connection.execute(text.sql, given))

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

    def _compile(self, statement: ClauseElement) -> _Text:
        compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        text = _Text(str(compiled), fixed)
        self._texts[id(statement)] = text
        # The id is the key only as long as the statement lives.
        self._kept.append(statement)
        return text
