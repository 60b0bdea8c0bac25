"""Pauses, drafts, callbacks and searched bookings in the database."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, select, tuple_

from handfest.model.booking import Booking
from handfest.model.call import Callback
from handfest.model.catalogue_draft import CatalogueDraft
from handfest.model.page import Position
from handfest.model.pause import Pause
from handfest.ports import BusyTime
from handfest.storage import schema
from handfest.storage.codec import encode
from handfest.storage.moments import millis
from handfest.storage.sql_rows import SqlRows

_PAUSE = schema.pause.c
_THE_PAUSE = (
    _PAUSE.business_id == bindparam("business"),
    _PAUSE.platform == bindparam("where_from"),
    _PAUSE.line == bindparam("which"),
)
PAUSE = select(_PAUSE.body).where(*_THE_PAUSE)
DROP_PAUSE = delete(schema.pause).where(*_THE_PAUSE)
PAUSES = (
    select(_PAUSE.body)
    .where(_PAUSE.business_id == bindparam("business"))
    .order_by(_PAUSE.platform, _PAUSE.line)
)
DRAFT = select(schema.draft.c.body).where(schema.draft.c.business_id == bindparam("business"))
DROP_DRAFT = delete(schema.draft).where(schema.draft.c.business_id == bindparam("business"))
BUSY_TIME = select(schema.busy.c.body).where(
    schema.busy.c.business_id == bindparam("business"), schema.busy.c.id == bindparam("wanted")
)
CALLBACK = select(schema.callback.c.body).where(
    schema.callback.c.business_id == bindparam("business"), schema.callback.c.id == bindparam("wanted")
)


@cache
def _callbacks(paged: bool, still_open: bool) -> Any:
    row = schema.callback.c
    statement = select(row.body).where(row.business_id == bindparam("business"))
    if still_open:
        statement = statement.where(row.closed.is_(False))
    if paged:
        statement = statement.where(
            tuple_(row.made_at, row.id) < tuple_(bindparam("then"), bindparam("last_id"))
        )
    return statement.order_by(row.made_at.desc(), row.id.desc()).limit(bindparam("most"))


@cache
def _bookings(paged: bool, words: int) -> Any:
    """Finds the ids in the index first, and reads only the rows of one page."""
    row = schema.booking.c
    found = select(row.business_id, row.start, row.id).where(row.business_id == bindparam("business"))
    for number in range(words):
        found = found.where(row.search_text.like(bindparam(f"word_{number}"), escape="\\"))
    if paged:
        found = found.where(tuple_(row.start, row.id) < tuple_(bindparam("then"), bindparam("last_id")))
    page = found.order_by(row.start.desc(), row.id.desc()).limit(bindparam("most")).subquery()
    return (
        select(row.body)
        .join(page, (row.business_id == page.c.business_id) & (row.id == page.c.id))
        .order_by(page.c.start.desc(), page.c.id.desc())
    )


def _inside(word: str) -> str:
    """A pattern for texts that have this word in them."""
    for sign in ("\\", "%", "_"):
        word = word.replace(sign, f"\\{sign}")
    return f"%{word}%"


class DeskRows(SqlRows):
    """See `DeskStore`; methods are documented there."""

    def save_pause(self, pause: Pause) -> None:
        """See `DeskStore`."""
        self._run(
            self._inserts.upsert_pause,
            business_id=pause.business_id,
            platform=pause.platform,
            line=pause.line,
            body=encode(pause),
        )

    def drop_pause(self, business_id: str, platform: str, line: str) -> bool:
        """See `DeskStore`."""
        return self._run(DROP_PAUSE, business=business_id, where_from=platform, which=line) > 0

    def pause(self, business_id: str, platform: str, line: str) -> Pause | None:
        """See `DeskStore`."""
        return self._one(Pause, PAUSE, business=business_id, where_from=platform, which=line)

    def pauses(self, business_id: str) -> tuple[Pause, ...]:
        """See `DeskStore`."""
        return self._all(Pause, PAUSES, business=business_id)

    def save_draft(self, draft: CatalogueDraft) -> None:
        """See `DeskStore`."""
        self._run(self._inserts.upsert_draft, business_id=draft.business_id, body=encode(draft))

    def drop_draft(self, business_id: str) -> bool:
        """See `DeskStore`."""
        return self._run(DROP_DRAFT, business=business_id) > 0

    def draft(self, business_id: str) -> CatalogueDraft | None:
        """See `DeskStore`."""
        return self._one(CatalogueDraft, DRAFT, business=business_id)

    def busy_time(self, business_id: str, busy_id: str) -> BusyTime | None:
        """See `DeskStore`."""
        return self._one(BusyTime, BUSY_TIME, business=business_id, wanted=busy_id)

    def callback(self, business_id: str, callback_id: str) -> Callback | None:
        """See `DeskStore`."""
        return self._one(Callback, CALLBACK, business=business_id, wanted=callback_id)

    def callbacks_found(
        self, business_id: str, limit: int, after: Position | None = None, *, still_open: bool = False
    ) -> tuple[Callback, ...]:
        """See `DeskStore`."""
        values: dict[str, Any] = {"business": business_id, "most": limit, **_behind(after)}
        return self._all(Callback, _callbacks(after is not None, still_open), **values)

    def bookings_found(
        self, business_id: str, words: Sequence[str], limit: int, after: Position | None = None
    ) -> tuple[Booking, ...]:
        """See `DeskStore`."""
        values: dict[str, Any] = {"business": business_id, "most": limit, **_behind(after)}
        values |= {f"word_{number}": _inside(word) for number, word in enumerate(words)}
        return self._all(Booking, _bookings(after is not None, len(words)), **values)


def _behind(after: Position | None) -> dict[str, Any]:
    return {} if after is None else {"then": millis(after.at), "last_id": after.id}
