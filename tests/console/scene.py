"""A morning in two businesses, played over the real endpoints: what the console's tests and pictures show."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from whenever import Instant

from handfest.office.digest_calls import digest_calls
from handfest.ports import BusyTime
from handfest.testing.scenario_stage import Stage
from retell_house import ASKPRO, BUSINESSES, SALON, call_object, event, house, tool

EXAMPLES = Path(__file__).parents[2] / "examples"
MORNING = Instant.parse_iso("2026-12-02T08:12:00+01:00")
NOW = Instant.parse_iso("2026-12-02T10:42:00+01:00")
HISTORY_DAYS = 12
PEOPLE = (
    ("Erika Beispiel", "+493023125701"),
    ("Karl Muster", "+493023125702"),
    ("Anna Probst", "+493023125703"),
    ("Ben Vorlage", "+493023125704"),
    ("Ida Entwurf", "+493023125705"),
    ("Otto Skizze", "+493023125706"),
)


@dataclass
class Talk:
    """One call as it goes: words and tools with their seconds, told to the gateway as the platform tells them."""

    stage: Stage
    line: dict[str, str]
    call_id: str
    caller: str | None
    version: int = 7
    began: Instant = field(init=False)
    entries: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.began = self.stage.clock.now()

    def _at(self) -> float:
        return round((self.stage.clock.now() - self.began).total("seconds"), 1)

    def _facts(self) -> dict[str, Any]:
        started = self.began.timestamp(unit="millisecond")
        return {"agent_version": self.version, "start_timestamp": started}

    def says(self, role: str, text: str, takes: float = 4.0) -> None:
        """Somebody says something, and it takes so many seconds."""
        self.entries.append({"role": role, "content": text, "words": [{"word": "", "start": self._at()}]})
        self.stage.clock.advance(takes)

    async def asks(self, name: str, /, **args: Any) -> dict[str, Any]:
        """The agent calls a tool; what comes back is in the transcript, too."""
        key = f"tool_{len(self.entries)}"
        body = {"role": "tool_call_invocation", "tool_call_id": key, "name": name}
        self.entries.append(
            {**body, "arguments": json.dumps(args, ensure_ascii=False), "time_sec": self._at()}
        )
        answer = await tool(
            self.stage,
            self.line,
            self.call_id,
            name,
            args,
            caller=self.caller,
            transcript_with_tool_calls=[*self.entries],
            **self._facts(),
        )
        self.stage.clock.advance(1.2)
        content = json.dumps(answer, ensure_ascii=False)
        self.entries.append(
            {"role": "tool_call_result", "tool_call_id": key, "content": content, "time_sec": self._at()}
        )
        return answer

    async def tells(self, name: str, **more: Any) -> None:
        """An event of the platform about this call."""
        facts = {**self._facts(), "transcript_with_tool_calls": self.entries, **more}
        await event(self.stage, self.line, name, call_object(self.line, self.call_id, self.caller, **facts))

    async def ends(self) -> None:
        """The caller hangs up."""
        now = self.stage.clock.now().timestamp(unit="millisecond")
        await self.tells("call_ended", end_timestamp=now, disconnection_reason="user_hangup")


async def booked(
    stage: Stage, number: int, service: str, day: str, at: str, staff: str | None = None
) -> None:
    """A plain call that ends with a booking."""
    name, phone = PEOPLE[number % len(PEOPLE)]
    talk = Talk(stage, SALON, f"call_{number:04}", phone)
    talk.says("agent", "Salon Lindenhof, guten Tag. Was kann ich für Sie tun?", 3)
    talk.says("user", f"Guten Tag, ich hätte gern {service}, {day} um {at}.", 5)
    wish = {"service": service, "date": day, "time": at} | ({"staff": staff} if staff else {})
    answer = await talk.asks("check_availability", **wish)
    talk.says("agent", answer["say"], 6)
    if not answer.get("offers"):
        talk.says("user", "Dann überlege ich es mir noch.", 3)
        await talk.ends()
        return
    talk.says("user", f"Ja, gern. Mein Name ist {name}.", 4)
    done = await talk.asks("book_appointment", offer=answer["offers"][0]["id"], name=name, phone=phone)
    talk.says("agent", done["say"], 5)
    talk.says("user", "Danke, auf Wiederhören.", 2)
    await talk.ends()


DAY = (
    ("Herrenhaarschnitt", "heute", "9 Uhr", "Maria"),
    ("Damenhaarschnitt", "heute", "9 Uhr", "Jana"),
    ("Ansatzfärbung", "heute", "10 Uhr", "Maria"),
    ("Bartpflege", "heute", "10 Uhr 15", "Jana"),
    ("Waschen, Schneiden, Föhnen", "heute", "11 Uhr 30", "Jana"),
    ("Strähnen", "heute", "14 Uhr", "Maria"),
    ("Kinderhaarschnitt", "heute", "15 Uhr", "Jana"),
    ("Damenhaarschnitt", "morgen", "10 Uhr", "Jana"),
    ("Herrenhaarschnitt", "morgen", "10 Uhr", "Maria"),
    ("Balayage", "morgen", "13 Uhr", "Maria"),
    ("Bartpflege", "übermorgen", "9 Uhr", "Jana"),
    ("Komplettfärbung", "übermorgen", "9 Uhr", "Maria"),
    ("Dauerwelle", "am Samstag", "8 Uhr", "Maria"),
    ("Damenhaarschnitt", "am Samstag", "9 Uhr", "Jana"),
)


async def lost_call(stage: Stage, call_id: str = "call_lost") -> None:
    """The agent promises what no tool has confirmed."""
    talk = Talk(stage, SALON, call_id, "+493023125731", version=6)
    talk.says("agent", "Salon Lindenhof, guten Tag.", 2)
    talk.says("user", "Guten Tag, haben Sie morgen um elf noch etwas frei für eine Bartpflege?", 5)
    answer = await talk.asks("check_availability", service="Bartpflege", date="morgen", time="11 Uhr")
    talk.says("agent", answer["say"], 5)
    talk.says("user", "Ja bitte, das passt mir gut.", 3)
    talk.says("agent", "Wunderbar, Ihr Termin ist gebucht. Bis morgen um 11 Uhr!", 5)
    talk.says("user", "Vielen Dank, tschüs.", 2)
    await talk.ends()


async def asked_call(stage: Stage, number: int) -> None:
    """Words that fit several services, and what the caller chose."""
    name, phone = PEOPLE[number % len(PEOPLE)]
    talk = Talk(stage, SALON, f"call_ask_{number}", phone)
    talk.says("agent", "Salon Lindenhof, guten Tag.", 2)
    talk.says("user", "Einen Haarschnitt bitte, am Freitag um 16 Uhr.", 4)
    answer = await talk.asks("check_availability", service="Haarschnitt", date="am Freitag", time="16 Uhr")
    talk.says("agent", answer["say"], 6)
    talk.says("user", "Den für Herren.", 3)
    again = await talk.asks(
        "check_availability", service="Herrenhaarschnitt", date="am Freitag", time="16 Uhr"
    )
    talk.says("agent", again["say"], 5)
    talk.says("user", f"Ja. {name}.", 3)
    if again.get("offers"):
        offer = again["offers"][0]["id"]
        done = await talk.asks("book_appointment", offer=offer, name=name, phone=phone)
        talk.says("agent", done["say"], 5)
    await talk.ends()


async def callback_call(stage: Stage) -> None:
    """Nothing suits, so somebody is to call back."""
    talk = Talk(stage, SALON, "call_back", "+493023125741")
    talk.says("agent", "Salon Lindenhof, guten Tag.", 2)
    talk.says("user", "Ich brauche eine Hochsteckfrisur für eine Hochzeit, am Sonntag.", 5)
    answer = await talk.asks("check_availability", service="Hochsteckfrisur", date="am Sonntag")
    talk.says("agent", answer["say"], 6)
    talk.says("user", "Dann rufen Sie mich bitte zurück, mein Name ist Vera Schablone.", 5)
    done = await talk.asks(
        "request_callback", name="Vera Schablone", phone="+493023125741", reason="Hochsteckfrisur am Sonntag"
    )
    talk.says("agent", done["say"], 5)
    await talk.ends()


async def running_call(
    stage: Stage, call_id: str = "call_live", day: str = "heute", at: str = "16 Uhr 30"
) -> Talk:
    """A call that has heard its offers and goes on."""
    talk = Talk(stage, SALON, call_id, "+493023125751")
    talk.says("agent", "Salon Lindenhof, guten Tag.", 2)
    talk.says("user", f"Hallo, ich möchte {day} zum Herrenhaarschnitt, so gegen {at}.", 5)
    answer = await talk.asks("check_availability", service="Herrenhaarschnitt", date=day, time=at)
    talk.says("agent", answer["say"], 2)
    await talk.tells("transcript_updated")
    return talk


async def play_morning(stage: Stage) -> Talk:
    """Everything that happened until 10:42; the call that is still running."""
    await absences(stage)
    for number, (service, day, at, staff) in enumerate(DAY, 1):
        await booked(stage, number, service, day, at, staff)
        stage.clock.advance(330)
    await asked_call(stage, 1)
    stage.clock.advance(200)
    await asked_call(stage, 2)
    stage.clock.advance(300)
    await lost_call(stage)
    stage.clock.advance(400)
    await callback_call(stage)
    stage.clock.advance((NOW.subtract(seconds=11) - stage.clock.now()).total("seconds"))
    return await running_call(stage)


async def absences(stage: Stage) -> None:
    """Jana's break and Maria's dentist."""
    rows = (
        ("jana", "2026-12-02T12:45", "2026-12-02T13:30", "Pause"),
        ("maria", "2026-12-02T13:00", "2026-12-02T13:45", "Pause"),
    )
    for number, (who, start, end, label) in enumerate(rows, 1):
        first, last = (Instant.parse_iso(f"{at}:00+01:00") for at in (start, end))
        busy = BusyTime("salon", f"busy_{number}", who, first, last, "absence", label)
        await stage.house.store.write(lambda tx, row=busy: tx.add_busy(row))


async def earlier_days(stage: Stage) -> None:
    """A few calls on each of the days before: most booked, some lost, some that nobody could help."""
    for back in range(HISTORY_DAYS, 0, -1):
        at = MORNING.subtract(hours=24 * back)
        stage.clock.advance((at - stage.clock.now()).total("seconds"))
        for number in range(2 + (back * 5) % 4):
            key = 100 * back + number
            service, _day, _at, _staff = DAY[key % len(DAY)]
            await booked(stage, key, service, "in drei Tagen", f"{10 + number} Uhr")
            stage.clock.advance(900)
        if back % 4 == 0:
            await lost_call(stage, f"call_lost_{back}")


async def settle(stage: Stage) -> None:
    """Draw the digests of all calls, as the server does in the background."""
    while await digest_calls(stage.house.office):
        pass


@asynccontextmanager
async def morning(database: str = "memory:", *, history: bool = False) -> AsyncIterator[tuple[Stage, Talk]]:
    """The stage at 10:42 with everything played, and the call that is running; with `history` the days before, too."""
    source = (EXAMPLES / "salon.toml").read_text("utf-8")
    async with house(
        source=source, database=database, now=MORNING.subtract(hours=24 * (HISTORY_DAYS + 1))
    ) as stage:
        await stage.apply((BUSINESSES / "askpro.toml").read_text("utf-8"))
        if history:
            await earlier_days(stage)
        stage.clock.advance((MORNING - stage.clock.now()).total("seconds"))
        talk = await play_morning(stage)
        await settle(stage)
        yield stage, talk


__all__ = ["ASKPRO", "NOW", "SALON", "Talk", "morning", "running_call"]
