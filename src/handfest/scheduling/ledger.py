"""The ledger of what is taken, by resource: finds the seats that a new booking would take."""

from collections import defaultdict
from collections.abc import Iterator

from whenever import Instant

from handfest.model.slot import Slot, Span
from handfest.scheduling.obstacle import minutes
from handfest.scheduling.request import NOBODY, Need, Request, Taken


class Ledger:
    """What is taken in one request, sorted by resource, as far as seats depend on it."""

    def __init__(self, request: Request) -> None:
        self._demand, self._members, self._claim = request.demand, request.members, request.claim
        self._occupied, self._whole = self._demand.occupied, self._demand.whole
        # Most services are for one guest and need nothing but staff: then no seat depends on anything taken.
        self._plain = self._demand.capacity == 1 and not self._demand.needs
        self._rows: defaultdict[str, list[Taken]] = defaultdict(list)
        self._minute, self._moment = 0, Instant.from_timestamp(0)
        watched = {need.resource_id for need in self._demand.needs}
        if self._demand.capacity > 1:
            watched |= {member.id for member in self._members}
        for row in request.taken if watched else ():
            if row.resource_id in watched and row.start < row.end:
                self._rows[row.resource_id].append(row)

    def slot(self, start: int, index: int) -> Slot:
        """The slot of the member at `index` at `start` (epoch minutes), which must be available."""
        member = self._members[index].id
        if self._plain:
            spans = [Span(member, 0, start + begin, start + end) for begin, end in self._occupied]
            return self._slot(start, member, spans)
        seat = self._seat(member, start)
        door = 0 if self._demand.capacity > 1 else None
        spans = [Span(member, seat, start + begin, start + end, door) for begin, end in self._occupied]
        spans += self._resources(start, seat)
        return self._slot(start, member, spans)

    def _slot(self, start: int, member: str, spans: list[Span]) -> Slot:
        if start != self._minute:
            self._minute, self._moment = start, Instant.from_timestamp(start * 60)
        staff_id = None if member == NOBODY else member
        return Slot(self._moment, self._demand.duration, staff_id, tuple(spans))

    def _seat(self, member: str, start: int) -> int:
        """The lowest seat that the appointment of this service at this start has left (R16)."""
        if self._demand.capacity == 1:
            return 0
        filled = {row.seat for row in self._rows.get(member, ()) if self._same_appointment(row, start)}
        return next(seat for seat in range(len(filled) + 1) if seat not in filled)

    def _same_appointment(self, row: Taken, start: int) -> bool:
        same = row.service_id == self._demand.service_id and row.group_start == start * 60
        return same and self._demand.capacity > 1

    def _resources(self, start: int, joined: int) -> Iterator[Span]:
        """One seat of each needed resource.

        Whoever joins a begun appointment shares its resource. Claims are unique per seat, so guest n of an
        appointment claims the shared one of `count` equal resources as seat n * count + which.
        """
        begin, end = start + self._whole[0], start + self._whole[1]
        chosen: set[tuple[str, int]] = set()
        for need in self._demand.needs:
            for which in self._usable(need, start, begin, end):
                seat = joined * need.count + which
                if (need.resource_id, seat) not in chosen:
                    chosen.add((need.resource_id, seat))
                    yield Span(
                        need.resource_id, seat, begin, end, which if self._demand.capacity > 1 else None
                    )
                    break

    def _usable(self, need: Need, start: int, begin: int, end: int) -> list[int]:
        """Which of the equal resources can be taken: those the appointment already has, then free ones."""
        rows = self._rows.get(need.resource_id, ())
        shared = {row.seat % need.count for row in rows if self._same_appointment(row, start)}
        spans = zip(rows, minutes(rows, self._claim), strict=True)
        taken = {row.seat % need.count for row, (low, high) in spans if low < end and begin < high}
        return [*sorted(shared), *(which for which in range(need.count) if which not in taken)]
