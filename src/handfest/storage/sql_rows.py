"""What every room of the database shares: one open connection, rows in, values out."""

from typing import Any, TypeVar

from sqlalchemy import text

from handfest.storage.claims import Claims
from handfest.storage.codec import decode
from handfest.storage.driver import RowConnection
from handfest.storage.statements import Inserts
from handfest.storage.versions import Versions

T = TypeVar("T")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext(:business), hashtext(:what))")


class SqlRows:
    """Reads and writes on one open connection; the files of rows beside this one are its rooms."""

    def __init__(
        self,
        connection: RowConnection,
        inserts: Inserts,
        versions: Versions | None = None,
        *,
        locks_calls: bool,
    ) -> None:
        self._connection = connection
        self._locks_calls = locks_calls
        self._inserts = inserts
        # None where something is written: what is read there may never be committed.
        self._versions = versions
        self._claims = Claims(connection, inserts, self._lock)

    def _one(self, kind: type[T], statement: Any, **values: Any) -> T | None:
        body = self._connection.execute(statement, values).scalar()
        return None if body is None else decode(kind, body)

    def _all(self, kind: type[T], statement: Any, **values: Any) -> tuple[T, ...]:
        return tuple(decode(kind, body) for body in self._connection.execute(statement, values).scalars())

    def _run(self, statement: Any, **values: Any) -> int:
        count: int = self._connection.execute(statement, values).rowcount
        return count

    def _lock(self, business_id: str, what: str) -> None:
        """Until the transaction ends, nobody else passes here; SQLite writes one at a time anyway."""
        if self._locks_calls:
            self._connection.execute(
                _LOCK,
                {"business": business_id, "what": what},
            )
