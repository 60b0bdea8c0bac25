"""Lists, marks and figures of calls in memory."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from whenever import Instant

from handfest.model.call import Call
from handfest.model.call_filter import CallFilter
from handfest.model.digest import Digest, Figures
from handfest.model.page import Position
from handfest.storage.memory_rows import MemoryRows, newest_first
from handfest.storage.moments import millis

RARE = 1_000


class MemoryCallLists(MemoryRows):
    """See `CallListStore`; methods are documented there."""

    def calls_found(
        self, business_id: str, wanted: CallFilter, limit: int, after: Position | None = None
    ) -> tuple[Call, ...]:
        """See `CallListStore`."""
        rows = [
            (call.started_at, call.id, call)
            for call in self._phoned(business_id)
            if wanted.marks <= self._marks_of(call)
            and (wanted.first is None or millis(wanted.first) <= millis(call.started_at))
            and (wanted.last is None or millis(call.started_at) < millis(wanted.last))
        ]
        return newest_first(rows, limit, after)

    def newer_call(self, business_id: str, than: Position) -> Call | None:
        """See `CallListStore`."""
        rows = {(millis(call.started_at), call.id): call for call in self._phoned(business_id)}
        later = [key for key in rows if key > (millis(than.at), than.id)]
        return rows[min(later)] if later else None

    def live_calls(self, business_id: str, since: Instant) -> tuple[Call, ...]:
        """See `CallListStore`."""
        rows = [
            (call.started_at, call.id, call)
            for call in self._phoned(business_id)
            if call.ended_at is None and millis(call.active_at or call.started_at) >= millis(since)
        ]
        return newest_first(rows, len(rows), None)

    def undigested_calls(
        self, limit: int, business_id: str | None = None, quiet_since: Instant | None = None
    ) -> tuple[Call, ...]:
        """See `CallListStore`."""
        keys = sorted(key for key in self._rows.undigested if business_id in (None, key[0]))
        calls = (self._rows.calls[key] for key in keys)
        return tuple(islice((call for call in calls if _quiet(call, quiet_since)), limit))

    def save_digest(self, digest: Digest) -> None:
        """See `CallListStore`."""
        self._rows.digests[digest.business_id, digest.call_id] = digest
        self._rows.undigested.discard((digest.business_id, digest.call_id))

    def marks(self, business_id: str, kind: str, limit: int) -> tuple[tuple[str, int], ...]:
        """See `CallListStore`."""
        counted = Counter(
            name.split(":", 1)[1]
            for digest in self._rows.digests.values()
            for name in digest.marks
            if digest.business_id == business_id and name.startswith(f"{kind}:")
        )
        return tuple((name, min(count, RARE)) for name, count in sorted(counted.items())[:limit])

    def figures_by_day(self, business_id: str, first: str, last: str) -> tuple[Figures, ...]:
        """See `CallListStore`."""
        own = (digest for digest in self._between(first, last) if digest.business_id == business_id)
        return _summed((digest.day, digest) for digest in own)

    def figures_by_business(self, first: str, last: str) -> tuple[Figures, ...]:
        """See `CallListStore`."""
        return _summed((digest.business_id, digest) for digest in self._between(first, last))

    def marks_by_day(
        self, business_id: str, kind: str, first: str, last: str
    ) -> Sequence[tuple[str, str, int]]:
        """See `CallListStore`."""
        counted = Counter(
            (digest.day, name.split(":", 1)[1])
            for digest in self._between(first, last)
            for name in digest.marks
            if digest.business_id == business_id and name.startswith(f"{kind}:")
        )
        return tuple((day, name, count) for (day, name), count in sorted(counted.items()))

    def _phoned(self, business_id: str) -> Iterable[Call]:
        rows = self._rows.calls.values()
        return (call for call in rows if call.business_id == business_id and not call.at_desk)

    def _marks_of(self, call: Call) -> frozenset[str]:
        digest = self._rows.digests.get((call.business_id, call.id))
        return frozenset(digest.marks) if digest else frozenset()

    def _between(self, first: str, last: str) -> Iterable[Digest]:
        rows = self._rows.digests.values()
        return (digest for digest in rows if first <= digest.day <= last and not digest.test)


def _summed(rows: Iterable[tuple[str, Digest]]) -> tuple[Figures, ...]:
    sums: dict[str, Figures] = {}
    for key, digest in rows:
        so_far = sums.get(key, Figures(key, 0, 0, 0, 0, (0,) * len(digest.latency)))
        sums[key] = replace(
            so_far,
            calls=so_far.calls + 1,
            booked=so_far.booked + digest.booked,
            kept=so_far.kept + digest.kept,
            broken=so_far.broken + digest.broken,
            latency=tuple(one + other for one, other in zip(so_far.latency, digest.latency, strict=True)),
        )
    return tuple(sums[key] for key in sorted(sums))


def _quiet(call: Call, since: Instant | None) -> bool:
    active_at = call.active_at or call.started_at
    return since is None or call.ended_at is not None or millis(active_at) < millis(since)
