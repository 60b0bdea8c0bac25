"""Lists, marks and figures of calls in the database.

What calls are found by is one table of marks; a search walks the rarest of the wanted marks, newest first, and
asks of each call whether it has the others too.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import CTE, bindparam, delete, exists, func, literal_column, select, text, tuple_, update
from whenever import Instant

from handfest.model.call import Call
from handfest.model.call_filter import CallFilter
from handfest.model.digest import LATENCY_BOUNDS_MS, Digest, Figures
from handfest.model.page import Position
from handfest.storage import schema
from handfest.storage.moments import millis
from handfest.storage.sql_rows import SqlRows

_CALL, _MARK, _DIGEST = schema.call.c, schema.call_mark.c, schema.call_digest.c
_LATENCY = tuple(f"latency_{number + 1}" for number in range(len(LATENCY_BOUNDS_MS) + 1))
_COMMON = ("caller", "finding", "word", "service", "branch", "version", "line", "outcome", "platform", "test")
"""Kinds of marks, those first of which a value is on few calls: among frequent ones this tells the rarest."""
_DAY_MS = 24 * 3600 * 1000
RARE = 1_000
"""Marks are counted up to here to find the rarest; beyond it they are all alike."""

NEWER = (
    select(_CALL.body)
    .where(
        _CALL.business_id == bindparam("business"),
        _CALL.at_desk.is_(False),
        tuple_(_CALL.started_at, _CALL.id) > tuple_(bindparam("then"), bindparam("last_id")),
    )
    .order_by(_CALL.started_at, _CALL.id)
    .limit(1)
)
LIVE = (
    select(_CALL.body)
    .where(
        _CALL.business_id == bindparam("business"),
        _CALL.active_at >= bindparam("since"),
        text(schema.ON_THE_PHONE),
    )
    .order_by(_CALL.started_at.desc(), _CALL.id.desc())
)
UNDIGESTED = (
    select(_CALL.body)
    .where(text(schema.UNDIGESTED), _CALL.ended | (_CALL.active_at < bindparam("quiet")))
    .limit(bindparam("most"))
)
UNDIGESTED_HERE = UNDIGESTED.where(_CALL.business_id == bindparam("business"))
_ALWAYS = 2**62
"""A moment that every call was served before."""
DIGESTED = (
    update(schema.call)
    .where(_CALL.business_id == bindparam("business"), _CALL.id == bindparam("call"))
    .values(digested=True)
)
DROP_MARKS = delete(schema.call_mark).where(
    _MARK.business_id == bindparam("business"), _MARK.call_id == bindparam("call")
)
COUNT = select(func.count()).select_from(
    select(_MARK.call_id)
    .where(
        _MARK.business_id == bindparam("business"),
        _MARK.kind == bindparam("sort"),
        _MARK.value == bindparam("wanted"),
    )
    # In the order of its index, lest a planner looks for the first thousand through the whole table.
    .order_by(_MARK.started_at)
    .limit(RARE)
    .subquery()
)


def _values() -> CTE:
    """Every value of one kind of mark: from one to the next by the index, however many calls have each of them."""
    first = select(func.min(_MARK.value).label("value")).where(
        _MARK.business_id == bindparam("business"), _MARK.kind == bindparam("sort")
    )
    found = first.cte("found", recursive=True)
    behind = select(func.min(_MARK.value)).where(
        _MARK.business_id == bindparam("business"),
        _MARK.kind == bindparam("sort"),
        _MARK.value > found.c.value,
    )
    return found.union_all(select(behind.scalar_subquery()).where(found.c.value.is_not(None)))


_VALUES = _values()
_UP_TO_RARE = (
    select(literal_column("1"))
    .where(
        _MARK.business_id == bindparam("business"),
        _MARK.kind == bindparam("sort"),
        _MARK.value == _VALUES.c.value,
    )
    .correlate(_VALUES)
    .limit(RARE)
    .subquery()
)
MARKS = (
    select(
        _VALUES.c.value, select(func.count()).select_from(_UP_TO_RARE).correlate(_VALUES).scalar_subquery()
    )
    .where(_VALUES.c.value.is_not(None))
    .order_by(_VALUES.c.value)
    .limit(bindparam("most"))
)
_SUMS = (
    func.count(),
    func.sum(_DIGEST.booked),
    func.sum(_DIGEST.kept),
    func.sum(_DIGEST.broken),
    *(func.sum(_DIGEST[name]) for name in _LATENCY),
)
_THESE_DAYS = (
    _DIGEST.day >= bindparam("first"),
    _DIGEST.day <= bindparam("last"),
    _DIGEST.test.is_(False),
)
BY_DAY = (
    select(_DIGEST.day, *_SUMS)
    .where(_DIGEST.business_id == bindparam("business"), *_THESE_DAYS)
    .group_by(_DIGEST.day)
    .order_by(_DIGEST.day)
)
BY_BUSINESS = (
    select(_DIGEST.business_id, *_SUMS)
    .where(*_THESE_DAYS)
    .group_by(_DIGEST.business_id)
    .order_by(_DIGEST.business_id)
)
MARKS_BY_DAY = (
    select(_DIGEST.day, _VALUES.c.value, func.count())
    .select_from(_VALUES)
    .join(schema.call_mark, _MARK.value == _VALUES.c.value)
    .join(
        schema.call_digest,
        (_DIGEST.business_id == _MARK.business_id) & (_DIGEST.call_id == _MARK.call_id),
    )
    .where(
        _MARK.business_id == bindparam("business"),
        _MARK.kind == bindparam("sort"),
        # Days are local: the moments are narrowed roughly, before each call's day is looked at.
        _MARK.started_at >= bindparam("since"),
        _MARK.started_at < bindparam("before"),
        *_THESE_DAYS,
    )
    .group_by(_DIGEST.day, _VALUES.c.value)
    .order_by(_DIGEST.day, _VALUES.c.value)
)


@cache
def _found(marks: int, conditions: frozenset[str]) -> Any:
    """The statement for one choice of conditions: `after`, `first`, `last`, and how many marks."""
    at, ident = (_MARK.started_at, _MARK.call_id) if marks else (_CALL.started_at, _CALL.id)
    if marks:
        statement = select(_MARK.business_id, at, ident.label("id")).where(
            _MARK.business_id == bindparam("business"),
            _MARK.kind == bindparam("kind_0"),
            _MARK.value == bindparam("value_0"),
        )
    else:
        statement = select(_CALL.business_id, at, ident).where(
            _CALL.business_id == bindparam("business"), _CALL.at_desk.is_(False)
        )
    for number in range(1, marks):
        other = schema.call_mark.alias(f"other_{number}").c
        statement = statement.where(
            exists(literal_column("1")).where(
                other.business_id == _MARK.business_id,
                other.kind == bindparam(f"kind_{number}"),
                other.value == bindparam(f"value_{number}"),
                other.started_at == _MARK.started_at,
                other.call_id == _MARK.call_id,
            )
        )
    if "first" in conditions:
        statement = statement.where(at >= bindparam("first"))
    if "last" in conditions:
        statement = statement.where(at < bindparam("last"))
    if "after" in conditions:
        statement = statement.where(tuple_(at, ident) < tuple_(bindparam("then"), bindparam("last_id")))
    page = statement.order_by(at.desc(), ident.desc()).limit(bindparam("most")).subquery("page")
    return (
        select(_CALL.body)
        .join(page, (_CALL.business_id == page.c.business_id) & (_CALL.id == page.c.id))
        .order_by(page.c.started_at.desc(), page.c.id.desc())
    )


class CallListRows(SqlRows):
    """See `CallListStore`; methods are documented there."""

    def calls_found(
        self, business_id: str, wanted: CallFilter, limit: int, after: Position | None = None
    ) -> tuple[Call, ...]:
        """See `CallListStore`."""
        values: dict[str, Any] = {"business": business_id, "most": limit}
        conditions: dict[str, Mapping[str, Any]] = {}
        if after is not None:
            conditions["after"] = {"then": millis(after.at), "last_id": after.id}
        if wanted.first is not None:
            conditions["first"] = {"first": millis(wanted.first)}
        if wanted.last is not None:
            conditions["last"] = {"last": millis(wanted.last)}
        for given in conditions.values():
            values |= given
        marks = self._rarest_first(business_id, wanted.marks)
        if marks is None:
            return ()
        for number, name in enumerate(marks):
            values[f"kind_{number}"], values[f"value_{number}"] = name.split(":", 1)
        return self._all(Call, _found(len(marks), frozenset(conditions)), **values)

    def _rarest_first(self, business_id: str, marks: frozenset[str]) -> list[str] | None:
        """None if one of them is nowhere."""
        if len(marks) < 2:
            return list(marks)
        counts = {name: self._count(business_id, *name.split(":", 1)) for name in marks}
        if not all(counts.values()):
            return None
        return sorted(counts, key=lambda name: (counts[name], _commonness(name), name))

    def _count(self, business_id: str, kind: str, value: str) -> int:
        values = {"business": business_id, "sort": kind, "wanted": value}
        count: int = self._connection.execute(COUNT, values).scalar() or 0
        return count

    def newer_call(self, business_id: str, than: Position) -> Call | None:
        """See `CallListStore`."""
        return self._one(Call, NEWER, business=business_id, then=millis(than.at), last_id=than.id)

    def live_calls(self, business_id: str, since: Instant) -> tuple[Call, ...]:
        """See `CallListStore`."""
        return self._all(Call, LIVE, business=business_id, since=millis(since))

    def undigested_calls(
        self, limit: int, business_id: str | None = None, quiet_since: Instant | None = None
    ) -> tuple[Call, ...]:
        """See `CallListStore`."""
        quiet = _ALWAYS if quiet_since is None else millis(quiet_since)
        if business_id is None:
            return self._all(Call, UNDIGESTED, most=limit, quiet=quiet)
        return self._all(Call, UNDIGESTED_HERE, business=business_id, most=limit, quiet=quiet)

    def save_digest(self, digest: Digest) -> None:
        """See `CallListStore`."""
        latency = dict(zip(_LATENCY, digest.latency, strict=True))
        self._run(
            self._inserts.upsert_digest,
            business_id=digest.business_id,
            call_id=digest.call_id,
            day=digest.day,
            test=digest.test,
            booked=int(digest.booked),
            kept=digest.kept,
            broken=digest.broken,
            **latency,
        )
        self._run(DROP_MARKS, business=digest.business_id, call=digest.call_id)
        rest = {
            "business_id": digest.business_id,
            "started_at": millis(digest.started_at),
            "call_id": digest.call_id,
        }
        named = (name.split(":", 1) for name in digest.marks)
        rows = [{"kind": kind, "value": value, **rest} for kind, value in named]
        self._connection.execute_many(self._inserts.add_mark, rows)
        self._run(DIGESTED, business=digest.business_id, call=digest.call_id)

    def marks(self, business_id: str, kind: str, limit: int) -> tuple[tuple[str, int], ...]:
        """See `CallListStore`."""
        values = {"business": business_id, "sort": kind, "most": limit}
        return tuple((value, count) for value, count in self._connection.execute(MARKS, values))

    def figures_by_day(self, business_id: str, first: str, last: str) -> tuple[Figures, ...]:
        """See `CallListStore`."""
        rows = self._connection.execute(BY_DAY, {"business": business_id, "first": first, "last": last})
        return tuple(_figures(row) for row in rows)

    def figures_by_business(self, first: str, last: str) -> tuple[Figures, ...]:
        """See `CallListStore`."""
        rows = self._connection.execute(BY_BUSINESS, {"first": first, "last": last})
        return tuple(_figures(row) for row in rows)

    def marks_by_day(
        self, business_id: str, kind: str, first: str, last: str
    ) -> Sequence[tuple[str, str, int]]:
        """See `CallListStore`."""
        values: dict[str, Any] = {"business": business_id, "first": first, "last": last, "sort": kind}
        values |= {"since": _midnight(first) - _DAY_MS, "before": _midnight(last) + 2 * _DAY_MS}
        rows = self._connection.execute(MARKS_BY_DAY, values)
        return tuple((day, value, count) for day, value, count in rows)


def _commonness(name: str) -> int:
    kind = name.split(":", 1)[0]
    return _COMMON.index(kind) if kind in _COMMON else len(_COMMON)


def _midnight(day: str) -> int:
    return millis(Instant.parse_iso(f"{day}T00:00:00Z"))


def _figures(row: Sequence[Any]) -> Figures:
    key, calls, booked, kept, broken, *latency = row
    return Figures(key, calls, int(booked), int(kept), int(broken), tuple(int(count) for count in latency))
