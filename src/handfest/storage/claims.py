"""Claims in the database: rows of `slot_claim`, where whoever inserts a bucket has it.

A resource is claimed seat by seat. Guests of one group appointment have seats of their own, kept below 0 so that
nothing else can want them, and share one *door*: the seat that an appointment of anything else would take. The
door's rows belong to the group, and stand exactly as long as a guest stands behind them: whoever of them leaves,
nothing else gets in.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, delete, text
from sqlalchemy.sql import ClauseElement
from whenever import Instant

from handfest.model.slot import Claim, Span, buckets
from handfest.storage import schema
from handfest.storage.driver import RowConnection
from handfest.storage.moments import millis
from handfest.storage.statements import Inserts

_INTO = "INSERT INTO slot_claim (business_id, resource_id, seat, bucket, owner, expires_at, door)"
_WANTED = f"""
    {_INTO}
    WITH RECURSIVE wanted(bucket) AS (
      SELECT CAST(:first AS BIGINT) UNION ALL SELECT bucket + 1 FROM wanted WHERE bucket + 1 < :last
    )
    SELECT :business, :resource, :place, bucket, :owner, CAST(:until AS BIGINT), CAST(:door AS INTEGER)
    FROM wanted WHERE true ORDER BY bucket
"""  # noqa: S608
FEW_BUCKETS = 24
"""Two hours. So few are named one by one, which costs the database a third of counting them out."""
_IF_OVER = """
    ON CONFLICT (business_id, resource_id, seat, bucket) DO UPDATE
    SET owner = excluded.owner, expires_at = excluded.expires_at, door = excluded.door
    WHERE slot_claim.expires_at <= :now
"""
_TAKE = text(_WANTED + _IF_OVER)
"""Takes buckets of one seat in ascending order, free ones and those whose holder's time is over; the row count
tells how many there were."""
_SHUT = text(
    _WANTED
    + """
    ON CONFLICT (business_id, resource_id, seat, bucket) DO UPDATE SET expires_at = CASE
      WHEN slot_claim.expires_at IS NULL OR excluded.expires_at IS NULL THEN NULL
      WHEN excluded.expires_at > slot_claim.expires_at THEN excluded.expires_at
      ELSE slot_claim.expires_at
    END
    WHERE slot_claim.owner = excluded.owner
    """
)
"""Shuts a door or joins those who have; it lasts as long as the last of them."""
_BESIDE = text(
    """
    SELECT claim.bucket FROM slot_claim AS claim
    WHERE claim.business_id = :business AND claim.resource_id = :resource AND claim.seat = :place
      AND claim.bucket >= :first AND claim.bucket < :last
      AND (claim.owner = :whose OR (
        EXISTS (
          SELECT 1 FROM slot_claim AS guest
          WHERE guest.business_id = claim.business_id AND guest.resource_id = claim.resource_id
            AND guest.bucket = claim.bucket AND guest.door = claim.seat AND guest.owner = :whose
        ) AND NOT EXISTS (
          SELECT 1 FROM slot_claim AS guest
          WHERE guest.business_id = claim.business_id AND guest.resource_id = claim.resource_id
            AND guest.bucket = claim.bucket AND guest.door = claim.seat AND guest.owner <> :whose
            AND (guest.expires_at IS NULL OR guest.expires_at > :now)
        )
      ))
    """
)
"""The buckets that one owner has, and the doors behind which nobody else stands."""
_COLUMN = schema.slot_claim.c
_EXPIRE = delete(schema.slot_claim).where(
    _COLUMN.business_id == bindparam("business"),
    _COLUMN.resource_id == bindparam("resource"),
    _COLUMN.seat == bindparam("place"),
    _COLUMN.bucket >= bindparam("first"),
    _COLUMN.bucket < bindparam("last"),
    _COLUMN.expires_at <= bindparam("now"),
)
_RELEASE = (
    delete(schema.slot_claim)
    .where(_COLUMN.business_id == bindparam("business"), _COLUMN.owner == bindparam("whose"))
    .returning(_COLUMN.resource_id, _COLUMN.door, _COLUMN.bucket)
)
_OCCUPANT = schema.occupancy.c
RELEASE_OCCUPANCY = delete(schema.occupancy).where(
    _OCCUPANT.business_id == bindparam("business"), _OCCUPANT.owner == bindparam("whose")
)
_RELEASE_BOTH = text(
    """
    WITH gone AS (DELETE FROM occupancy WHERE business_id = :business AND owner = :whose)
    DELETE FROM slot_claim WHERE business_id = :business AND owner = :whose RETURNING resource_id, door, bucket
    """
)
_BEHIND = """
    SELECT {what} FROM slot_claim AS guest
    WHERE guest.business_id = slot_claim.business_id AND guest.resource_id = slot_claim.resource_id
      AND guest.bucket = slot_claim.bucket AND guest.door = slot_claim.seat
