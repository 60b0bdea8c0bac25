"""Playing the incident against a real server: loopback HTTP, real signatures, a SQLite file."""

import asyncio
import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn
from whenever import Instant

from handfest.catalogue.version import Applied, apply_business
from handfest.diagnosis.story.explain import Story, as_data, story_of
from handfest.errors import InvariantBroken
from handfest.settings import Settings
from handfest.testing.clock import ShiftedClock
from handfest.testing.sinks import KeptAlarms, KeptTurns
from handfest.voice.signature import HEADER, sign
from handfest.web.app import create_app
from handfest.wiring import House, build

KEY_NAME = "ASKPRO_RETELL_KEY"
KEY = "demo-signing-key"  # nosec: the demo signs its own requests
STEPS = (
    "setting up the database",
    "applying the business askpro",
    "starting the server",
    "the agent checks, naming no service",
    "the agent books a time nobody offered",
    "the caller says yes, the agent books",
    "explaining the call",
)
CONFIRMED_AFTER_S = 8.0


@dataclass(frozen=True, slots=True)
class Demo:
    """What was played: the incident's facts, our turns, the offer and booking, and the story."""

    incident: dict[str, Any]
    turns: tuple[dict[str, Any], ...]
    story: Story

    @property
    def offered(self) -> dict[str, Any] | None:
        """The offer that led to the booking."""
        booked = self.booked
        offers = as_data(self.story)["offers"]
        return next((row for row in offers if booked and row["id"] == booked["offer"]), None)

    @property
    def booked(self) -> dict[str, Any] | None:
        """The booking, if there is one."""
        rows = [row for row in as_data(self.story)["bookings"] if row["state"] == "booked"]
        return rows[0] if len(rows) == 1 else None

    @property
    def kept_equal(self) -> bool:
        """True if exactly one booking was made and it is the offer in service, event type, length and start."""
        offered, booked = self.offered, self.booked
        fields = ("service_id", "event_type", "duration_min", "start", "staff")
        return bool(offered and booked and all(offered[name] == booked[name] for name in fields))


def _nothing(_name: str) -> None:
    return None


def play(database: Path, on_step: Callable[[str], None] = _nothing) -> Demo:
    """Play the incident; `on_step` hears the name of each step before it begins."""
    return asyncio.run(_play(database, on_step))


async def _play(database: Path, on_step: Callable[[str], None]) -> Demo:
    steps = iter(STEPS)
    on_step(next(steps))
    incident = json.loads(_data("incident.json"))
    clock = ShiftedClock(Instant.parse_iso(incident["now"]))
    settings = Settings(database=str(database), port=0)
    secret = {KEY_NAME: KEY}.get
    house = build(settings, clock=clock, secret=secret, sink=KeptTurns(), notifier=KeptAlarms())
    on_step(next(steps))
    applied = await apply_business(house.store, clock, _data("askpro.toml"))
    if not isinstance(applied, Applied):
        raise InvariantBroken(f"the demo's own business file has a problem: {applied[0].cause}")
    on_step(next(steps))
    server, running, address = await _start(house)
    try:
        first, second = incident["requests"]
        requests = (
            (first["at_sec"], first["body"]),
            (second["at_sec"], second["body"]),
            (second["at_sec"] + CONFIRMED_AFTER_S, second["body"]),
        )
        turns = []
        async with aiohttp.ClientSession() as session:
            for at_s, body in requests:
                on_step(next(steps))
                clock.jump_to(Instant.parse_iso(incident["now"]).add(seconds=at_s))
                turns.append(await _tool(session, address, clock, at_s, body))
        on_step(next(steps))
        story = await story_of(house.store, first["body"]["call"]["call_id"])
    finally:
        server.should_exit = True
        await running
    if story is None:
        raise InvariantBroken("the demo's call left no trace")
    explained = as_data(story)
    return Demo(incident, tuple(_with_facts(turn, explained) for turn in turns), story)


async def _start(house: House) -> tuple[uvicorn.Server, "asyncio.Task[None]", str]:
    # The protocol is named because asyncio sets TCP_NODELAY only then; without it every answer waits 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(house), log_config=None, access_log=False))
    running = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it by this flag only
        await asyncio.sleep(0.01)
    return server, running, f"http://127.0.0.1:{listening.getsockname()[1]}/retell/tools"


async def _tool(
    session: aiohttp.ClientSession, address: str, clock: ShiftedClock, at_s: float, body: dict[str, Any]
) -> dict[str, Any]:
    raw = json.dumps(body, ensure_ascii=False).encode()
    signature = sign(raw, KEY, clock.now().timestamp(unit="millisecond"))
    headers = {HEADER: signature, "Content-Type": "application/json"}
    began = time.perf_counter()
    async with session.post(address, data=raw, headers=headers) as response:
        reply = await response.json()
    took = (time.perf_counter() - began) * 1000
    return {
        "at_s": at_s,
        "tool": body["name"],
        "heard": _heard(body["args"]),
        "code": reply["code"],
        "say": reply["say"],
        "next": reply["next"],
        "service_id": reply.get("selected_service_id"),
        "facts": [],
        "ms": round(took, 2),
        "reply": reply,
    }


def _heard(arguments: dict[str, Any]) -> str:
    told = ("date", "time", "appointment_date", "appointment_time", "service_type")
    return ", ".join(f"{name}: {arguments[name]}" for name in told if name in arguments)


def _with_facts(turn: dict[str, Any], explained: dict[str, Any]) -> dict[str, Any]:
    """The turn with what its offers and its booking are, as the store has them."""
    named = {row["id"] for row in turn["reply"].get("offers", ())} | {
        turn["reply"].get("booking", {}).get("id")
    }
    rows = [row for row in (*explained["offers"], *explained["bookings"]) if row["id"] in named]
    facts = [
        f"{row['id']}: service {row['service_id']}, event type {row['event_type']}, "
        f"{row['duration_min']} min, {row['start']}"
        for row in rows
    ]
    return {**turn, "facts": facts}


def _data(name: str) -> str:
    return files("handfest.cli").joinpath(f"demo_data/{name}").read_text(encoding="utf-8")
