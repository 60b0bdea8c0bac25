"""Callers who all want the same time, through the real front desk on a SQLite file."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count

from whenever import Instant

from bench.gateway_server import BUSINESS
from handfest.catalogue.version import Applied, apply_business
from handfest.model.reply import Reply
from handfest.ports import LineRecord
from handfest.settings import Settings
from handfest.testing.phone import Phone
from handfest.testing.sinks import KeptAlarms
from handfest.wiring import House, build

ONE_MEMBER = BUSINESS[: BUSINESS.index('\n[[staff]]\nid = "s1"')]
_CALLS = count(1)


class NoTrace:
    """The trace goes to the store; the log is not what is looked at."""

    def turn(self, record: object) -> None:
        """See `TraceSink`."""


@dataclass
class Rounds:
    """What became of the rounds: winners in the replies and in the rows, losers' ways on, the slowest turn."""

    played: int = 0
    winners: Counter[int] = field(default_factory=Counter)
    stored: Counter[int] = field(default_factory=Counter)
    losers: Counter[str] = field(default_factory=Counter)
    longest_ms: float = 0.0
    pending: int = 0

    @property
    def kept(self) -> bool:
        """Exactly one winner in every round, by what was said and by what is stored, and nobody left alone."""
        one = Counter({1: self.played})
        return self.winners == one and self.stored == one and not self.losers["left alone"]


async def play(database: str, rounds: int, clients: int) -> Rounds:
    """Let `clients` calls at a time fight for one time, in so many rounds with a time of their own."""
    house = build(Settings(database=database), sink=NoTrace(), notifier=KeptAlarms())
    result = Rounds()
    try:
        applied = await apply_business(house.store, house.clock, ONE_MEMBER)
        assert isinstance(applied, Applied), applied
        await house.warm()
        (line,) = await house.store.read(lambda tx: tx.lines("retell"))
        for number in range(rounds):
            await _round(house, line, number, clients, result)
    finally:
        await house.close()
    return result


async def _round(house: House, line: LineRecord, number: int, clients: int, result: Rounds) -> None:
    # 45 minutes apart over 50 days: the winners' neighbours stay free as alternatives.
    day = Instant.now().to_tz("Europe/Berlin").date().add(days=2 + number % 50)
    minute = 60 + number // 50 * 45  # not midnight: with it machines write a day without a time
    wished = f"{day.format_iso()}T{minute // 60:02d}:{minute % 60:02d}"
    phones = [Phone(house.desk, line, f"call_{next(_CALLS)}") for _ in range(clients)]
    won = await asyncio.gather(*(_caller(phone, wished, result) for phone in phones))
    result.played += 1
    result.winners[won.count(True)] += 1
    result.stored[await _stored(house, wished)] += 1
    await asyncio.gather(*(phone.hang_up() for phone in phones))


async def _caller(phone: Phone, wished: str, result: Rounds) -> bool:
    """Ask for the time and book it if it is offered; else ask to book it all the same."""
    reply = await _timed(result, phone, "check_availability", service="Beratung", when=wished)
    offers = reply.data.get("offers", ())
    same = next((offer for offer in offers if offer["start"].startswith(wished)), None)
    if same is not None:
        reply = await _timed(result, phone, "book_appointment", offer=same["id"], name="Erika Beispiel")
    else:
        result.losers[_way_on(reply)] += 1
        reply = await _timed(
            result, phone, "book_appointment", service="Beratung", when=wished, name="Erika Beispiel"
        )
    if reply.code == "booked":
        return bool(reply.data["booking"]["start"].startswith(wished))
    result.losers[_way_on(reply)] += 1
    return False


async def _timed(result: Rounds, phone: Phone, tool: str, **arguments: str) -> Reply:
    began = time.perf_counter()
    reply = await phone.call(tool, **arguments)
    result.longest_ms = max(result.longest_ms, (time.perf_counter() - began) * 1e3)
    while reply.code == "pending":  # the deadline came first; asking again hears what became of it
        result.pending += 1
        await asyncio.sleep(0.2)
        reply = await phone.call(tool, **arguments)
    return reply


def _way_on(reply: Reply) -> str:
    if reply.data.get("offers"):
        return "other offers"
    return "a refusal with a way on" if reply.ok and reply.next in ("ask", "offer") else "left alone"


async def _stored(house: House, wished: str) -> int:
    """How many live appointments begin at that time."""
    start = Instant.parse_iso(f"{wished}:00Z")  # read as if in UTC, then taken back by Berlin's distance
    local = start.to_tz("UTC").to_plain().assume_tz("Europe/Berlin").to_instant()
    starts = await house.store.read(lambda tx: tx.service_starts("bench", "1", local, local.add(minutes=1)))
    return len(starts)
