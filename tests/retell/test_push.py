"""Plan, push and rollback, driven by the vendor's own SDK client against the fake, strictly validated."""

import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from handfest.catalogue.parse import parse_business
from handfest.desk.tools import TOOLS
from handfest.model.catalogue import Catalogue
from handfest.testing.fake_retell import FakeRetell, Json
from handfest.voice.retell_agent import agent_body, flow_body, inbound_url, llm_body
from handfest.voice.retell_api import RetellApi
from handfest.voice.retell_live import Live, Target, read_live
from handfest.voice.retell_plan import plan
from handfest.voice.retell_push import NotVerified, UnexplainedDrift, push, rollback
from handfest.voice.retell_snapshot import live_content, read_snapshot, snapshot_text
from retell_sdk import SdkHttp

BASE = "https://gateway.example"
NUMBER = "+493023125002"
AGENT = "agent_salon"
TARGET = Target(AGENT, (NUMBER,))
FOREIGN: list[Json] = [
    {"type": "end_call", "name": "end_call", "description": "Auflegen"},
    {"type": "custom", "name": "get_weather", "url": "https://weather.example/now", "description": "Wetter"},
]


def salon() -> Catalogue:
    source = (Path(__file__).parent.parent / "calls" / "businesses" / "salon.toml").read_text("utf-8")
    parsed = parse_business(source)
    assert isinstance(parsed, Catalogue)
    return parsed


def workspace(
    *, kind: str = "retell-llm", pinned: int | str | None = 0, tools: list[Json] | None = None
) -> FakeRetell:
    """An agent that somebody built: own prompt, own tools, published, bound to the number."""
    fake = FakeRetell()
    mine = copy.deepcopy(FOREIGN if tools is None else tools)
    if kind == "retell-llm":
        engine = fake.create_engine(
            kind,
            {
                "general_prompt": "Sei freundlich.",
                "model": "gpt-4.1",
                "general_tools": mine,
                "begin_message": "",
            },
        )
        named = {"type": kind, "llm_id": engine["llm_id"]}
    else:
        flow = flow_body(salon(), "https://old.example")
        engine = fake.create_engine(
            kind, {**flow, "tools": [tool for tool in mine if tool["type"] == "custom"]}
        )
        named = {"type": kind, "conversation_flow_id": engine["conversation_flow_id"]}
    fake.create_agent({"agent_id": AGENT, "response_engine": named, "voice_id": "voice", "language": "de-DE"})
    fake.publish(AGENT, 0, None)
    fake.add_number(NUMBER, AGENT, pinned)
    return fake


@asynccontextmanager
async def sdk(fake: FakeRetell) -> AsyncIterator[RetellApi]:
    http = SdkHttp(fake)
    yield RetellApi(http)
    await http.close()


async def pushed(api: RetellApi, catalogue: Catalogue, *, force: bool = False) -> list[str]:
    """Push and return the snapshots that were kept, as text."""
    kept: list[str] = []
    await push(api, TARGET, catalogue, BASE, lambda live: kept.append(snapshot_text(live)), force=force)
    return kept


@pytest.mark.parametrize("kind", ["retell-llm", "conversation-flow"])
@pytest.mark.parametrize("pinned", [0, "latest_published", None])
async def test_b87_push_publishes_moves_the_number_and_reads_back(
    kind: str, pinned: int | str | None
) -> None:
    fake = workspace(kind=kind, pinned=pinned)
    async with sdk(fake) as api:
        assert plan(await read_live(api, TARGET), salon(), BASE).drifted
        await pushed(api, salon())
        live = await read_live(api, TARGET)
        assert not plan(live, salon(), BASE).drifted
    answering = fake.answering(NUMBER)
    assert answering is not None
    assert (answering["version"], answering["is_published"]) == (1, True)
    engine = fake.engine_of(answering)
    names = [tool["name"] for tool in engine.get("general_tools") or engine["tools"]]
    assert set(TOOLS) <= set(names)
    assert len(names) == len(set(names))
    assert fake.number(NUMBER)["inbound_webhook_url"] == inbound_url(BASE)
    assert answering["webhook_url"] == f"{BASE}/retell/events"
    assert answering["timezone"] == "Europe/Berlin"


async def test_what_is_foreign_is_not_touched() -> None:
    fake = workspace()
    before = copy.deepcopy(fake.engine_of(fake.agent(AGENT, 0)))
    async with sdk(fake) as api:
        await pushed(api, salon())
    after = fake.engine_of(fake.agent(AGENT, 1))
    assert after["general_prompt"] == before["general_prompt"]
    assert after["general_tools"][: len(FOREIGN)] == FOREIGN
    assert fake.engine_of(fake.agent(AGENT, 0)) == before


async def test_a_second_push_changes_nothing() -> None:
    fake = workspace()
    async with sdk(fake) as api:
        await pushed(api, salon())
        assert await pushed(api, salon()) == []
    assert max(fake.agents[AGENT]) == 1


