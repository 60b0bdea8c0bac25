"""Examine an agent definition: does it reach us, wait for us, and say what is true? Findings HF201 to HF223.

Works on what is live and on exported JSON alike. What cannot be seen (no catalogue, no numbers) is not judged.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from handfest.desk.tools import TOOLS
from handfest.model.catalogue import Catalogue
from handfest.voice.dialect import read_tool
from handfest.voice.retell_agent import events_url, inbound_url
from handfest.voice.retell_plan import all_tools
from handfest.voice.retell_tools import general_tools, timeout_ms

Json = Mapping[str, Any]
SECOND_MS = 1000
TIMEOUT_MOST_MS = 20 * SECOND_MS
NATIVE = frozenset({"check_availability_cal", "book_appointment_cal", "integration_app"})
_NEEDED = ("check_availability", "book_appointment")
_EVENTS = frozenset({"call_ended", "call_analyzed"})
_VARIABLE = re.compile(r"\{\{\s*([^}]+?)\s*\}\}")
_CLOCK = re.compile(r"current_(?:time|hour|calendar)")
_IDENTITY = re.compile(
    r"^(?:retell_)?(?:call_?id|agent_id|agent_version|from_number|to_number|caller_number|company_id|tenant_id"
    r"|branch_id|business_id)$",
    re.IGNORECASE,
)
_PLATFORM = frozenset(
    {
        "session_type", "session_duration", "session_duration_ms", "direction", "user_number", "agent_number",
        "call_id", "call_type", "chat_id", "current_agent_state", "previous_agent_state",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AgentView:
    """What there is to look at; `agent` and `numbers` are empty for an exported engine."""

    engine: Json
    agent: Json = field(default_factory=dict)
    numbers: tuple[Json, ...] = ()
    draft_differs: bool = False
    call_versions: tuple[int, ...] = ()
    bad_signatures: int = 0


@dataclass(frozen=True, slots=True)
class Expectation:
    """What it is held against; None is not judged."""

    catalogue: Catalogue | None = None
    base_url: str | None = None


@dataclass(frozen=True, slots=True)
class AgentFinding:
    """One finding. `where` names the tool, node or field; `detail` what was found there."""

    id: str
    where: str
    detail: str


def view_of(exported: Json) -> AgentView | None:
    """The view of an exported agent, LLM or flow, or of a snapshot; None if it is none of these."""
    if "handfest_snapshot" in exported:
        return AgentView(exported.get("engine") or {}, exported["agent"], tuple(exported["numbers"]))
    for inside in ("retellLlmData", "retell_llm_data", "llm", "conversationFlow", "conversation_flow"):
        if isinstance(exported.get(inside), dict):
            return AgentView(exported[inside], exported)
    if any(name in exported for name in ("general_tools", "general_prompt", "nodes", "tools", "states")):
        return AgentView(exported)
    if "response_engine" in exported:
        return AgentView({}, exported)
    return None


def examine(view: AgentView, expect: Expectation) -> tuple[AgentFinding, ...]:
    """Every finding, each once, in the order of the ids."""
    found = [
        *_tools(view, expect),
        *_flow(view),
        *_agent(view, expect),
        *_variables(view, expect),
        *_numbers(view, expect),
    ]
    if view.bad_signatures:
        requests = "1 request" if view.bad_signatures == 1 else f"{view.bad_signatures} requests"
        found.append(AgentFinding("HF218", "signature", f"{requests} with a wrong signature"))
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.id, one.where)))


def _tools(view: AgentView, expect: Expectation) -> Iterator[AgentFinding]:
    tools = list(all_tools(view.engine))
    for tool in tools:
        name = str(tool.get("name"))
        if tool.get("type") in NATIVE:
            yield from _native(tool, name, expect)
        elif tool.get("type") == "custom" and _is_ours(tool, expect):
            yield from _custom(tool, name, expect)
    served = {read_tool(str(tool.get("name")), {}).tool for tool in tools if tool.get("type") == "custom"}
    for needed in _NEEDED if view.engine else ():
        if needed not in served:
            yield AgentFinding("HF205", f"tool {needed}", "the agent has no such tool")


def _is_ours(tool: Json, expect: Expectation) -> bool:
    """A tool that calls us, or that has one of our jobs and should."""
    url = str(tool.get("url") or "")
    at_us = expect.base_url is not None and url.startswith(expect.base_url.rstrip("/") + "/")
    known = read_tool(str(tool.get("name")), {}).tool in TOOLS
    return at_us or known or "/retell/tools" in url


def _native(tool: Json, name: str, expect: Expectation) -> Iterator[AgentFinding]:
    event_type = tool.get("event_type_id")
    for parameter in tool.get("parameters") or () if event_type is None else ():
        properties = parameter.get("properties") if isinstance(parameter, dict) else None
        for key, schema in (properties or {}).items():
            if "event" in str(key).casefold() and isinstance(schema, dict):
                event_type = schema.get("const", event_type)
    known = [
        service.binding.event_type_id for service in (expect.catalogue.services if expect.catalogue else ())
    ]
    other = event_type is not None and str(event_type) not in [str(one) for one in known]
    detail = f"a {tool['type']} tool is left" + (f" with event type {event_type}" if event_type else "")
    yield AgentFinding(
        "HF207", f"tool {name}", detail + (", which no service has" if other and known else "")
    )


def _custom(tool: Json, name: str, expect: Expectation) -> Iterator[AgentFinding]:
    where = f"tool {name}"
    url = str(tool.get("url") or "")
    if not url or (expect.base_url and not url.startswith(expect.base_url.rstrip("/") + "/retell/tools")):
        yield AgentFinding("HF201", where, url or "no URL")
    if (tool.get("method") or "POST") != "POST":
        yield AgentFinding("HF202", where, str(tool["method"]))
    if tool.get("args_at_root"):
        yield AgentFinding("HF203", where, "the call is not in the body")
    if tool.get("speak_during_execution") is not True:
        yield AgentFinding("HF215", where, "nothing is said while it runs")
    if tool.get("speak_after_execution") is False:
        yield AgentFinding("HF221", where, "nothing is said after it ran")
    yield from _timeout(tool, where, expect)
    yield from _parameters(tool, name, where)
    if name not in TOOLS:
        if read_tool(name, {}).tool not in TOOLS:
            yield AgentFinding("HF204", where, "no tool of ours has this name")
    elif expect.catalogue is not None and expect.base_url is not None:
        yield from _stale(tool, name, where, expect.catalogue, expect.base_url)


def _timeout(tool: Json, where: str, expect: Expectation) -> Iterator[AgentFinding]:
    timeout = tool.get("timeout_ms") or 120_000
    deadline = expect.catalogue.rules.deadline_ms if expect.catalogue else SECOND_MS
    if timeout < deadline or timeout > TIMEOUT_MOST_MS:
        least = timeout_ms(deadline) if expect.catalogue else deadline
        yield AgentFinding("HF216", where, f"{timeout} ms; between {least} and {TIMEOUT_MOST_MS} fits")


def _parameters(tool: Json, name: str, where: str) -> Iterator[AgentFinding]:
    parameters = tool.get("parameters") or {}
    properties = parameters.get("properties") or {}
    for parameter, schema in properties.items():
        visible = not (isinstance(schema, dict) and "const" in schema)
        if visible and _IDENTITY.match(parameter):
            yield AgentFinding("HF217", where, f"the model fills {parameter}")
    unread = read_tool(name, dict.fromkeys(properties, "x")).unread
    for parameter in unread:
        needed = " although it is required" if parameter in (parameters.get("required") or ()) else ""
        yield AgentFinding("HF223", where, f"nobody reads {parameter}{needed}")


def _stale(tool: Json, name: str, where: str, catalogue: Catalogue, base_url: str) -> Iterator[AgentFinding]:
    wanted = next(one for one in general_tools(catalogue, base_url) if one["name"] == name)
    judged = ("description", "parameters", "response_variables", "execution_message_description")
    differing = [part for part in judged if tool.get(part) != wanted[part]]
    if differing:
        yield AgentFinding("HF206", where, ", ".join(differing))


def _flow(view: AgentView) -> Iterator[AgentFinding]:
    nodes = {str(node.get("id")): node for node in view.engine.get("nodes") or ()}
    tools = {str(tool.get("tool_id")): tool for tool in view.engine.get("tools") or ()}
    reached = reachable(nodes, view.engine.get("start_node_id"))
    for node_id, node in nodes.items():
        tool = tools.get(str(node.get("tool_id")))
        if node.get("type") != "function" or tool is None:
            continue
        if read_tool(str(tool.get("name")), {}).tool not in TOOLS:
            continue
        where = f"node {node.get('name') or node_id}"
        if node.get("wait_for_result") is False:
            yield AgentFinding("HF213", where, f"does not wait for {tool.get('name')}")
        if node.get("speak_during_execution") is False:
            yield AgentFinding("HF215", where, "nothing is said while it runs")
        if node_id not in reached:
            yield AgentFinding("HF214", where, f"no way leads to {tool.get('name')}")


def reachable(nodes: Mapping[str, Json], start: str | None) -> frozenset[str]:
    """The nodes that a call can get to from the start; global nodes can be got to from everywhere."""
    waiting = [str(start)] if start is not None else []
    waiting += [node_id for node_id, node in nodes.items() if node.get("global_node_setting")]
    found: set[str] = set()
    while waiting:
        node_id = waiting.pop()
        if node_id in found or node_id not in nodes:
            continue
        found.add(node_id)
        waiting += _ways(nodes[node_id])
    return frozenset(found)


def _ways(node: Json) -> list[str]:
    edges = list(node.get("edges") or ())
    edges += [edge for name, edge in node.items() if name.endswith("_edge") and isinstance(edge, dict)]
    return [str(edge["destination_node_id"]) for edge in edges if edge.get("destination_node_id")]


def _agent(view: AgentView, expect: Expectation) -> Iterator[AgentFinding]:
    agent = view.agent
    if not agent:
        return
    zone = agent.get("timezone")
    wanted = expect.catalogue.business.time_zone if expect.catalogue else None
    if zone is None or (wanted is not None and zone != wanted):
        yield AgentFinding("HF211", "timezone", str(zone or "not set: the platform takes Los Angeles"))
    if agent.get("is_published") is False:
        yield AgentFinding("HF208", "agent", f"version {agent.get('version')} is a draft")
    elif view.draft_differs:
        yield AgentFinding("HF208", "agent", "the newest version differs from the published one")
    url = agent.get("webhook_url")
    if expect.base_url is not None and url != events_url(expect.base_url):
        yield AgentFinding("HF222", "webhook_url", str(url or "not set"))
    elif url and agent.get("webhook_events") is not None and not _EVENTS & set(agent["webhook_events"]):
        yield AgentFinding("HF222", "webhook_events", "neither call_ended nor call_analyzed is sent")
    for version in dict.fromkeys(view.call_versions):
        if version != agent.get("version"):
            detail = f"calls ran on version {version}, expected is {agent.get('version')}"
            yield AgentFinding("HF210", f"calls on version {version}", detail)


def _variables(view: AgentView, expect: Expectation) -> Iterator[AgentFinding]:
    zone = view.agent.get("timezone")
    wanted = expect.catalogue.business.time_zone if expect.catalogue else None
    right = zone is not None and wanted in (None, zone)
    known = set(view.engine.get("default_dynamic_variables") or {}) | _PLATFORM
    for tool in all_tools(view.engine):
        known |= set(tool.get("response_variables") or {})
        known |= {str(one.get("name")) for one in tool.get("variables") or ()}
    for node in view.engine.get("nodes") or ():
        known |= {str(one.get("name")) for one in node.get("variables") or ()}
    for where, text in _texts(view):
        for name in _VARIABLE.findall(text):
            if _CLOCK.fullmatch(name):
                if not right:
                    yield AgentFinding("HF212", where, f"{{{{{name}}}}} without a zone")
            elif not _CLOCK.match(name) and name not in known:
                yield AgentFinding("HF220", where, f"nothing sets {{{{{name}}}}}")


def _texts(view: AgentView) -> Iterator[tuple[str, str]]:
    """Everything the model or the caller gets to hear, with its place."""
    for name in ("general_prompt", "global_prompt", "begin_message"):
        yield name, str(view.engine.get(name) or "")
    for state in view.engine.get("states") or ():
        yield f"state {state.get('name')}", str(state.get("state_prompt") or "")
    for node in view.engine.get("nodes") or ():
        instruction = node.get("instruction")
        if isinstance(instruction, dict):
            yield f"node {node.get('name') or node.get('id')}", str(instruction.get("text") or "")
    for tool in all_tools(view.engine):
        said = [tool.get("description"), tool.get("execution_message_description"), tool.get("url")]
        properties = tool.get("parameters")
        schemas = (properties.get("properties") or {}) if isinstance(properties, dict) else {}
        said += [schema.get("const") for schema in schemas.values() if isinstance(schema, dict)]
        yield f"tool {tool.get('name')}", " ".join(str(text) for text in said if text)


def _numbers(view: AgentView, expect: Expectation) -> Iterator[AgentFinding]:
    agent_id, version = view.agent.get("agent_id"), view.agent.get("version")
    for number in view.numbers:
        where = f"number {number.get('phone_number')}"
        bound = number.get("inbound_agents") or ()
        mine = [one for one in bound if one.get("agent_id") == agent_id]
        if not mine:
            others = ", ".join(str(one.get("agent_id")) for one in bound) or "no agent"
            yield AgentFinding("HF209", where, f"reaches {others}")
        for one in mine:
            pinned = one.get("agent_version")
            if isinstance(pinned, int) and pinned != version:
                yield AgentFinding("HF209", where, f"is pinned to version {pinned}, not {version}")
        url = number.get("inbound_webhook_url")
        if not url or (expect.base_url is not None and url != inbound_url(expect.base_url)):
            yield AgentFinding("HF219", where, str(url or "no inbound webhook"))
