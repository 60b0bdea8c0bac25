"""A worker killed at every step of a booking: after the restart there is one booking, and the truth is told."""

import asyncio
import multiprocessing
import signal

import pytest

from calcom import victim
from handfest.booking.reconcile import reconcile
from handfest.calendars.calcom_http import AiohttpSession
from handfest.testing.calcom_house import NOW, CalcomHouse, calcom_house, studio_world
from handfest.testing.clock import FixedClock
from handfest.testing.fake_calcom import FakeCalcom
from handfest.testing.fake_calcom_faults import FaultKind
from handfest.testing.fake_calcom_server import run_fake

# Each victim is forked from a process that has read everything already: a start costs no second of reading.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["handfest.testing.calcom_house", "handfest.calendars.calcom_http", "psycopg"])


async def die_at(step: str, database: str, base_url: str) -> None:
    process = FORKS.Process(target=victim.run, args=(step, database, base_url))
    process.start()
    await asyncio.wait_for(asyncio.to_thread(process.join), 30)
    assert process.exitcode == -signal.SIGKILL, "the worker died where it should"


async def repeat(house: CalcomHouse) -> str:
    """The platform sends the same request again, as it does when nobody answered."""
    reply = await house.ask("call_1", "book_appointment", "i2", offer="A1", name="Erika Beispiel")
    return reply.code


async def tell_the_truth(house: CalcomHouse, clock: FixedClock) -> list[str]:
    codes = [await repeat(house)]
    for _ in range(8):
        clock.advance(10)
        inner = house.house
        await reconcile(inner.store, inner.calendars, inner.shelf, inner.clock, inner.notifier)
        codes.append(await repeat(house))
    return codes


@pytest.mark.parametrize("step", victim.STEPS)
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_b92_b79_killed_worker_leaves_one_booking_and_the_truth(engine, step, request):
    database = request.getfixturevalue(f"{engine}_address")
    fake = FakeCalcom(FixedClock(NOW), studio_world())
    if step == "in_flight":
        fake.faults.plan(FaultKind.LATENCY, method="POST", path="/v2/bookings", amount=1500)
    async with run_fake(fake) as running:
        clock = FixedClock(NOW.add(seconds=5))
        second = None
        if engine == "postgres":  # a second worker that is alive all the time
            second = await calcom_house(
                clock, fake=fake, database=database, http=AiohttpSession(), base_url=running.base_url
            )
        await die_at(step, database, running.base_url)
        after = second or await calcom_house(
            clock, fake=fake, database=database, http=AiohttpSession(), base_url=running.base_url
        )
        codes = await tell_the_truth(after, clock)
        await after.close()
    live = [row for row in fake.world.bookings.values() if row.live]
    assert set(codes) <= {"pending", "booked"}, "it is never said that it failed"
    assert codes[-1] == "booked"
    assert len(live) == 1
    assert (live[0].event_type_id, live[0].end - live[0].start) == (30, 1800)
    assert codes == sorted(codes, reverse=True), "what was booked stays booked"
