"""kill -9 at random moments: `python -m bench.crash`.

A server process works on one SQLite file under the load of BENCH_CLIENTS callers who book, change and cancel.
It is killed BENCH_KILLS times (200), or as often as fits in BENCH_SECONDS, and started again on the same file;
after every restart the rows are held to what the callers were told and to `bench.invariant`. At the end the
reconciler must settle everything that is open. A seed is printed; BENCH_SEED repeats the moments.
"""

import asyncio
import json
import os
import secrets
import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

import aiohttp
from whenever import Instant

from bench.gateway import TOOLS, Server, request_of
from bench.same_slot import NoTrace
from bench.table import show
from bench.told import Told, broken_promises, disagreements
from handfest.booking.reconcile import reconcile
from handfest.settings import Settings
from handfest.testing.clock import FixedClock
from handfest.testing.sinks import KeptAlarms
from handfest.wiring import build

KILLS = int(os.environ.get("BENCH_KILLS", "200"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "3600"))
CLIENTS = int(os.environ.get("BENCH_CLIENTS", "8"))
SEED = os.environ.get("BENCH_SEED") or secrets.token_hex(3)
LOAD_SECONDS = (0.02, 1.5)
"""Between which a server lives under load before it is killed."""
DAYS = 20
PATIENCE_MIN = 10
"""After this long every lease and hold is over."""


@dataclass
class Crashed:
    """What came of it: kills, calls and confirmations, breaches, and what the reconciler settled at the end."""

    kills: int = 0
    told: Told = field(default_factory=Told)
    found: list[str] = field(default_factory=list)
    unsettled: int = 0
    most_unsettled: int = 0
    left_open: int = 0
    half_told: int = 0


class _Caller:
    """One caller after the other on one line: books, then perhaps changes or cancels."""

    def __init__(self, random: Random, told: Told, session: aiohttp.ClientSession, address: str) -> None:
        self._random, self._told, self._session, self._address = random, told, session, address

    async def run(self, calls: "count[int]") -> None:
        """Call until the server is gone. What was in flight then may or may not have happened."""
        try:
            while True:
                await self._call(f"call_{next(calls)}")
        except (aiohttp.ClientError, ConnectionError, TimeoutError):
            return

    async def _call(self, call: str) -> None:
        reply = await self._ask(call, "check_availability", service="Beratung", when=self._when())
        offers = reply.get("offers", ())
        if not offers:
            return
        offer = self._random.choice(offers)["id"]
        self._told.tries(call)
        reply = await self._ask(call, "book_appointment", offer=offer, name="Erika Beispiel")
        self._told.answered(call, reply)
        if reply["code"] != "booked":
            return
        then = self._random.random()
        if then < 0.3:
            await self._cancel(call, reply["booking"]["id"])
        elif then < 0.6:
            await self._change(call, reply["booking"]["id"])

    async def _cancel(self, call: str, booking: str) -> None:
        self._told.tries(call)
        reply = await self._ask(call, "cancel_appointment", appointment=booking)
        self._told.answered(call, reply)

    async def _change(self, call: str, booking: str) -> None:
        reply = await self._ask(call, "reschedule_appointment", appointment=booking, when=self._when())
        offers = reply.get("offers", ())
        if offers:
            self._told.tries(call)
            reply = await self._ask(call, "reschedule_appointment", offer=offers[0]["id"])
            self._told.answered(call, reply)

    async def _ask(self, call: str, tool: str, **args: str) -> dict[str, Any]:
        raw, headers = request_of(call, tool, args)
        async with self._session.post(self._address, data=raw, headers=headers) as response:
            answer: dict[str, Any] = json.loads(await response.read())
            return answer

    def _when(self) -> str:
        day = Instant.now().to_tz("Europe/Berlin").date().add(days=1 + self._random.randrange(DAYS))
        minute = self._random.randrange(0, 1440, 15)
        return f"{day.format_iso()}T{minute // 60:02d}:{minute % 60:02d}"