"""
_THE_DOOR = """
    WHERE business_id = :business AND resource_id = :resource AND seat = :place
      AND bucket >= :first AND bucket < :last AND owner LIKE 'group:%'
"""
_OPEN = text(f"DELETE FROM slot_claim {_THE_DOOR} AND NOT EXISTS ({_BEHIND.format(what='1')})")  # noqa: S608
"""Opens the doors behind which nobody stands any more."""
_LAST = text(
    f"""
    UPDATE slot_claim SET expires_at = CASE
      WHEN EXISTS ({_BEHIND.format(what="1")} AND guest.expires_at IS NULL) THEN NULL
      ELSE ({_BEHIND.format(what="max(guest.expires_at)")})
    END {_THE_DOOR}
    """  # noqa: S608
)
"""Lets the doors last as long as the last guest behind them."""


@cache
def _take(count: int) -> ClauseElement:
    """The statement that takes so many buckets."""
    if count > FEW_BUCKETS:
        return _TAKE
    rows = ", ".join(
        f"(:business, :resource, :place, CAST(:first AS BIGINT) + {ahead}, :owner, CAST(:until AS BIGINT), "
        "CAST(:door AS INTEGER))"
        for ahead in range(count)
    )
    return text(f"{_INTO} VALUES {rows} {_IF_OVER}")


@dataclass(frozen=True, slots=True)
class _Run:
    """Buckets of one seat for one owner. A door is everybody's who belongs to `owner`."""

    resource_id: str
    seat: int
    owner: str
    wanted: range
    door: int | None = None
    shared: bool = False

    @property
    def place(self) -> tuple[str, bool, int]:
        """The order in which everybody takes seats (B47): doors before the guests behind them."""
        return self.resource_id, self.seat < 0, self.seat


