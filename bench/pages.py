"""How long a page takes on a full store: `python -m bench.pages`.

100,000 calls with 1,000,000 steps, half as many bookings, in one business; every list of the office and of the API,
filtered, searched and turned to its depth, on SQLite and on PostgreSQL.
"""

import asyncio
import os
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, text
from whenever import Instant

from bench.contention import postgres
from bench.gateway_server import BUSINESS
from bench.same_slot import NoTrace
from bench.table import show
from handfest.catalogue.version import apply_business
from handfest.model.actor import COMMAND_LINE
from handfest.model.booking import Booking, BookingState, Customer
from handfest.model.call import Call, Pin
from handfest.model.page import Position
from handfest.model.turn import Step, TurnRecord
from handfest.office.day_view import day_view
from handfest.office.health import health
from handfest.office.list_bookings import find_bookings
from handfest.office.list_calls import CallQuery, call_choices, list_calls
from handfest.office.live_calls import live_calls
from handfest.office.overview import overview
from handfest.office.show_call import show_call
from handfest.settings import Settings
from handfest.storage import schema
from handfest.storage.codec import encode
from handfest.storage.moments import millis
from handfest.storage.opening import plain_engine, prepare
from handfest.testing.sinks import KeptAlarms
from handfest.wiring import House, build

CALLS = int(float(os.environ.get("BENCH_CALLS", "1e5")))
REQUESTS = int(os.environ.get("BENCH_REQUESTS", "60"))
TURNS, STEPS = 2, 5
PORTION = 5_000
NOW = Instant.parse_iso("2026-06-01T12:00:00Z")
OUTCOMES = ("booked",) * 60 + ("not_booked",) * 30 + ("callback",) * 9 + ("cancelled",)
WORDS = [f"wort{number}" for number in range(2_000)]
NAMES = ("Beispiel", "Muster", "Mustermann", "Probe", "Exempel")
Row = dict[str, Any]


def rows_of(number: int, chance: random.Random) -> Iterator[tuple[Table, Row]]:
    """Everything that one call left in the tables, a few minutes before the one after it."""
    at = NOW.subtract(minutes=5 * (CALLS - number))
    call_id, outcome = f"call_{number:07}", chance.choice(OUTCOMES)
    service, caller = f"{chance.randrange(20)}", f"+49302312{number % 5000:05}"
    pin = Pin(service, "Beratung", 0.98, "named", "alias", 1)
    call = Call(
        "bench", call_id, "retell", at, None, "+493023125000", "agent", f"{number // 20_000}", caller,
        turns=TURNS, pin=pin, ended_at=at.add(minutes=2), outcome=outcome if outcome != "not_booked" else "open",
        active_at=at.add(minutes=1),
    )  # fmt: skip
    yield schema.call, {
        "business_id": "bench", "id": call_id, "started_at": millis(at), "outcome": call.outcome,
        "at_desk": False, "ended": number < CALLS - 3, "active_at": millis(NOW if number >= CALLS - 3 else at),
        "digested": True, "body": encode(call),
    }  # fmt: skip
    for turn in range(1, TURNS + 1):
        steps = tuple(Step(f"step_{one}", one * 1.5, {"service_id": service}) for one in range(STEPS))
        record = TurnRecord(
            "bench",
            call_id,
            turn,
            "check_availability",
            f"id:{turn}",
            at,
            12.5,
            "offered",
            {"ok": True},
            steps,
        )
        yield schema.turn, {
            "business_id": "bench", "call_id": call_id, "number": turn, "key": f"id:{turn}",
            "at": millis(at), "code": "offered", "body": encode(record),
        }  # fmt: skip
    yield schema.call_digest, {
        "business_id": "bench", "call_id": call_id, "day": str(at.to_tz("Europe/Berlin").date()), "test": False,
        "booked": int(outcome == "booked"), "kept": int(outcome == "booked"), "broken": 0,
        "latency_1": 2, "latency_2": 0, "latency_3": 0, "latency_4": 0, "latency_5": 0,
    }  # fmt: skip
    for kind, value in _marks(number, outcome, service, caller, chance):
        yield schema.call_mark, {
            "business_id": "bench", "kind": kind, "value": value, "started_at": millis(at), "call_id": call_id
        }  # fmt: skip
    if number % 2 == 0:
        yield schema.booking, _booking(number, call_id, at, caller, chance)


def _marks(
    number: int, outcome: str, service: str, caller: str, chance: random.Random
) -> set[tuple[str, str]]:
    marks = {
        ("outcome", outcome), ("service", service), ("line", "+493023125000"), ("platform", "retell"),
        ("version", f"{number // 20_000}"), ("caller", caller[1:]), ("test", "no"), ("word", "beratung"),
    }  # fmt: skip
    if chance.random() < 0.2:
        marks.add(("finding", "HF404"))
    if number % 10_000 == 0:
        marks.add(("finding", "HF401"))
    return marks | {("word", chance.choice(WORDS)) for _ in range(6)}


def _booking(number: int, call_id: str, at: Instant, caller: str, chance: random.Random) -> Row:
    name = f"Erika{number % 500} {chance.choice(NAMES)}"
    booking = Booking(
        "bench", f"bk_{number:07}", call_id, "A1", "1", "Beratung", None, 15, "s1", "S1",
        at.add(hours=24), "Europe/Berlin", None, (), Customer(name, caller), caller, BookingState.BOOKED, at,
    )  # fmt: skip
    return {
        "business_id": "bench", "id": booking.id, "call_id": call_id, "offer_id": "A1",
        "caller_number": caller, "start": millis(booking.start), "state": "booked", "made_at": millis(at),
        "lease_until": None, "search_text": booking.search_text, "body": encode(booking),
    }  # fmt: skip


