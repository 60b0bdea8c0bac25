"""One simulated phone call: a wish, an agent that follows what the gateway says, and what the caller heard."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from handfest.model.reply import Reply
from handfest.testing.calcom_house import CalcomHouse
from handfest.testing.clock import FixedClock

SERVICES = (
    ("Kurzberatung", None),
    ("Hauttypanalyse", None),
    ("Herrenhaarschnitt", None),
    ("Herrenhaarschnitt", "Jana"),
    ("Herrenhaarschnitt", "Anna"),
    ("Ansatzfärbung", None),
    ("Typberatung", None),
)
DAYS = range(1, 9)
"""How many days ahead is wished for."""
HOURS = ("9 Uhr", "10 Uhr", "11 Uhr", "13 Uhr", "14 Uhr", "15 Uhr", "16 Uhr")
TRIES = 14
"""How often an agent asks before the caller has had enough; platforms repeat and callers are patient."""
GOOD = frozenset({"booked", "changed", "cancelled"})


@dataclass(frozen=True, slots=True)
class SimulatedCall:
    """What will be asked for. `after` is what follows the booking: nothing, "move" or "cancel"."""

    id: str
    service: str
    staff: str | None
    day: int
    hour: str
    caller: str | None
    email: str | None
    repeats: bool
    changes_mind: str | None
    after: str | None

    @staticmethod
    def roll(call_id: str, dice: random.Random) -> "SimulatedCall":
        """A call by the dice."""
        service, staff = dice.choice(SERVICES)
        other = dice.choice(SERVICES)[0]
        return SimulatedCall(
            id=call_id,
            service=service,
            staff=staff,
            day=dice.choice(DAYS),
            hour=dice.choice(HOURS),
            caller=f"+4915112{dice.randrange(100000, 999999)}" if dice.random() < 0.8 else None,
            email=f"{call_id}@example.test" if dice.random() < 0.3 else None,
            repeats=dice.random() < 0.25,
            changes_mind=other if dice.random() < 0.15 and other != service else None,
            after=dice.choice(("move", "cancel")) if dice.random() < 0.2 else None,
        )


@dataclass
class Heard:
    """What a caller heard: the codes in order, and the booking that was named last."""

    codes: list[str] = field(default_factory=list)
    says: list[str] = field(default_factory=list)
    booked: dict[str, Any] | None = None
    cancelled: bool = False
    could: bool = True
    wanted: str = "booked"
    reached: set[str] = field(default_factory=set)

    def note(self, reply: Reply) -> None:
        """Remember an answer."""
        self.codes.append(reply.code)
        self.says.append(reply.say)
        self.reached.add(reply.code)
        if reply.code in ("booked", "changed"):
            self.booked = dict(reply.data["booking"])
        if reply.code == "cancelled":
            self.booked, self.cancelled = None, True

    @property
    def last(self) -> str:
        """The last code heard."""
        return self.codes[-1] if self.codes else "nothing"

    @property
    def kept(self) -> bool:
        """True if what was wanted last is what was heard."""
        return self.wanted in self.reached


async def play_call(
    house: CalcomHouse,
    clock: FixedClock,
    script: SimulatedCall,
    dice: random.Random,
    meanwhile: Callable[[], Awaitable[None]],
) -> Heard:
    """Play the call to its end; whatever is heard, the agent only does what an agent can.

    `meanwhile` is awaited while somebody speaks: what the process does beside its calls.
    """
    heard = Heard()
    agent = _Agent(house, clock, script, dice, heard, meanwhile)
    offer = await agent.check(script.service, script.staff, script.day, script.hour)
    if script.changes_mind is not None and offer is not None:
        offer = await agent.check(script.changes_mind, None, script.day, script.hour)
    if offer is not None:
        await agent.book(offer)
    if heard.booked is not None and script.after == "move":
        heard.wanted = "changed"
        await agent.move(str(heard.booked["id"]))
    elif heard.booked is not None and script.after == "cancel":
        heard.wanted = "cancelled"
        await agent.cancel(str(heard.booked["id"]))
    await house.house.desk.hang_up(house.line, script.id)
    return heard


@dataclass
class _Agent:
    house: CalcomHouse
    clock: FixedClock
    script: SimulatedCall
    dice: random.Random
    heard: Heard
    meanwhile: Callable[[], Awaitable[None]]
    asked: int = 0
    named: tuple[str, str | None] = ("", None)

    async def check(self, service: str, staff: str | None, day: int, hour: str) -> str | None:
        """Ask until something is offered; the offer taken is the first one named."""
        self.named = (service, staff)
        wish: dict[str, Any] = {"service": service, "date": self._date(day), "time": hour}
        if staff is not None:
            wish["staff"] = staff
        for _ in range(TRIES):
            reply = await self._ask("check_availability", **wish)
            offers = reply.data.get("offers")
            if offers:
                return str(offers[0]["id"])
            if reply.code == "no_openings":
                self.heard.could = False
                return None
        return None

    async def book(self, offer: str) -> None:
        """Book the offer; a taken one is replaced by what is offered instead, a pending one asked for again."""
        phone: str | None = None
        for _ in range(TRIES):
            reply = await self._ask(
                "book_appointment", offer=offer, name="Erika Beispiel", email=self.script.email, phone=phone
            )
            if reply.data.get("missing") == "phone":
                phone = "030 23125077"
            offers = reply.data.get("offers")
            if reply.code in GOOD:
                return
            if offers:
                offer = str(offers[0]["id"])
            elif reply.code in ("try_later", "offer_expired"):
                script = self.script
                again = await self.check(*self.named, script.day, script.hour)
                offer = again if again is not None else offer

    async def move(self, booking: str) -> None:
        """Ask for another time, then agree to the first one offered."""
        offer: str | None = None
        for _ in range(TRIES):
            if offer is None:
                wish = {
                    "booking": booking,
                    "date": self._date(self.dice.choice(DAYS)),
                    "time": self.dice.choice(HOURS),
                }
                reply = await self._ask("reschedule_appointment", **wish)
            else:
                reply = await self._ask("reschedule_appointment", offer=offer)
            if reply.code == "changed":
                return
            if reply.code in ("try_later", "offer_expired"):
                offer = None
            offers = reply.data.get("offers")
            if offers:
                offer = str(offers[0]["id"])

    async def cancel(self, booking: str) -> None:
        """Cancel until it is said to be cancelled."""
        for _ in range(TRIES):
            reply = await self._ask("cancel_appointment", appointment=booking)
            if reply.code == "cancelled":
                return

    def _date(self, days: int) -> str:
        return self.clock.now().add(hours=24 * days).to_tz("Europe/Berlin").date().format_iso()

    async def _ask(self, tool: str, **arguments: Any) -> Reply:
        """One invocation; some platforms send it twice. Before each, somebody speaks for a while."""
        self.clock.advance(self.dice.uniform(3, 9))
        await self.meanwhile()
        self.asked += 1
        invocation = f"{self.script.id}:{self.asked}"
        said = {name: value for name, value in arguments.items() if value is not None}
        reply = await self.house.ask(self.script.id, tool, invocation, self.script.caller, **said)
        if self.script.repeats and self.dice.random() < 0.3:
            reply = await self.house.ask(self.script.id, tool, invocation, self.script.caller, **said)
        self.heard.note(reply)
        return reply
