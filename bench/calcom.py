"""What handfest adds to a check and to a booking over the raw requests to Cal.com, in the same run.

Both sides talk to the same fake over loopback HTTP: "raw" sends with plain aiohttp the requests that a careful
client needs (check: one range request; book: the booking, and the look for a double), "ours" is the whole turn
at the desk: understanding, holding, the durable intent on SQLite, the request, verifying, recording, the reply.
"""

import asyncio
import json
import sqlite3
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import stamina

from bench.table import show
from handfest.calendars.calcom_http import AiohttpSession
from handfest.testing.calcom_house import NOW, CalcomHouse, calcom_house, studio_world
from handfest.testing.clock import ShiftedClock
from handfest.testing.fake_calcom import FakeCalcom
from handfest.testing.fake_calcom_server import run_fake
from handfest.testing.fake_calcom_world import KEY

CALLS = 120
AUTH = {"Authorization": f"Bearer {KEY}"}
HOURS = ("9 Uhr", "10 Uhr", "11 Uhr", "12 Uhr", "13 Uhr", "14 Uhr", "15 Uhr", "16 Uhr")


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds by the clock on the wall, and of the process's own work."""

    wall: float
    cpu: float

    @staticmethod
    def now() -> "Took":
        """Both clocks at this moment."""
        return Took(time.perf_counter() * 1000, time.process_time() * 1000)

    def since(self) -> "Took":
        """What has gone by since."""
        now = Took.now()
        return Took(now.wall - self.wall, now.cpu - self.cpu)


def main() -> None:
    """Measure, print, write bench/results/calcom.md."""
    stamina.set_active(False)
    rows, commit = asyncio.run(_measure())
    note = (
        "Milliseconds over loopback against the fake Cal.com without latency; the added time does not grow with "
        f"Cal.com's own. {CALLS} calls, alternating with the raw requests. CPU is the process's, the fake "
        "included on both sides. Ours has durable commits in it (two a check, three a book), which are the disk's: "
        f"one row and fsync took {commit:.2f} ms (p50) in the same run."
    )
    columns = ("", "raw p50", "ours p50", "added p50", "added p95", "ratio", "added CPU p50")
    show("calcom", note, columns, rows)


async def _measure() -> tuple[list[tuple[str, ...]], float]:
    clock = ShiftedClock(NOW)
    fake = FakeCalcom(clock, studio_world(), limit=10_000_000)
    with tempfile.TemporaryDirectory() as folder:
        async with run_fake(fake) as running, aiohttp.ClientSession(headers=AUTH) as session:
            house = await calcom_house(
                clock,
                fake=fake,
                database=str(Path(folder) / "bench.sqlite3"),
                http=AiohttpSession(),
                base_url=running.base_url,
            )
            times: dict[str, list[Took]] = {"raw check": [], "check": [], "raw book": [], "book": []}
            commits = []
            for number in range(CALLS + 10):
                commits.append(_commit(Path(folder)).wall)
                took = await _one(house, session, running.base_url, number)
                fake.world.bookings.clear()
                if number >= 10:  # the first ones load what is loaded on first use
                    for name, value in took.items():
                        times[name].append(value)
            await house.close()
    rows = [_row("check", times["raw check"], times["check"]), _row("book", times["raw book"], times["book"])]
    return rows, statistics.median(commits)


def _commit(folder: Path) -> Took:
    """One row made durable on the same disk, by nothing but SQLite."""
    rows = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    for statement in (
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "CREATE TABLE IF NOT EXISTS row(a)",
    ):
        rows.execute(statement)
    began = Took.now()
    rows.execute("INSERT INTO row VALUES (1)")
    took = began.since()
    rows.close()
    return took


async def _one(house: CalcomHouse, session: aiohttp.ClientSession, base: str, number: int) -> dict[str, Took]:
    call, took = f"call-{number}", {}
    began = Took.now()
    query = {
        "eventTypeId": "30",
        "start": "2027-05-31T22:00:00Z",
        "end": f"2027-06-15T22:30:{number % 60:02d}Z",
        "timeZone": "UTC",
        "format": "range",
    }
    await _json(session.get(f"{base}/slots", params=query, headers={"cal-api-version": "2024-09-04"}))
    took["raw check"] = began.since()
    began = Took.now()
    hour = HOURS[number % len(HOURS)]
    offered = await house.ask(
        call, "check_availability", "1", service="Hauttypanalyse", date="2027-06-01", time=hour
    )
    took["check"] = began.since()
    assert offered.code == "offered", offered
    await house.house.desk.finish()
    took["raw book"] = await _raw_book(session, base, number)
    house.fake.world.bookings.clear()
    began = Took.now()
    booked = await house.ask(
        call, "book_appointment", "2", offer=offered.data["offers"][0]["id"], name="Erika Beispiel"
    )
    took["book"] = began.since()
    assert booked.code == "booked", booked
    await house.house.desk.finish()
    return took


async def _raw_book(session: aiohttp.ClientSession, base: str, number: int) -> Took:
    version = {"cal-api-version": "2024-08-13"}
    began = Took.now()
    person = {"name": "Erika Beispiel", "phoneNumber": "+4915112345678", "timeZone": "Europe/Berlin"}
    body = {
        "eventTypeId": 30,
        "start": "2027-06-08T08:00:00Z",
        "attendee": person,
        "metadata": {"n": str(number)},
    }
    await _json(session.post(f"{base}/bookings", json=body, headers=version))
    query = {"afterStart": "2027-06-07T20:00:00Z", "beforeEnd": "2027-06-08T20:30:00Z"}
    await _json(session.get(f"{base}/bookings", params=query, headers=version))
    return began.since()


async def _json(request: object) -> object:
    async with request as response:  # type: ignore[attr-defined]
        body = await response.read()
        assert response.status < 300, body
        return json.loads(body)


def _row(name: str, raw: list[Took], ours: list[Took]) -> tuple[str, ...]:
    added = sorted(mine.wall - theirs.wall for mine, theirs in zip(ours, raw, strict=True))
    cpu = statistics.median(mine.cpu - theirs.cpu for mine, theirs in zip(ours, raw, strict=True))
    base, whole = statistics.median(one.wall for one in raw), statistics.median(one.wall for one in ours)
    return (
        name,
        f"{base:.2f}",
        f"{whole:.2f}",
        f"{statistics.median(added):.2f}",
        f"{added[int(len(added) * 0.95)]:.2f}",
        f"{whole / base:.2f}",
        f"{cpu:.2f}",
    )


if __name__ == "__main__":
    main()