class Claims:
    """Taking and releasing on one open connection."""

    def __init__(
        self,
        connection: RowConnection,
        inserts: Inserts,
        lock: Callable[[str, str], None],
    ) -> None:
        self._connection = connection
        self._inserts = inserts
        self._lock = lock
        self._locked: set[str] = set()

    def _alone(self, business_id: str) -> None:
        """From the first claim or release on, one transaction of a business at a time.

        Each claim takes its buckets in ascending order, but one transaction makes several, best offer first:
        two callers with different wishes would wait for each other until the server breaks one off (B47).
        """
        if business_id not in self._locked:
            self._lock(business_id, "claims")
            self._locked.add(business_id)

    def take(self, business_id: str, claim: Claim, now: Instant) -> bool:
        """See `BookingStore.claim`."""
        if claim.renews:
            self.release(business_id, claim.owner)
        else:
            self._alone(business_id)
        for run in _runs(claim):
            if not self._take_run(business_id, run, claim, now):
                self.release(business_id, claim.owner)
                return False
        group = claim.group_start.timestamp() if claim.group_start else None
        for position, span in enumerate(claim.spans):
            self._connection.execute(
                self._inserts.add_occupancy,
                {
                    "business_id": business_id,
                    "owner": claim.owner,
                    "position": position,
                    "resource_id": span.resource_id,
                    "seat": span.seat,
                    "start": span.start * 60,
                    "end": span.end * 60,
                    "kind": claim.kind,
                    "service_id": claim.service_id,
                    "group_start": group,
                    "label": None,
                    "expires_at": millis(claim.until),
                },
            )
        return True

    def release(self, business_id: str, owner: str) -> None:
        """See `BookingStore.release`."""
        self._alone(business_id)
        whose = {"business": business_id, "whose": owner}
        release: ClauseElement = _RELEASE_BOTH
        if not self._connection.writes_in_with:
            self._connection.execute(RELEASE_OCCUPANCY, whose)
            release = _RELEASE
        left = [row for row in self._connection.execute(release, whose).all() if row[1] is not None]
        for (resource_id, door), rows in groupby(sorted(left), key=lambda row: (row[0], row[1])):
            behind = [row[2] for row in rows]
            place = {"business": business_id, "resource": resource_id, "place": door}
            place |= {"first": behind[0], "last": behind[-1] + 1}
            self._connection.execute(_OPEN, place)
            self._connection.execute(_LAST, place)

    def _take_run(self, business_id: str, run: _Run, claim: Claim, now: Instant) -> bool:
        place = {
            "business": business_id,
            "resource": run.resource_id,
            "place": run.seat,
            "first": run.wanted.start,
            "last": run.wanted.stop,
        }
        at = millis(now)
        if run.shared:
            self._connection.execute(_EXPIRE, {**place, "now": at})
        needed: list[range] = [run.wanted]
        if claim.besides is not None:
            rows = self._connection.execute(_BESIDE, {**place, "whose": claim.besides, "now": at})
            needed = list(_without(run.wanted, {row[0] for row in rows}))
        values: dict[str, Any] = {
            "owner": run.owner,
            "until": millis(claim.until),
            "door": run.door,
            "now": at,
        }
        return all(
            self._connection.execute(
                _SHUT if run.shared else _take(len(part)),
                {**place, **values, "first": part.start, "last": part.stop},
            ).rowcount
            == len(part)
            for part in needed
        )


def _runs(claim: Claim) -> list[_Run]:
    """What is to be taken, in the order in which everybody takes it, each bucket once.

    Two busy phases of one appointment may touch the same bucket, which must not stand in its own way.
    """
    runs: list[_Run] = []
    for run in sorted(_seats(claim), key=lambda run: (run.place, run.wanted.start)):
        last = runs[-1] if runs else None
        if last is not None and last.place == run.place and run.wanted.start <= last.wanted.stop:
            joined = range(last.wanted.start, max(last.wanted.stop, run.wanted.stop))
            runs[-1] = _Run(run.resource_id, run.seat, run.owner, joined, run.door, run.shared)
        else:
            runs.append(run)
    return runs


def _seats(claim: Claim) -> Iterator[_Run]:
    for span in claim.spans:
        if span.door is None:
            yield _Run(span.resource_id, span.seat, claim.owner, buckets(span))
        else:
            yield _Run(span.resource_id, span.door, _group(claim, span), buckets(span), shared=True)
            yield _Run(span.resource_id, -1 - span.seat, claim.owner, buckets(span), span.door)


def _group(claim: Claim, span: Span) -> str:
    assert claim.group_start is not None, f"{claim.owner} shares {span.resource_id} with nobody"
    return f"group:{claim.service_id}:{claim.group_start.timestamp()}"


def _without(wanted: range, free: Iterable[int]) -> Iterator[range]:
    """The stretches of `wanted` between what counts as free already."""
    begin = wanted.start
    for bucket in sorted(free):
        if begin < bucket:
            yield range(begin, bucket)
        begin = bucket + 1
    if begin < wanted.stop:
        yield range(begin, wanted.stop)
