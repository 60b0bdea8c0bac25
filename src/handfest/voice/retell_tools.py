"""Our ToolSpecs as Retell's tool definitions: for Retell-LLM agents and for conversation flows.

Shapes are the vendor's (contract 1.4; the tests hold them against the SDK's own types). Nothing that says who
calls is a parameter: identity comes from the signed envelope (law 6, B55). What one answer gives to the next
tool travels as `response_variables` and constants, past the model (B1, B12).
"""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from handfest.desk.tools import TOOLS, ToolSpec
from handfest.model.catalogue import Catalogue

RETELL: Mapping[str, Any] = tomllib.loads(
    files("handfest.voice").joinpath("data/retell.toml").read_text(encoding="utf-8")
)
"""Constants and words of everything that is rendered for this platform."""

_TOOL = RETELL["tool"]
_CARRIED = RETELL["carried"]
_SERVICE_TOOLS = frozenset({"check_availability", "list_services"})


def tool_url(base_url: str, name: str) -> str:
    """Where the platform posts requests for this tool."""
    return base_url.rstrip("/") + str(_TOOL["path"]).format(name=name)


def timeout_ms(deadline_ms: int) -> int:
    """How long the platform waits: our deadline and the way there and back, never more than 20 seconds."""
    wanted = deadline_ms + int(_TOOL["network_ms"])
    return int(min(max(wanted, _TOOL["timeout_min_ms"]), _TOOL["timeout_max_ms"]))


def general_tools(catalogue: Catalogue, base_url: str) -> list[dict[str, Any]]:
    """Every tool as an entry of `general_tools` of a Retell-LLM."""
    return [render_tool(spec, catalogue, base_url) for spec in TOOLS.values()]


def flow_tools(catalogue: Catalogue, base_url: str) -> list[dict[str, Any]]:
    """Every tool as an entry of `tools` of a conversation flow."""
    return [{**tool, "tool_id": tool_id(tool["name"])} for tool in general_tools(catalogue, base_url)]


def tool_id(name: str) -> str:
    """The id of a tool inside a conversation flow."""
    return f"handfest_{name}"


def render_tool(spec: ToolSpec, catalogue: Catalogue, base_url: str) -> dict[str, Any]:
    """One custom tool: description and filler in the business's language."""
    language = catalogue.business.language
    return {
        "type": "custom",
        "name": spec.name,
        "description": described(spec, catalogue),
        "url": tool_url(base_url, spec.name),
        "method": "POST",
        "parameter_type": "json",
        "parameters": _parameters(spec, catalogue),
        "args_at_root": False,
        "response_variables": dict(_CARRIED["response"]),
        "speak_during_execution": True,
        "execution_message_type": "static_text",
        "execution_message_description": spec.filler[language],
        "speak_after_execution": True,
        "enable_typing_sound": False,
        "timeout_ms": timeout_ms(catalogue.rules.deadline_ms),
        "max_retry": 0,
    }


def function_node(spec: ToolSpec, back_to: str) -> dict[str, Any]:
    """A flow's function node: the agent waits for the answer before it says anything about it (B84)."""
    return {
        "id": f"node_{spec.name}",
        "name": spec.name,
        "type": "function",
        "tool_id": tool_id(spec.name),
        "tool_type": "local",
        "wait_for_result": True,
        "speak_during_execution": True,
        "edges": [],
        "else_edge": {
            "id": f"edge_{spec.name}_back",
            "destination_node_id": back_to,
            "transition_condition": {"type": "prompt", "prompt": "Else"},
        },
    }


def _parameters(spec: ToolSpec, catalogue: Catalogue) -> dict[str, Any]:
    """Optional strings only: what is missing is asked for by us, never demanded by a schema (B15, B90)."""
    properties: dict[str, Any] = {}
    for name in spec.hints[catalogue.business.language]:
        if is_carried(name):
            properties[name] = {"type": "string", "const": _CARRIED["argument"][name]}
        else:
            properties[name] = {"type": "string", "description": hint_of(spec, name, catalogue)}
    if "offer" in properties:
        properties["carried_offer"] = {"type": "string", "const": _CARRIED["argument"]["carried_offer"]}
    return {"type": "object", "properties": properties, "required": []}


def described(spec: ToolSpec, catalogue: Catalogue) -> str:
    """What a tool is for, in the business's language, with the services where they matter."""
    listed = _services(catalogue) if spec.name in _SERVICE_TOOLS else ""
    return _cut(spec.summary[catalogue.business.language] + listed)


def hint_of(spec: ToolSpec, argument: str, catalogue: Catalogue) -> str:
    """What a model is told about an argument."""
    listed = _services(catalogue) if argument == "service" else ""
    return _cut(spec.hints[catalogue.business.language][argument] + listed)


def is_carried(argument: str) -> bool:
    """True for arguments that travel from one answer to the next tool past the model."""
    return argument in _CARRIED["argument"]


def service_names(catalogue: Catalogue) -> str:
    """The names of what is offered, as one list."""
    names = [service.name for service in catalogue.services if not service.hidden]
    return ", ".join(names[: _TOOL["services_max"]])


def _services(catalogue: Catalogue) -> str:
    words = RETELL["words"][catalogue.business.language]
    return str(words["services"]).format(services=service_names(catalogue))


def _cut(text: str) -> str:
    """At most what every platform takes, cut between two words."""
    most = int(_TOOL["description_max"])
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0].rstrip(",") + "…"
