"""A house with one business behind the real application, and the two things Retell posts to it."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from whenever import Instant

from handfest.testing.scenario import Scenario
from handfest.testing.scenario_stage import HttpAnswer, Stage, open_stage

BUSINESSES = Path(__file__).parent / "calls" / "businesses"
NOW = Instant.parse_iso("2025-10-21T10:00:00+02:00")
SALON = {"agent_id": "agent_salon", "to_number": "+493023125002", "variable": "SALON_RETELL_KEY"}
ASKPRO = {"agent_id": "agent_askpro", "to_number": "+493023125001", "variable": "ASKPRO_RETELL_KEY"}
CALLER = "+4930231250701"


@asynccontextmanager
async def house(
    *names: str,
    database: str = "memory:",
    source: str | None = None,
    now: Instant = NOW,
    calendar: str = "embedded",
    **settings: Any,
) -> AsyncIterator[Stage]:
    """A stage with these businesses (or this source) applied, closed at the end."""
    sources = [source] if source else [(BUSINESSES / f"{name}.toml").read_text("utf-8") for name in names]
    scenario = Scenario(
        name="",
        title="",
        classes=(),
        now=now,
        businesses=tuple(sources),
        parties={},
        steps=(),
        end={},
        calendar=calendar,
    )
    stage = await open_stage(scenario, database, **settings)
    try:
        yield stage
    finally:
        await stage.close()


def call_object(
    line: Mapping[str, str], call_id: str, caller: str | None = CALLER, **more: Any
) -> dict[str, Any]:
    """The call as Retell sends it."""
    return {
        "call_id": call_id,
        "call_type": "phone_call",
        "agent_id": line["agent_id"],
        "agent_version": 7,
        "direction": "inbound",
        "from_number": caller or "anonymous",
        "to_number": line["to_number"],
        "start_timestamp": NOW.timestamp(unit="millisecond"),
        **more,
    }


async def tool(
    stage: Stage, line: Mapping[str, str], call_id: str, name: str, args: Mapping[str, Any], **more: Any
) -> dict[str, Any]:
    """One tool request in the wrapped shape; the answer as JSON."""
    body = {"name": name, "args": dict(args), "call": call_object(line, call_id, **more)}
    answer = await post(stage, line, "/retell/tools", body)
    assert answer.status == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def event(stage: Stage, line: Mapping[str, str], name: str, call: Mapping[str, Any]) -> HttpAnswer:
    """One event webhook."""
    return await post(stage, line, "/retell/events", {"event": name, "call": dict(call)})


async def post(stage: Stage, line: Mapping[str, str], path: str, body: Mapping[str, Any]) -> HttpAnswer:
    """A signed request."""
    raw = json.dumps(body, ensure_ascii=False).encode()
    return await stage.post(path, raw, variable=line["variable"])
