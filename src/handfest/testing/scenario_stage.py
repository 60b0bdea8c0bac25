"""The stage that scenarios are played on: the real house and application, a still clock, counted ids."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message
from whenever import Instant

from handfest.calendars.memory import MemoryCalendar
from handfest.catalogue.version import Applied, apply_business
from handfest.model.booking import Booking, BookingState, Confirmation, Customer, Declined
from handfest.model.catalogue import Catalogue
from handfest.model.slot import Slot, Span
from handfest.ports import Calendar, SlotQuestion
from handfest.settings import Settings
from handfest.testing.clock import FixedClock, patient
from handfest.testing.ids import CountedIds
from handfest.testing.passwords import quick_passwords
from handfest.testing.scenario import Scenario
from handfest.testing.sinks import KeptAlarms, KeptTurns
from handfest.voice.signature import HEADER, sign
from handfest.web.app import create_app
from handfest.wiring import House, build


def secret_of(variable: str) -> str:
    """The key that an environment variable holds on the stage."""
    return f"key-of-{variable}"


class GatedCalendar(MemoryCalendar):
    """A memory calendar whose reads or writes can be made to wait: a provider that is slow to answer."""

    def __init__(self) -> None:
        super().__init__()
        self._gates: dict[str, asyncio.Event] = {}
        self.reached = asyncio.Event()
        """Set as soon as somebody waits."""

    def hold(self, what: str) -> None:
        """Let every "read" or "write" from now on wait."""
        self._gates[what] = asyncio.Event()

    def release(self) -> None:
        """Let everything go on."""
        for gate in self._gates.values():
            gate.set()
        self._gates = {}

    def book_elsewhere(self, business_id: str, start: Instant, minutes: int, resource_id: str) -> None:
        """An appointment that somebody makes at the provider itself."""
        first = start.timestamp() // 60
        count = len(self.booked()) + 1
        booking = Booking(
            business_id=business_id,
            id=f"elsewhere_{count}",
            call_id="elsewhere",
            offer_id="",
            service_id="",
            service_name="",
            binding=None,
            duration_min=minutes,
            staff_id=resource_id,
            staff_name=None,
            start=start,
            zone="UTC",
            branch_id=None,
            spans=(Span(resource_id, 0, first, first + minutes),),
            customer=Customer(""),
            caller_number=None,
            state=BookingState.BOOKED,
            made_at=start,
        )
        self._write(booking, None)

    def forget(self, business_id: str, start: Instant) -> None:
        """Somebody deletes an appointment at the provider itself, without a trace."""
        for uid, entry in tuple(self._entries.items()):
            if (entry.booking.business_id, entry.booking.start) == (business_id, start):
                del self._entries[uid]

    async def free_slots(self, question: SlotQuestion) -> tuple[Slot, ...]:
        """See `Calendar`."""
        await self._pass("read")
        return await super().free_slots(question)

    async def book(self, booking: Booking, offer_owner: str) -> Confirmation | Declined:
        """See `Calendar`."""
        await self._pass("write")
        return await super().book(booking, offer_owner)

    async def _pass(self, what: str) -> None:
        gate = self._gates.get(what)
        if gate is not None:
            self.reached.set()
            await gate.wait()


class OneCalendar:
    """`Calendars` with the same calendar for every business."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar

    def of(self, catalogue: Catalogue) -> Calendar:
        """See `Calendars`."""
        return self._calendar


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass
class Stage:
    """One house with everything that a test wants to look at. `calendar` is None for the embedded one."""

    house: House
    app: ASGIApp
    clock: FixedClock
    alarms: KeptAlarms
    turns: KeptTurns
    calendar: GatedCalendar | None = None
    catalogues: dict[str, Catalogue] = field(default_factory=dict)

    async def apply(self, source: str) -> None:
        """Make this business file the active version, as `handfest apply` does."""
        applied = await apply_business(self.house.store, self.clock, source)
        assert isinstance(applied, Applied), f"the business file cannot be used: {applied}"
        stored = await self.house.store.read(lambda tx: tx.catalogue(applied.business_id))
        assert stored is not None, "what was applied is there"
        catalogue = self.house.shelf.compiled(stored, None).catalogue
        self.catalogues[applied.business_id] = catalogue

    def key_variable(self, number: str) -> str:
        """The environment variable of the key of the line with this number; "" if there is none."""
        lines = (line for catalogue in self.catalogues.values() for line in catalogue.lines)
        return next((line.signing_key_env or "" for line in lines if line.number == number), "")

    async def post(
        self, path: str, body: bytes, *, variable: str | None, seconds_ago: float = 0.0
    ) -> HttpAnswer:
        """POST over ASGI, signed with the key in `variable`; None sends no signature."""
        headers = {"content-type": "application/json"}
        if variable is not None:
            at_ms = self.clock.now().timestamp(unit="millisecond") - round(seconds_ago * 1000)
            headers[HEADER] = sign(body, secret_of(variable), at_ms)
        return await request(self.app, "POST", path, body, headers)

    async def close(self) -> None:
        """Let go of everything that waits, and of the store."""
        if self.calendar is not None:
            self.calendar.release()
        await self.house.close()


async def open_stage(scenario: Scenario, database: str = "memory:", **settings: Any) -> Stage:
    """A stage for this scenario on a database address, its businesses applied; other settings as given."""
    clock, alarms, turns = FixedClock(scenario.now), KeptAlarms(), KeptTurns()
    calendar = GatedCalendar() if scenario.calendar == "memory" else None
    house = build(
        Settings(database=database, **settings),
        calendars=OneCalendar(calendar) if calendar is not None else None,
        clock=clock,
        ids=CountedIds(),
        sink=turns,
        notifier=alarms,
        secret=secret_of,
        passwords=quick_passwords(),
        patience=patient,
    )
    stage = Stage(house, create_app(house), clock, alarms, turns, calendar)
    for source in scenario.businesses:
        await stage.apply(source)
    return stage


async def request(
    app: ASGIApp, method: str, path: str, body: bytes, headers: Mapping[str, str], *, chunk: int = 64 * 1024
) -> HttpAnswer:
    """One HTTP request straight into an ASGI application, the body in chunks."""
    chunks = [body[at : at + chunk] for at in range(0, len(body), chunk)] or [b""]
    waiting = [
        {"type": "http.request", "body": part, "more_body": number < len(chunks)}
        for number, part in enumerate(chunks, 1)
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "server": ("handfest.example", 80),
        "client": ("192.0.2.1", 40000),
    }
    await app(scope, receive, send)
    start = next(message for message in sent if message["type"] == "http.response.start")
    content = b"".join(
        message.get("body", b"") for message in sent if message["type"] == "http.response.body"
    )
    return HttpAnswer(
        start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, content
    )
