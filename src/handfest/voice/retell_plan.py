"""What an agent should have against what it has: our tools, webhooks and numbers; nothing else is looked at.

Ours are the custom tools with our names and the settings in `agent_settings`. Prompts, other tools and
everything else of the agent are foreign: never compared, never written.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from handfest.desk.tools import TOOLS
from handfest.model.catalogue import Catalogue
from handfest.voice.retell_agent import agent_settings, default_variables, inbound_url
from handfest.voice.retell_live import Json, Live, bindings
from handfest.voice.retell_snapshot import canonical, content_of
from handfest.voice.retell_tools import flow_tools, general_tools

TITLE = "handfest"
"""Versions that we publish carry this and a digest of what is ours in them as their title."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it should be. `where` is a path; `kind` is add | change | publish | bind."""

    kind: str
    where: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Plan:
    """What a push would do to one agent. `unexplained` are changes that somebody else made since our last."""

    live: Live
    engine: Mapping[str, Any]
    agent: Mapping[str, Any]
    numbers: Mapping[str, Mapping[str, Any]]
    changes: tuple[Change, ...]
    unexplained: tuple[str, ...]

    @property
    def drifted(self) -> bool:
        """True if anything is not as it should be."""
        return bool(self.changes)


def plan(live: Live, catalogue: Catalogue, base_url: str) -> Plan:
    """The difference for one agent, and the bodies that would mend it."""
    engine = _engine_changes(live, catalogue, base_url)
    wanted = _agent_wanted(live, catalogue, base_url)
    agent = {name: value for name, value in wanted.items() if live.agent.get(name) != value}
    numbers = {
        str(number["phone_number"]): changed
        for number in live.numbers
        if (changed := _number_changes(live, number, base_url))
    }
    changes = [
        *_tool_changes(live.engine or {}, engine),
        *(Change("change", f"agent.{name}", live.agent.get(name), value) for name, value in agent.items()),
        *_number_rows(live, numbers),
    ]
    if live.draft is None and not live.agent.get("is_published"):
        changes.append(Change("publish", "agent", f"version {live.version} is a draft", "published"))
    return Plan(live, engine, agent, numbers, tuple(changes), tuple(_unexplained(live, engine)))


def our_tools(engine: Json) -> dict[str, Json]:
    """The tools in an engine that are ours by name, wherever they stand in it."""
    return {tool["name"]: tool for tool in all_tools(engine) if tool.get("name") in TOOLS}


def all_tools(engine: Json) -> Iterator[Json]:
    """Every tool of an LLM or flow: general ones, those of states, those of flow nodes and components."""
    yield from engine.get("general_tools") or ()
    yield from engine.get("tools") or ()
    for part in (*(engine.get("states") or ()), *(engine.get("nodes") or ())):
        yield from part.get("tools") or ()
    for component in engine.get("components") or ():
        yield from all_tools(component)


def digest(live: Live) -> str:
    """What is ours in the version that answers calls, as a short fingerprint."""
    settings = {name: live.agent.get(name) for name in ("webhook_url", "timezone")}
    managed = [our_tools(live.engine or {}), settings]
    return sha256(canonical(managed).encode()).hexdigest()[:16]


def _engine_changes(live: Live, catalogue: Catalogue, base_url: str) -> dict[str, Any]:
    engine = live.engine
    if engine is None:
        return {}
    flow = "conversation_flow_id" in engine
    field = "tools" if flow else "general_tools"
    wanted = {tool["name"]: tool for tool in (flow_tools if flow else general_tools)(catalogue, base_url)}
    changes: dict[str, Any] = {}
    placed: set[str] = set()
    for part in ("states", "nodes"):
        rows = [_with_tools(row, "tools", wanted, placed) for row in engine.get(part) or ()]
        rows = [_waiting(row, engine) for row in rows]
        if rows and rows != list(engine[part]):
            changes[part] = rows
    general = _with_tools(engine, field, wanted, placed)[field] if engine.get(field) else []
    general += [tool for name, tool in wanted.items() if name not in placed]
    if general != list(engine.get(field) or ()):
        changes[field] = general
    variables = {**default_variables(catalogue)}
    kept = engine.get("default_dynamic_variables") or {}
    if any(kept.get(name) != value for name, value in variables.items()):
        changes["default_dynamic_variables"] = {**kept, **variables}
    return changes


