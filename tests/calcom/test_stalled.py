"""A worker that stalls past its lease finds that somebody else has decided, and does not book a second time."""

import asyncio
from typing import Any

from handfest.booking.reconcile import reconcile
from handfest.booking.settle import Begun
from handfest.calendars.calcom_http import HttpAnswer, HttpRequest
from handfest.model.booking import BookingState
from handfest.testing.calcom_house import NOW, CalcomHouse, calcom_house, studio_world
from handfest.testing.clock import FixedClock
from handfest.testing.fake_calcom import FakeCalcom
from handfest.testing.fake_calcom_direct import DirectHttp

WISH = {"service": "Hauttypanalyse", "date": "2027-06-01", "time": "10 Uhr"}


class GatedHttp(DirectHttp):
    """Bookings wait at the gate, as a request does that a stalled process has not sent yet."""

    def __init__(self, fake: FakeCalcom) -> None:
        super().__init__(fake)
        self.gate = asyncio.Event()
        self.gate.set()
        self.waiting = asyncio.Event()

    async def send(self, request: HttpRequest) -> HttpAnswer:
        if request.method == "POST" and request.url.endswith("/bookings"):
            self.waiting.set()
            await self.gate.wait()
        return await super().send(request)


def posts(http: DirectHttp) -> int:
    return sum(request.url.endswith("/bookings") and request.method == "POST" for request in http.sent)


async def round_of(house: CalcomHouse) -> None:
    inner = house.house
    await reconcile(inner.store, inner.calendars, inner.shelf, inner.clock, inner.notifier)


async def book(house: CalcomHouse, invocation: str) -> str:
    reply = await house.ask("c1", "book_appointment", invocation, offer="A1", name="Erika Beispiel")
    return reply.code


async def test_b36_worker_that_lost_its_lease_before_sending_sends_nothing():
    clock = FixedClock(NOW)
    house = await calcom_house(clock)
    await house.ask("c1", "check_availability", "i1", **WISH)
    store: Any = house.house.store
    write, stalled = store.write, []

    async def stalling(work: Any) -> Any:
        result = await write(work)
        if not stalled and isinstance(result, tuple) and isinstance(result[0], Begun):
            stalled.append(True)
            clock.advance(40)
            await round_of(house)  # another worker decides meanwhile
        return result

    store.write = stalling
    assert await book(house, "i2") == "pending"
    assert posts(house.house.calcom._http) == 0
    (booking,) = await house.bookings("c1")
    assert booking.state is BookingState.REFUSED
    assert await book(house, "i3") == "booked"
    assert posts(house.house.calcom._http) == 1
    await house.close()


async def test_b36_request_that_leaves_too_late_is_taken_back_or_recognised():
    clock = FixedClock(NOW)
    fake = FakeCalcom(clock, studio_world())
    http = GatedHttp(fake)
    house = await calcom_house(clock, fake=fake, http=http)
    await house.ask("c1", "check_availability", "i1", **WISH)
    http.gate.clear()
    slow = asyncio.create_task(book(house, "i2"))
    await http.waiting.wait()
    clock.advance(40)
    await round_of(house)
    (booking,) = await house.bookings("c1")
    assert booking.state is BookingState.REFUSED, "the other worker decided that it never got there"
    http.gate.set()
    assert await slow == "try_later"
    assert [row for row in fake.world.bookings.values() if row.live] == [], "the late one was taken back"
    await house.close()


async def test_b71_two_workers_looking_up_settle_once():
    clock = FixedClock(NOW)
    house = await calcom_house(clock)
    await house.ask("c1", "check_availability", "i1", **WISH)
    http = house.house.calcom._http
    send = http.send

    async def lost(request: HttpRequest) -> HttpAnswer:
        answer = await send(request)
        if request.method == "POST" and request.url.endswith("/bookings"):
            raise asyncio.CancelledError
        return answer

    http.send = lost
    task = asyncio.create_task(book(house, "i2"))
    await asyncio.gather(task, return_exceptions=True)
    http.send = send
    clock.advance(31)
    await asyncio.gather(round_of(house), round_of(house))
    (booking,) = await house.bookings("c1")
    assert booking.state is BookingState.BOOKED
    assert await book(house, "i2") == "booked"
    assert len([row for row in house.fake.world.bookings.values() if row.live]) == 1
    await house.close()
