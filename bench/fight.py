"""Clients that fight for the same hours of three people: hold, book, release, move and cancel at random.

Nothing is looked up before it is tried, so that most attempts meet somebody else's; the claims alone decide.
"""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random

from whenever import Instant

from handfest.calendars.embedded import EmbeddedCalendar
from handfest.machine import SystemClock
from handfest.model.booking import Booking, BookingState, Confirmation, Customer, Declined
from handfest.model.slot import Claim, Span
from handfest.ports import Store
from handfest.storage.opening import open_store

BUSINESS = "fight"
STAFF = ("anna", "jana", "mira")
GRID_MIN = 5
DAY_MIN = 10 * 60
SHAPES = (
    ((0, 15),),
    ((0, 25),),  # 20 minutes and a buffer of 5 after
    ((-5, 40),),  # 30 minutes between buffers of 5 and 10
    ((0, 60),),
    ((-10, 52),),  # ends within a bucket
    ((0, 30), (60, 90)),  # a wait in which somebody else may be served
)
"""What appointments occupy, buffers included, in minutes from their start."""


@dataclass
class Fought:
    """What a process saw: outcomes by kind, waits in milliseconds, and which appointments must stand now."""

    outcomes: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    standing: set[str] = field(default_factory=set)


@dataclass
class _Arena:
    """What the clients of one process share."""

    store: Store
    seed: str
    attempts: int
    until: float
    first_minute: int
    bookings: list[Booking] = field(default_factory=list)
    fought: Fought = field(default_factory=Fought)
    made: int = 0

    def left(self) -> bool:
        """Count one attempt; False when there are none left, or no time."""
        self.attempts -= 1
        return self.attempts >= 0 and time.monotonic() < self.until


class _Client:
    def __init__(self, arena: _Arena, number: int) -> None:
        self._arena = arena
        self._random = Random(f"{arena.seed}/{number}")
        self._clock = SystemClock()
        self._calendar = EmbeddedCalendar(arena.store, self._clock)
        self._held: Booking | None = None

    async def run(self) -> None:
        """Attempt until the arena's attempts are used up."""
        ways = (self._hold, self._book, self._book_at_once, self._release, self._cancel, self._move)
        while self._arena.left():
            (way,) = self._random.choices(ways, (30, 25, 10, 8, 15, 12))
            began = time.perf_counter()
            outcome = await way()
            self._arena.fought.waits.append((time.perf_counter() - began) * 1e3)
            self._arena.fought.outcomes[outcome] += 1

    async def _hold(self) -> str:
        booking, now = self._draft(), self._clock.now()
        until = now.add(milliseconds=self._random.randint(5, 200))
        claim = Claim(_owner(booking), "hold", booking.spans, until=until)
        won = await self._arena.store.write(lambda tx: tx.claim(BUSINESS, claim, now))
        self._held = booking if won else None
        return "hold: won" if won else "hold: lost"

    async def _book(self) -> str:
        if self._held is None:
            return await self._hold()
        booking, self._held = self._held, None
        return await self._confirm("book held", booking)

    async def _book_at_once(self) -> str:
        return await self._confirm("book at once", self._draft())

    async def _confirm(self, kind: str, booking: Booking) -> str:
        answer = await self._calendar.book(booking, _owner(booking))
        self._keep(booking, answer)
        return f"{kind}: {'won' if isinstance(answer, Confirmation) else 'lost'}"

    async def _release(self) -> str:
        if self._held is None:
            return await self._hold()
        owner, self._held = _owner(self._held), None
        await self._arena.store.write(lambda tx: tx.release(BUSINESS, owner))
        return "release"

    async def _cancel(self) -> str:
        if not self._arena.bookings:
            return await self._book_at_once()
        booking = self._random.choice(self._arena.bookings)
        answer = await self._calendar.cancel(booking)
        assert isinstance(answer, Confirmation), answer
        self._gone(booking)
        return "cancel"

    async def _move(self) -> str:
        if not self._arena.bookings:
            return await self._book_at_once()
        old = self._random.choice(self._arena.bookings)
        new, now = replace(self._draft(), replaces=old.id), self._clock.now()
        new = replace(new, call_id=f"for {old.uid}", offer_id=new.id)
        until = now.add(milliseconds=self._random.randint(5, 200))
        claim = Claim(_owner(new), "hold", new.spans, until=until, besides=f"event:{old.uid}")
        if not await self._arena.store.write(lambda tx: tx.claim(BUSINESS, claim, now)):
            return "move: lost at the hold"
        answer = await self._calendar.move(new, old, _owner(new))
        if isinstance(answer, Declined):
            await self._arena.store.write(lambda tx: tx.release(BUSINESS, _owner(new)))
            return f"move: {answer.code}"
        self._gone(old)
        self._keep(new, answer)
        return "move: won"

    def _keep(self, booking: Booking, answer: Confirmation | Declined) -> None:
        if isinstance(answer, Confirmation):
            self._arena.fought.standing.add(booking.id)
            self._arena.bookings.append(replace(booking, uid=answer.uid))

    def _gone(self, booking: Booking) -> None:
        self._arena.fought.standing.discard(booking.id)
        if booking in self._arena.bookings:
            self._arena.bookings.remove(booking)

    def _draft(self) -> Booking:
        arena, shape = self._arena, self._random.choice(SHAPES)
        arena.made += 1
        start = arena.first_minute + self._random.randrange(0, DAY_MIN, GRID_MIN)
        staff = self._random.choice(STAFF)
        return Booking(
            business_id=BUSINESS,
            id=f"bk_{arena.seed}_{arena.made}",
            call_id=f"{arena.seed}-{arena.made}",
            offer_id="A1",
            service_id=str(SHAPES.index(shape)),
            service_name="Beratung",
            binding=None,
            duration_min=shape[-1][1],
            staff_id=staff,
            staff_name=None,
            start=Instant.from_timestamp(start * 60),
            zone="Europe/Berlin",
            branch_id=None,
            spans=tuple(Span(staff, 0, start + begin, start + end) for begin, end in shape),
            customer=Customer("Erika Beispiel"),
            caller_number=None,
            state=BookingState.CALLING,
            made_at=self._clock.now(),
        )


def _owner(booking: Booking) -> str:
    return f"offer:{booking.call_id}:{booking.offer_id}"


def fight(address: str, seed: str, attempts: int, clients: int, seconds: float) -> Fought:
    """Let `clients` of one process make `attempts` on the database, or as many as fit in `seconds`.

    The clients are asyncio tasks on one store.
    """
    return asyncio.run(_fight(address, seed, attempts, clients, seconds))


async def _fight(address: str, seed: str, attempts: int, clients: int, seconds: float) -> Fought:
    store = open_store(address)
    tomorrow = Instant.now().timestamp() // 86400 + 1
    arena = _Arena(store, seed, attempts, time.monotonic() + seconds, tomorrow * 1440)
    try:
        await asyncio.gather(*(_Client(arena, number).run() for number in range(clients)))
    finally:
        await store.close()
    return arena.fought
