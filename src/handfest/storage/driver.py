"""Statements of SQLAlchemy run by the database's own driver.

A statement is compiled once a dialect and kept as text; running it then costs what the driver costs. Measured on
the checks of `bench.gateway`: per statement about an eighth of what the toolkit's own execution takes on SQLite,
which was more than half of a turn.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ClauseElement


class Cursor(Protocol):
    """What both drivers give back for a statement."""

    @property
    def rowcount(self) -> int:
        """How many rows were written."""

    def fetchone(self) -> Any:
        """The next row, or None."""

    def fetchall(self) -> list[Any]:
        """Every row that is left."""

    def __iter__(self) -> Iterator[Any]:
        """The rows that are left."""


class DriverResult:
    """The rows of one statement, as far as the transaction asks for them."""

    def __init__(self, cursor: Cursor) -> None:
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


class RowConnection(Protocol):
    """What a transaction needs of a connection. Errors are the driver's own.

    `writes_in_with`: a WITH may write, so that two deletions are one way to the server and back. `unique_broken` is
    what the driver raises for a row that breaks a unique key.
    """

    writes_in_with: bool
    unique_broken: type[Exception]

    def execute(self, statement: ClauseElement, values: Mapping[str, Any] | None = None) -> DriverResult:
        """Run one statement with its values."""

    def execute_many(self, statement: ClauseElement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run one statement with the values of each row; nothing comes back."""


@dataclass(frozen=True, slots=True)
class Text:
    """A compiled statement: its text, and the values that belong to the statement itself."""

    sql: str
    fixed: Mapping[str, Any]

    def given(self, values: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """All values to run it with."""
        return {**self.fixed, **(values or {})} if self.fixed else (values or {})


class Texts:
    """The compiled statements of one dialect, by the statement itself; every statement is made once and stays."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._texts: dict[int, Text] = {}
        self._kept: list[ClauseElement] = []

    def of(self, statement: ClauseElement) -> Text:
        """The text of a statement."""
        return self._texts.get(id(statement)) or self._compile(statement)

    def _compile(self, statement: ClauseElement) -> Text:
        compiled = statement.compile(dialect=self._dialect, compile_kwargs={"render_postcompile": True})
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        text = Text(str(compiled), fixed)
        # The id is the key only as long as the statement lives.
        self._kept.append(statement)
        self._texts[id(statement)] = text
        return text
