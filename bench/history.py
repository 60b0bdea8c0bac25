"""What the past costs: `python -m bench.history`.

A check of the same future days in one business with a hundred, ten thousand and a million past appointments,
written straight into the tables (booking, event, occupancy, claims) as the real ones would be.
"""

import asyncio
import os
import sqlite3
import tempfile
import time
from itertools import count
from pathlib import Path
from statistics import median

from whenever import Instant

from bench.gateway_server import BUSINESS, STAFF
from bench.same_slot import NoTrace
from bench.table import show
from handfest.catalogue.version import apply_business
from handfest.ports import LineRecord
from handfest.settings import Settings
from handfest.storage.opening import prepare
from handfest.testing.phone import Phone
from handfest.testing.sinks import KeptAlarms
from handfest.wiring import House, build

SIZES = tuple(int(float(size)) for size in os.environ.get("BENCH_PAST", "1e2,1e4,1e6").split(","))
CHECKS = int(os.environ.get("BENCH_REQUESTS", "300"))
WARM_UP = 20
_CALLS = count(1)
_NUMBERED = "WITH RECURSIVE past(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM past WHERE n < :size) "
_MINUTE = f"(:today - 15 * (1 + (n - 1) / {STAFF}))"
_WHO = f"'s' || (n % {STAFF})"
_BODY = 'printf(\'{"id":"%d","filling":"%s"}\', n, hex(zeroblob(200)))'
FILL = (
    "INSERT INTO booking (business_id, id, call_id, offer_id, caller_number, start, state, made_at, body) "
    f"{_NUMBERED} SELECT 'bench', 'bk_' || n, 'past_' || n, 'A1', '+4930231' || (n % 1000), "
    f"{_MINUTE} * 60000, 'booked', {_MINUTE} * 60000, {_BODY} FROM past",
    "INSERT INTO event (business_id, uid, booking_id, service_id, start, cancelled, body) "
    f"{_NUMBERED} SELECT 'bench', 'ev_' || n, 'bk_' || n, '1', {_MINUTE} * 60000, 0, {_BODY} FROM past",
    'INSERT INTO occupancy (business_id, owner, position, resource_id, seat, start, "end", kind, service_id) '
    f"{_NUMBERED} SELECT 'bench', 'event:ev_' || n, 0, {_WHO}, 0, {_MINUTE} * 60, ({_MINUTE} + 15) * 60, "
    "'booking', '1' FROM past",
    "INSERT INTO slot_claim (business_id, resource_id, seat, bucket, owner) "
    f"{_NUMBERED} SELECT 'bench', {_WHO}, 0, {_MINUTE} / 5 + step, 'event:ev_' || n "
    "FROM past, (SELECT 0 AS step UNION SELECT 1 UNION SELECT 2)",
)


def fill(path: Path, size: int) -> None:
    """Put `size` appointments of a quarter of an hour, one after the other for each of the staff, before today."""
    today = Instant.now().timestamp() // 86400 * 1440
    with sqlite3.connect(path) as rows:
        rows.execute("PRAGMA synchronous=OFF")
        for statement in FILL:
            rows.execute(statement, {"size": size, "today": today})
    rows.close()


async def _check(house: House, line: LineRecord) -> tuple[float, float]:
    """Wall and CPU milliseconds of one check in a call of its own."""
    number = next(_CALLS)
    day = Instant.now().to_tz("Europe/Berlin").date().add(days=1 + number % 50)
    minute = number * 15 % 1440
    phone = Phone(house.desk, line, f"call_{number}")
    when = f"{day.format_iso()}T{minute // 60:02d}:{minute % 60:02d}"
    wall, used = time.perf_counter(), time.process_time()
    reply = await phone.call("check_availability", service="Beratung", when=when)
    took = (time.perf_counter() - wall) * 1e3, (time.process_time() - used) * 1e3
    assert reply.code == "offered", reply
    await phone.hang_up()
    return took


async def _open(path: Path) -> tuple[House, LineRecord]:
    house = build(Settings(database=str(path)), sink=NoTrace(), notifier=KeptAlarms())
    await apply_business(house.store, house.clock, BUSINESS)
    await house.warm()
    (line,) = await house.store.read(lambda tx: tx.lines("retell"))
    return house, line


async def _measure(paths: list[Path]) -> list[tuple[float, float]]:
    """Median wall and CPU milliseconds of a check in each file; the files take turns, so that all meet the same
    noise."""
    opened = [await _open(path) for path in paths]
    taken: list[list[tuple[float, float]]] = [[] for _ in paths]
    try:
        for _ in range(WARM_UP + CHECKS):
            for own, (house, line) in zip(taken, opened, strict=True):
                own.append(await _check(house, line))
    finally:
        for house, _ in opened:
            await house.close()
    return [
        (median(wall for wall, _ in own[WARM_UP:]), median(cpu for _, cpu in own[WARM_UP:])) for own in taken
    ]


def measure(sizes: tuple[int, ...]) -> list[tuple[int, float, float]]:
    """Past appointments, median wall and CPU milliseconds of a check with so many."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"past-{size}.sqlite3" for size in sizes]
        for size, path in zip(sizes, paths, strict=True):
            prepare(str(path))
            fill(path, size)
        found = asyncio.run(_measure(paths))
    return [(size, *own) for size, own in zip(sizes, found, strict=True)]


def main() -> None:
    """Measure and show."""
    found = measure(SIZES)
    _, wall_0, cpu_0 = found[0]
    table = [
        [f"{size:,}", f"{wall:.2f} ms", f"{wall / wall_0:.2f}", f"{cpu:.2f} ms", f"{cpu / cpu_0:.2f}"]
        for size, wall, cpu in found
    ]
    note = (
        f"Median of {CHECKS} checks through the front desk on SQLite, each durable, in one business with so many "
        "past appointments; ratios to the first row. The files take turns, check by check, so that the machine's "
        "load meets all alike."
    )
    show("history", note, ["past appointments", "p50", "ratio", "p50 CPU", "CPU ratio"], table)


if __name__ == "__main__":
    main()