@pytest.mark.parametrize("kind", ["retell-llm", "conversation-flow"])
@pytest.mark.parametrize("pinned", [0, "latest_published", None])
async def test_s17_rollback_restores_byte_for_byte(kind: str, pinned: int | str | None) -> None:
    fake = workspace(kind=kind, pinned=pinned)
    async with sdk(fake) as api:
        before = live_content(await read_live(api, TARGET))
        (kept,) = await pushed(api, salon())
        assert live_content(await read_live(api, TARGET)) != before
        await rollback(api, read_snapshot(kept), lambda _live: None)
        assert live_content(await read_live(api, TARGET)) == before
        assert snapshot_text(read_snapshot(kept)) == kept


def drop_tools(_agent: Json, engine: Json) -> None:
    engine["general_tools"] = []


def drop_webhook(agent: Json, _engine: Json) -> None:
    agent.pop("webhook_url", None)


def change_prompt(_agent: Json, engine: Json) -> None:
    engine["general_prompt"] = "Vergiss alles."


@pytest.mark.parametrize("damage", [drop_tools, drop_webhook, change_prompt])
async def test_b87_a_publish_that_loses_something_is_found_and_undone(damage: Any) -> None:
    fake = workspace(pinned="latest_published")
    fake.break_publish = damage
    kept: list[Live] = []
    async with sdk(fake) as api:
        before = live_content(await read_live(api, TARGET))
        with pytest.raises(NotVerified):
            await push(api, TARGET, salon(), BASE, kept.append)
        fake.break_publish = None
        await rollback(api, kept[0], lambda _live: None)
        assert live_content(await read_live(api, TARGET)) == before


async def test_a_change_of_our_tools_by_somebody_else_is_refused_without_the_flag() -> None:
    fake = workspace(pinned="latest_published")
    async with sdk(fake) as api:
        await pushed(api, salon())
        fake.create_version(AGENT, 1)
        engine = fake.engine_of(fake.agent(AGENT, 2))
        next(tool for tool in engine["general_tools"] if tool["name"] == "check_availability")[
            "timeout_ms"
        ] = 120_000
        fake.publish(AGENT, 2, None)
        with pytest.raises(UnexplainedDrift, match="changed since our last push"):
            await pushed(api, salon())
        assert max(fake.agents[AGENT]) == 2
        await pushed(api, salon(), force=True)
        assert not plan(await read_live(api, TARGET), salon(), BASE).drifted


async def test_a_new_catalogue_is_our_own_change_and_needs_no_flag() -> None:
    fake = workspace()
    changed = parse_business(
        (Path(__file__).parent.parent / "calls" / "businesses" / "salon.toml")
        .read_text("utf-8")
        .replace("Herrenhaarschnitt", "Herrenschnitt")
    )
    assert isinstance(changed, Catalogue)
    async with sdk(fake) as api:
        await pushed(api, salon())
        assert len(await pushed(api, changed)) == 1
    tools = fake.engine_of(fake.agent(AGENT, 2))["general_tools"]
    assert "Herrenschnitt" in str(tools)
    assert "Herrenhaarschnitt" not in str(tools)


async def test_tools_with_our_names_that_are_not_ours_are_refused_without_the_flag() -> None:
    old = {
        "type": "custom",
        "name": "check_availability",
        "url": "https://old.example/check",
        "method": "POST",
    }
    fake = workspace(tools=[old])
    async with sdk(fake) as api:
        with pytest.raises(UnexplainedDrift, match="check_availability"):
            await pushed(api, salon())
        await pushed(api, salon(), force=True)
    tools = fake.engine_of(fake.agent(AGENT, 1))["general_tools"]
    assert [tool["url"] for tool in tools if tool["name"] == "check_availability"] == [
        f"{BASE}/retell/tools/check_availability"
    ]


async def test_a_draft_that_differs_is_refused_without_the_flag_and_is_never_published() -> None:
    fake = workspace(pinned="latest_published")
    fake.create_version(AGENT, 0)
    fake.engine_of(fake.agent(AGENT, 1))["general_prompt"] = "Halb fertig."
    async with sdk(fake) as api:
        with pytest.raises(UnexplainedDrift, match="unpublished draft"):
            await pushed(api, salon())
        await pushed(api, salon(), force=True)
    answering = fake.answering(NUMBER)
    assert answering is not None
    assert fake.engine_of(answering)["general_prompt"] == "Sei freundlich."
    assert fake.engine_of(fake.agent(AGENT, 1))["general_prompt"] == "Halb fertig."


async def test_b87_a_number_that_reaches_another_agent_is_drift() -> None:
    fake = workspace()
    fake.numbers[NUMBER]["inbound_agents"] = [{"agent_id": "agent_other", "weight": 1}]
    async with sdk(fake) as api:
        found = plan(await read_live(api, TARGET), salon(), BASE)
    assert "bind" in {change.kind for change in found.changes}
    assert "agent_other" in found.unexplained[0]


async def test_the_ready_agent_is_what_a_push_would_make_of_it() -> None:
    fake = FakeRetell()
    async with sdk(fake) as api:
        engine = await api.create_engine("retell-llm", llm_body(salon(), BASE))
        named = {"type": "retell-llm", "llm_id": engine["llm_id"]}
        made = await api.create_agent(agent_body(salon(), BASE, named))
        await api.publish(made["agent_id"], 0, "handfest x")
        live = await read_live(api, Target(made["agent_id"], ()))
        assert plan(live, salon(), BASE).changes == ()
