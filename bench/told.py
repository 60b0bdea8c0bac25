"""What callers were told, held to what is stored."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from whenever import Instant, OffsetDateTime

from bench.invariant import Snapshot, Watcher, violations
from handfest.storage import schema
from handfest.storage.opening import plain_engine

LONGEST_HOLD_S = 15 * 60
"""No claim of a live hold or lease may end later than this from now."""


@dataclass
class Told:
    """The answers by call. `standing` says for which start (ISO) a call was confirmed, None: cancelled.

    `uncertain` are the calls with something in flight when the server died: it may or may not have happened.
    """

    standing: dict[str, str | None] = field(default_factory=dict)
    uncertain: set[str] = field(default_factory=set)
    codes: Counter[str] = field(default_factory=Counter)

    def tries(self, call: str) -> None:
        """The call has sent something that would change what stands."""
        self.uncertain.add(call)

    def answered(self, call: str, reply: dict[str, Any]) -> None:
        """The call has heard what came of it."""
        self.uncertain.discard(call)
        self.codes[reply["code"]] += 1
        if reply["code"] in ("booked", "changed"):
            self.standing[call] = reply["booking"]["start"]
        elif reply["code"] == "cancelled":
            self.standing[call] = None
        elif reply["code"] == "pending":
            self.uncertain.add(call)


def broken_promises(database: str, told: Told) -> tuple[list[str], int]:
    """Breaches in words, and how many bookings have an open outcome."""
    seen, bookings = _look(database), _bookings(database)
    found = violations(seen) + _against_the_calendar(seen, bookings, told) + _claims_too_long(seen)
    return found, sum(state in ("calling", "unknown") for _, state in bookings.values())


def disagreements(database: str) -> dict[str, str]:
    """The bookings that are booked in the journal or stand in the calendar, but not both, with their calls."""
    bookings = _bookings(database)
    booked = {booking_id for booking_id, (_, state) in bookings.items() if state == "booked"}
    standing = {event.booking_id for event in _look(database).events}
    return {one: bookings[one][0] for one in booked ^ standing if one in bookings}


def _look(database: str) -> Snapshot:
    watcher = Watcher(database)
    try:
        return watcher.look()
    finally:
        watcher.close()


def _bookings(database: str) -> dict[str, tuple[str, str]]:
    engine, row = plain_engine(database), schema.booking.c
    with engine.connect() as connection:
        rows = connection.execute(select(row.id, row.call_id, row.state)).all()
    engine.dispose()
    return {booking_id: (call_id, state) for booking_id, call_id, state in rows}


def _against_the_calendar(seen: Snapshot, bookings: dict[str, tuple[str, str]], told: Told) -> list[str]:
    starts: defaultdict[str, list[Instant]] = defaultdict(list)
    found = []
    for event in seen.events:
        if event.booking_id not in bookings:
            found.append(f"{event.uid} stands without a booking")
            continue
        starts[bookings[event.booking_id][0]].append(event.start)
    found += [f"{call} has {len(own)} appointments" for call, own in starts.items() if len(own) > 1]
    for call, start in told.standing.items():
        if call in told.uncertain:
            continue
        promised = [] if start is None else [OffsetDateTime.parse_iso(start).to_instant()]
        if starts[call] != promised:
            found.append(f"{call} was told {start} and has {starts[call]}")
    return found


def _claims_too_long(seen: Snapshot) -> list[str]:
    latest = seen.moment.add(seconds=LONGEST_HOLD_S).timestamp(unit="millisecond")
    return [
        f"the bucket {key} is held by {owner} until {until}"
        for key, (owner, until) in seen.claims.items()
        if until is not None and until > latest
    ]
