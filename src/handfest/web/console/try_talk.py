"""The phone of "try a call": real requests with a real signature to the real endpoints of this very server.

What was said so far travels with the page, as it travels with every request of a voice platform; nothing of it is
kept here. The gateway keeps what it keeps of every call, redacted.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from whenever import Instant

from handfest.ports import LineRecord
from handfest.voice.retell_test_call import PlacedCall, asked_entry, last_answer, spoken_entry, told_entry
from handfest.voice.signature import HEADER, sign
from handfest.wiring import House

ENTRIES_MAX = 200
TIMEOUT_S = 10.0
CALLER = "+493023125799"
"""A number that belongs to nobody; test calls come from it."""


@dataclass(frozen=True, slots=True)
class TryTalk:
    """One test call so far. `entries` are what a platform would send along; `waits_for` an offer that lacks a name."""

    call_id: str
    began_ms: int
    entries: tuple[Mapping[str, Any], ...] = ()
    name: str | None = None
    waits_for: str | None = None
    scenario: str | None = None
    step: int = 0
    ended: bool = False

    @property
    def reply(self) -> Mapping[str, Any] | None:
        """The last answer of the gateway."""
        return last_answer(self.entries)

    def as_text(self) -> str:
        """The talk as the page carries it."""
        return json.dumps(
            {
                "call_id": self.call_id,
                "began_ms": self.began_ms,
                "entries": list(self.entries),
                "name": self.name,
                "waits_for": self.waits_for,
                "scenario": self.scenario,
                "step": self.step,
                "ended": self.ended,
            },
            ensure_ascii=False,
        )


def talk_of(text: str | None) -> TryTalk | None:
    """The talk that a page brought back; None if it is none."""
    try:
        value = json.loads(text or "")
        talk = TryTalk(**{**value, "entries": tuple(value["entries"])})
    except (ValueError, TypeError, KeyError):
        return None
    whole = (
        isinstance(talk.call_id, str) and talk.call_id.startswith("try_") and isinstance(talk.began_ms, int)
    )
    return talk if whole and len(talk.entries) <= ENTRIES_MAX else None


@dataclass(slots=True)
class TryPhone:
    """Plays one call on one line of this server. `address` is where this server listens."""

    house: House
    line: LineRecord
    address: str
    _session: aiohttp.ClientSession = field(init=False)

    async def __aenter__(self) -> "TryPhone":
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S))
        return self

    async def __aexit__(self, *_raised: object) -> None:
        await self._session.close()

    async def tool(
        self, talk: TryTalk, name: str, arguments: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], ...]:
        """Call a tool: the entries of the request and of the answer."""
        key = f"{talk.call_id}_{len(talk.entries)}"
        asked = asked_entry(key, name, arguments, self._seconds(talk))
        call = self._placed(talk).body((*talk.entries, asked))
        content = await self._post("/retell/tools", {"name": name, "args": dict(arguments), "call": call})
        return asked, told_entry(key, content, self._seconds(talk))

    async def tell(self, talk: TryTalk, event: str, **more: Any) -> None:
        """Tell what a platform tells while a call runs and when it ends."""
        call = self._placed(talk).body(talk.entries, **more)
        await self._post("/retell/events", {"event": event, "call": call})

    def spoken(self, talk: TryTalk, role: str, text: str) -> Mapping[str, Any]:
        """The entry of something said now."""
        return spoken_entry(role, text, self._seconds(talk))

    def _placed(self, talk: TryTalk) -> PlacedCall:
        return PlacedCall(self.line, talk.call_id, talk.began_ms, CALLER)

    def _seconds(self, talk: TryTalk) -> float:
        began = Instant.from_timestamp(talk.began_ms, unit="millisecond")
        return round(max(0.0, (self.house.clock.now() - began).total("seconds")), 2)

    async def _post(self, path: str, body: Mapping[str, Any]) -> str:
        raw = json.dumps(body, ensure_ascii=False).encode()
        key = self.house.secret(self.line.signing_key_env or "") or ""
        signature = sign(raw, key, self.house.clock.now().timestamp(unit="millisecond"))
        headers = {HEADER: signature, "Content-Type": "application/json"}
        async with self._session.post(self.address + path, data=raw, headers=headers) as response:
            response.raise_for_status()
            return await response.text()