def fill(address: str) -> None:
    """Write it all straight into the tables, as the store would have."""
    chance = random.Random(8)
    engine = plain_engine(address)
    waiting: dict[Table, list[Row]] = {}
    with engine.begin() as connection:
        for number in range(CALLS):
            for table, row in rows_of(number, chance):
                waiting.setdefault(table, []).append(row)
            if number % PORTION == PORTION - 1 or number == CALLS - 1:
                for table, rows in waiting.items():
                    connection.execute(table.insert(), rows)
                waiting = {}
        if engine.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))
    engine.dispose()


class _Still:
    """A clock that stands at the end of what was filled."""

    def now(self) -> Instant:
        """See `Clock`."""
        return NOW

    def elapsed_ms(self) -> float:
        """See `Clock`."""
        return time.perf_counter() * 1000


def pages(house: House) -> dict[str, Callable[[], Awaitable[Any]]]:
    """What is measured, by its name."""
    office, who = house.office, COMMAND_LINE
    deep = Position(NOW.subtract(minutes=5 * CALLS // 2), "")

    def calls(after: Position | None = None, **query: Any) -> Callable[[], Awaitable[Any]]:
        return lambda: list_calls(office, who, "bench", CallQuery(**query), 50, after)

    def bookings(words: str, after: Position | None = None) -> Callable[[], Awaitable[Any]]:
        return lambda: find_bookings(office, who, "bench", words, 50, after)

    middle = f"call_{CALLS // 2:07}"
    today = NOW.to_tz("Europe/Berlin").date().to_stdlib()
    return {
        "calls, newest": calls(),
        "calls, in the middle": calls(deep),
        "calls by outcome": calls(outcome="booked"),
        "calls by outcome, in the middle": calls(deep, outcome="booked"),
        "calls by outcome, service and version": calls(outcome="booked", service="7", version="1"),
        "calls by a rare finding": calls(finding="HF401"),
        "calls by a rare finding and an outcome": calls(finding="HF401", outcome="booked"),
        "calls by two things that never meet": calls(version="0", outcome="nothing"),
        "calls by a frequent word": calls(text="beratung"),
        "calls by three words": calls(text="beratung wort7 wort8"),
        "calls by a word nobody said": calls(text="tannenbaum"),
        "calls by number": calls(text="+49 30 231200077"),
        "calls of one day": calls(first=NOW.subtract(hours=24 * 30), last=NOW.subtract(hours=24 * 29)),
        "what calls can be narrowed by": lambda: call_choices(office, who, "bench"),
        "one call": lambda: show_call(office, who, "bench", middle),
        "live calls": lambda: live_calls(office, who, "bench"),
        "bookings, latest": bookings(""),
        "bookings by a frequent name": bookings("Beispiel"),
        "bookings by a full name": bookings("erika77 muster"),
        "bookings by number": bookings("030 231200078"),
        "bookings by a name nobody has": bookings("niemand"),
        "a day": lambda: day_view(office, who, "bench", today),
        "a day long ago": lambda: day_view(office, who, "bench", today - timedelta(days=100)),
        "health, 30 days": lambda: health(office, who, "bench", 30),
        "health, 92 days": lambda: health(office, who, "bench", 92),
        "all businesses": lambda: overview(office, who),
    }


async def measure(address: str) -> dict[str, tuple[float, float]]:
    """p50 and p99 of each page in milliseconds."""
    house = build(Settings(database=address), clock=_Still(), sink=NoTrace(), notifier=KeptAlarms())
    try:
        await apply_business(house.store, house.clock, BUSINESS)
        found = {}
        for name, page in pages(house).items():
            await page()
            taken = []
            for _ in range(REQUESTS):
                began = time.perf_counter()
                await page()
                taken.append((time.perf_counter() - began) * 1000)
            taken.sort()
            found[name] = taken[len(taken) // 2], taken[min(len(taken) - 1, len(taken) * 99 // 100)]
        return found
    finally:
        await house.close()


def filled(address: str) -> dict[str, tuple[float, float]]:
    """The figures of a database that is filled first."""
    prepare(address)
    fill(address)
    return asyncio.run(measure(address))


def main() -> None:
    """Measure and show."""
    with tempfile.TemporaryDirectory() as folder:
        engines = {"SQLite": filled(str(Path(folder) / "pages.sqlite3"))}
    with postgres() as address:
        engines["PostgreSQL"] = filled(address)
    names = list(next(iter(engines.values())))
    table = [
        [name, *(f"{figure:.1f} ms" for engine in engines.values() for figure in engine[name])]
        for name in names
    ]
    note = (
        f"{CALLS:,} calls with {CALLS * TURNS * STEPS:,} steps and {CALLS // 2:,} bookings in one business; "
        f"{REQUESTS} requests of each page through the office. The aim is 100 ms."
    )
    columns = ["page", *(f"{engine} {figure}" for engine in engines for figure in ("p50", "p99"))]
    show("pages", note, columns, table)


if __name__ == "__main__":
    main()