def _with_tools(row: Json, field: str, wanted: Mapping[str, Json], placed: set[str]) -> dict[str, Any]:
    """The row with our tools as they should be, each where it stands; foreign ones as they are."""
    tools = row.get(field)
    if not tools:
        return dict(row)
    found = []
    for tool in tools:
        name = tool.get("name")
        if name in wanted:
            placed.add(name)
            kept = {"tool_id": tool["tool_id"]} if "tool_id" in tool else {}
            found.append({**wanted[name], **kept})
        else:
            found.append(tool)
    return {**row, field: found}


def _waiting(row: Json, engine: Json) -> dict[str, Any]:
    """A function node of one of our tools waits for the answer and speaks meanwhile (B84)."""
    ours = {tool.get("tool_id") for tool in engine.get("tools") or () if tool.get("name") in TOOLS}
    if row.get("type") != "function" or row.get("tool_id") not in ours:
        return dict(row)
    return {**row, "wait_for_result": True, "speak_during_execution": True}


def _agent_wanted(live: Live, catalogue: Catalogue, base_url: str) -> dict[str, Any]:
    wanted = agent_settings(catalogue, base_url)
    kept = list(live.agent.get("webhook_events") or ())
    wanted["webhook_events"] = kept + [one for one in wanted["webhook_events"] if one not in kept]
    return wanted


def _number_changes(live: Live, number: Json, base_url: str) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if number.get("inbound_webhook_url") != inbound_url(base_url):
        changes["inbound_webhook_url"] = inbound_url(base_url)
    if live.agent_id not in [bound["agent_id"] for bound in bindings(number)]:
        changes["inbound_agents"] = [
            {"agent_id": live.agent_id, "weight": 1, "agent_version": "latest_published"}
        ]
    return changes


def _number_rows(live: Live, numbers: Mapping[str, Json]) -> Iterator[Change]:
    by_number = {str(number["phone_number"]): number for number in live.numbers}
    for number, changed in numbers.items():
        for name, value in changed.items():
            kind = "bind" if name == "inbound_agents" else "change"
            yield Change(kind, f"number {number}.{name}", by_number[number].get(name), value)


def _tool_changes(engine: Json, changes: Json) -> Iterator[Change]:
    """Our tools one by one, because that is what a person wants to read."""
    before, after = our_tools(engine), our_tools({**engine, **changes})
    for name, tool in after.items():
        old = before.get(name)
        if old is None:
            yield Change("add", f"tool {name}", None, tool["url"])
            continue
        for field in sorted({*old, *tool}):
            if old.get(field) != tool.get(field):
                yield Change("change", f"tool {name}.{field}", old.get(field), tool.get(field))
    if "default_dynamic_variables" in changes:
        old = engine.get("default_dynamic_variables")
        yield Change("change", "default_dynamic_variables", old, changes["default_dynamic_variables"])
    for part in ("nodes", "states"):
        for old, new in zip(engine.get(part) or (), changes.get(part) or (), strict=False):
            for field in ("wait_for_result", "speak_during_execution"):
                if old.get(field) != new.get(field):
                    yield Change("change", f"node {old.get('id')}.{field}", old.get(field), new.get(field))


def _unexplained(live: Live, engine: Json) -> Iterator[str]:
    """What somebody else changed: it is refused without a flag, because a push would undo it."""
    titles = [str(row.get("version_title") or "") for row in live.versions]
    ours = next((title for title in titles if title.startswith(TITLE)), None)
    if ours is None:
        wanted = our_tools({**(live.engine or {}), **engine})
        taken = [name for name, tool in our_tools(live.engine or {}).items() if tool != wanted[name]]
        if taken:
            yield f"tools with our names are there that we did not push: {', '.join(taken)}"
    elif ours.split()[-1] != digest(live):
        yield "our tools or webhooks were changed since our last push"
    if live.draft is not None and not live.draft.get("is_published") and _differs(live):
        yield f"version {live.draft['version']} is an unpublished draft that differs from what answers calls"
    for number in live.numbers:
        others = [bound["agent_id"] for bound in bindings(number) if bound["agent_id"] != live.agent_id]
        if others:
            yield f"number {number['phone_number']} reaches {', '.join(others)}"


def _differs(live: Live) -> bool:
    return content_of(live.draft or {}, live.draft_engine) != content_of(live.agent, live.engine)


def rows(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """The changes as plain JSON."""
    return [{"kind": row.kind, "where": row.where, "old": row.old, "new": row.new} for row in changes]
