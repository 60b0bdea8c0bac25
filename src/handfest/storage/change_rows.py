"""The audit log in the database."""

from functools import cache
from typing import Any

from sqlalchemy import bindparam, select, tuple_

from handfest.model.change import Change
from handfest.model.page import Position
from handfest.storage import schema
from handfest.storage.codec import encode
from handfest.storage.moments import millis
from handfest.storage.sql_rows import SqlRows


@cache
def _changes(paged: bool, of_subject: bool) -> Any:
    """The statement for one choice of conditions: compiled once, so there is one object for each choice."""
    row = schema.change.c
    statement = select(row.body).where(row.business_id == bindparam("business"))
    if of_subject:
        statement = statement.where(row.subject == bindparam("about"))
    if paged:
        statement = statement.where(tuple_(row.at, row.id) < tuple_(bindparam("then"), bindparam("last")))
    return statement.order_by(row.at.desc(), row.id.desc()).limit(bindparam("most"))


class ChangeRows(SqlRows):
    """See `ChangeStore`; methods are documented there."""

    def add_change(self, change: Change) -> None:
        """See `ChangeStore`."""
        self._run(
            self._inserts.add_change,
            business_id=change.business_id,
            id=change.id,
            at=millis(change.at),
            subject=change.subject,
            body=encode(change),
        )

    def changes(
        self, business_id: str, limit: int, after: Position | None = None, subject: str | None = None
    ) -> tuple[Change, ...]:
        """See `ChangeStore`."""
        values: dict[str, Any] = {"business": business_id, "most": limit}
        if after is not None:
            values |= {"then": millis(after.at), "last": after.id}
        if subject is not None:
            values["about"] = subject
        return self._all(Change, _changes(after is not None, subject is not None), **values)
