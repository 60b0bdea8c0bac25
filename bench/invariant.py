"""What must hold in the stored rows at every moment, read in one snapshot by a connection of its own.

No two live rows of `occupancy` share a time of one resource, unless they are different seats of one group
appointment; live rows of `event`, their occupancy and their claims say the same; nothing is claimed for good
without a live appointment.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select
from whenever import Instant

from handfest.model.offer import Offer
from handfest.model.slot import Span, buckets
from handfest.ports import CalendarEvent
from handfest.storage import schema
from handfest.storage.codec import decode
from handfest.storage.opening import plain_engine

Bucket = tuple[str, str, int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """One live row of `occupancy`; start and end in epoch seconds."""

    business_id: str
    owner: str
    resource_id: str
    seat: int
    start: int
    end: int
    service_id: str | None
    group_start: int | None

    def joins(self, other: "Row") -> bool:
        """Whether both are seats of one group appointment."""
        same = (self.service_id, self.group_start) == (other.service_id, other.group_start)
        return same and self.group_start is not None and self.seat != other.seat


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The rows of one moment. `moment` was read afterwards: what has expired by then counts no more."""

    moment: Instant
    live: tuple[Row, ...]
    events: tuple[CalendarEvent, ...]
    claims: dict[Bucket, tuple[str, int | None]]
    replacing: frozenset[tuple[str, str]]


class Watcher:
    """Looks at a database from outside while others write in it."""

    def __init__(self, address: str) -> None:
        self._engine: Engine = plain_engine(address)
        if self._engine.dialect.name == "postgresql":
            self._engine = self._engine.execution_options(isolation_level="REPEATABLE READ")

    def look(self) -> Snapshot:
        """The rows as they are now."""
        with self._engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")  # the driver begins by itself for writes only
            return _read(connection)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def violations(seen: Snapshot) -> list[str]:
    """Every breach of what must hold, in words; empty is the promise kept."""
    return [*overlaps(seen.live, seen.replacing), *_disagreements(seen)]


def overlaps(rows: Iterable[Row], replacing: frozenset[tuple[str, str]] = frozenset()) -> Iterator[str]:
    """Two owners with one time of one resource. `replacing` names pairs (hold, appointment it would replace)."""
    by_resource: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        by_resource[row.business_id, row.resource_id].append(row)
    for own in by_resource.values():
        begun: list[Row] = []
        for row in sorted(own, key=lambda row: (row.start, row.end)):
            begun = [other for other in begun if other.end > row.start]
            for other in begun:
                pair = {(row.owner, other.owner), (other.owner, row.owner)}
                if row.owner != other.owner and not row.joins(other) and not pair & replacing:
                    yield f"{row.owner} and {other.owner} overlap on {row.resource_id} at {row.start}"
            begun.append(row)


def _disagreements(seen: Snapshot) -> Iterator[str]:
    rows: defaultdict[tuple[str, str], set[Span]] = defaultdict(set)
    for row in seen.live:
        rows[row.business_id, row.owner].add(Span(row.resource_id, row.seat, row.start // 60, row.end // 60))
    standing = {(event.business_id, event.owner) for event in seen.events}
    for event in seen.events:
        if rows[event.business_id, event.owner] != set(event.spans):
            yield f"{event.owner} stands in `event`, but `occupancy` says {rows[event.business_id, event.owner]}"
        for key in _buckets(event.business_id, event.spans):
            if seen.claims.get(key) != (event.owner, None):
                yield f"{event.owner} does not own the bucket {key}"
    for business_id, owner in rows:
        if owner.startswith("event:") and (business_id, owner) not in standing:
            yield f"{owner} occupies time, but there is no such appointment"
    for key, (owner, until) in seen.claims.items():
        if until is None and (key[0], owner) not in standing:
            yield f"the bucket {key} is claimed for good by {owner}, which is no live appointment"


def _buckets(business_id: str, spans: Sequence[Span]) -> set[Bucket]:
    return {(business_id, span.resource_id, span.seat, bucket) for span in spans for bucket in buckets(span)}


def _read(connection: Connection) -> Snapshot:
    held, claim = schema.occupancy.c, schema.slot_claim.c
    columns = (held.business_id, held.owner, held.resource_id, held.seat, held.start, held.end)
    rows = connection.execute(
        select(*columns, held.service_id, held.group_start, held.expires_at).where(
            held.kind.in_(("hold", "booking"))
        )
    ).all()
    bodies = connection.execute(select(schema.event.c.body).where(schema.event.c.cancelled.is_(False)))
    events = tuple(decode(CalendarEvent, body) for body in bodies.scalars())
    claims = {
        (business_id, resource_id, seat, bucket): (owner, until)
        for business_id, resource_id, seat, bucket, owner, until in connection.execute(
            select(
                claim.business_id, claim.resource_id, claim.seat, claim.bucket, claim.owner, claim.expires_at
            )
        )
    }
    moment = Instant.now()
    now = moment.timestamp(unit="millisecond")
    live = tuple(Row(*row[:-1]) for row in rows if row[-1] is None or now < row[-1])
    standing = {event.owner for event in events}
    # A hold for a move owns nothing of what it was to take over from an appointment that is gone by now; the
    # move itself is declined then.
    pairs = _replacing(live) | _moving(connection)
    void = {hold for hold, replaced in pairs if replaced not in standing}
    return Snapshot(moment, tuple(row for row in live if row.owner not in void), events, claims, pairs)


def _replacing(live: Iterable[Row]) -> frozenset[tuple[str, str]]:
    """Holds of the fight that are named after the appointment they would replace (`offer:for ev_...:A1`)."""
    named = (row.owner for row in live if row.owner.startswith("offer:for "))
    return frozenset((owner, f"event:{owner.split(':')[1].removeprefix('for ')}") for owner in named)


def _moving(connection: Connection) -> frozenset[tuple[str, str]]:
    """Holds of callers who would move their appointment, perhaps to the very time at which it stands."""
    column = schema.offer.c.body
    bodies = connection.execute(select(column).where(column.contains('"replaces":"'))).scalars()
    offers = [decode(Offer, body) for body in bodies]
    return frozenset((one.owner, f"event:ev_{one.replaces}") for one in offers)
