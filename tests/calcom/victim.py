"""A worker that dies at a given step of a booking: run as a process of its own, killed as by `kill -9`."""

import asyncio
import os
import signal
from typing import Any

from handfest.calendars.calcom_http import AiohttpSession, HttpAnswer, HttpRequest
from handfest.testing.calcom_house import NOW, calcom_house
from handfest.testing.clock import ShiftedClock

STEPS = ("intent_committed", "before_send", "in_flight", "after_answer", "before_record", "after_record")


def die() -> None:
    """As the out-of-memory killer does it: nothing is finished, nothing is closed."""
    os.kill(os.getpid(), signal.SIGKILL)


class DyingHttp(AiohttpSession):
    def __init__(self, step: str) -> None:
        super().__init__()
        self.step = step

    async def send(self, request: HttpRequest) -> HttpAnswer:
        if request.method != "POST" or not request.url.endswith("/bookings"):
            return await super().send(request)
        if self.step == "before_send":
            die()
        if self.step == "in_flight":
            asyncio.get_running_loop().call_later(0.25, die)
        answer = await super().send(request)
        if self.step == "after_answer":
            die()
        return answer


def arm(house: Any, step: str) -> None:
    """Let the calendar or the sink of this house be where the worker dies."""
    directory, sink = house.house.calendars, house.turns
    of, turn = directory.of, sink.turn

    def deadly(catalogue: Any) -> Any:
        calendar = of(catalogue)
        book = calendar.book

        async def booked(*arguments: Any) -> Any:
            if step == "intent_committed":
                die()
            answer = await book(*arguments)
            if step == "before_record":
                die()
            return answer

        calendar.book = booked
        return calendar

    def seen(record: Any) -> None:
        turn(record)
        if step == "after_record" and record.tool == "book_appointment":
            die()

    directory.of, sink.turn = deadly, seen


def run(step: str, database: str, base_url: str) -> None:
    """Work until the step; whoever lives through it has ended by itself, which is seen."""
    asyncio.run(_work(step, database, base_url))


async def _work(step: str, database: str, base_url: str) -> None:
    house = await calcom_house(ShiftedClock(NOW), database=database, http=DyingHttp(step), base_url=base_url)
    wish = {"service": "Hauttypanalyse", "date": "2027-06-01", "time": "10 Uhr"}
    offered = await house.ask("call_1", "check_availability", "i1", **wish)
    arm(house, step)
    await house.ask(
        "call_1", "book_appointment", "i2", offer=offered.data["offers"][0]["id"], name="Erika Beispiel"
    )
    await house.close()