async def crash(folder: str, kills: int, seconds: float, clients: int, seed: str) -> Crashed:
    """Kill and restart, looking at the rows after every restart; then settle what is open."""
    random, calls, result = Random(seed), count(1), Crashed()
    database, until = f"{folder}/bench.sqlite3", time.monotonic() + seconds
    server = await asyncio.to_thread(Server, "handfest", folder)
    try:
        while result.kills < kills and time.monotonic() < until:
            await _live(server, random, calls, result.told, clients)
            result.kills += 1
            server = await asyncio.to_thread(Server, "handfest", folder)
            found, unsettled = await asyncio.to_thread(broken_promises, database, result.told)
            # Said at once, and once: what is broken stays so, and the rows that show it are gone at the end.
            fresh = [one for one in found if one not in result.found]
            result.found += fresh
            for one in fresh:
                print(f"broken after kill {result.kills}: {one}", flush=True)
            result.most_unsettled = max(result.most_unsettled, unsettled)
            if result.kills % 10 == 0:
                codes = dict(result.told.codes)
                print(f"{result.kills} kills, {len(result.found)} broken, {codes}", flush=True)
    finally:
        server.stop()
    await _settle(database, result)
    return result


async def _live(server: Server, random: Random, calls: "count[int]", told: Told, clients: int) -> None:
    """One life of the server under load, until it is killed."""
    timeout = aiohttp.ClientTimeout(total=120)  # a busy machine takes its time to start a server
    async with aiohttp.ClientSession(timeout=timeout) as session:
        # The port is told before the server is warm; a life begins when it answers.
        async with session.get(f"{server.base}/healthz") as ready:
            assert ready.status == 200
        callers = [
            _Caller(Random(random.random()), told, session, server.base + TOOLS) for _ in range(clients)
        ]
        tasks = [asyncio.create_task(caller.run(calls)) for caller in callers]
        await asyncio.sleep(random.uniform(*LOAD_SECONDS))
        server.kill()
        await asyncio.gather(*tasks)


async def _settle(database: str, result: Crashed) -> None:
    """When every lease is over, one round of the reconciler leaves nothing open, and expired holds give way."""
    clock = FixedClock(Instant.now().add(minutes=PATIENCE_MIN))
    house = build(Settings(database=database), clock=clock, sink=NoTrace(), notifier=KeptAlarms())
    try:
        result.unsettled = len(await house.store.read(lambda tx: tx.unsettled_bookings(clock.now())))
        await reconcile(house.store, house.calendars, house.shelf, clock, house.notifier)
        open_now = await house.store.read(lambda tx: tx.unsettled_bookings(clock.now()))
        result.left_open = len(open_now)
        found, _ = broken_promises(database, result.told)
        disagreeing = disagreements(database)
        half = {one for one, call in disagreeing.items() if call in result.told.uncertain}
        result.half_told = len(half)
        result.found += found + [
            f"{one} is booked, or stands, but not both" for one in disagreeing.keys() - half
        ]
    finally:
        await house.close()


def main() -> None:
    """Crash and show. Exits with 1 if a promise was broken."""
    print(f"seed {SEED}", flush=True)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(crash(folder, KILLS, SECONDS, CLIENTS, SEED))
    told = result.told
    row = [
        f"{result.kills}",
        f"{told.codes['booked']}",
        f"{told.codes['changed']}",
        f"{told.codes['cancelled']}",
        f"{len(told.uncertain)}",
        f"{len(result.found)}",
        f"{result.most_unsettled}",
        f"{result.unsettled} to {result.left_open}",
        f"{result.half_told}",
        f"{time.perf_counter() - began:.0f} s",
    ]
    note = (
        f"kill -9 of the server at random moments under {CLIENTS} callers, restart on the same SQLite file. "
        "`in flight`: calls whose last answer the kill cut off. `broken`: after any restart, a confirmation "
        "missing or doubled, an overlap, or a claim without its owner. `open`: bookings whose outcome the "
        "reconciler had to look up when every lease was over, before and after. `half cancelled`: of the calls in "
        f"flight, how many are cancelled in the calendar and still booked in the journal. Seed {SEED}."
    )
    columns = [
        "kills",
        "booked",
        "changed",
        "cancelled",
        "in flight",
        "broken",
        "most open",
        "open",
        "half cancelled",
    ]
    show("crash", note, [*columns, "took"], [row])
    print(dict(told.codes), *result.found[:20], sep="\n")
    sys.exit(0 if not result.found and not result.left_open else 1)


if __name__ == "__main__":
    main()
