"""A ready Retell agent for a business: a prompt of ten lines, the tools, the webhooks.

The server does the talking rules; the prompt only says when to call which tool. Every variable in it is
either the platform's own with the business's zone (an unsuffixed one means Los Angeles) or has a default
here, so that none is ever read aloud as "{{...}}" (B13, B89).
"""

from collections.abc import Mapping
from typing import Any

from handfest.desk.tools import TOOLS
from handfest.model.catalogue import Catalogue
from handfest.voice.retell_tools import RETELL, flow_tools, function_node, general_tools, service_names

_AGENT = RETELL["agent"]
HUB = "node_dialogue"
_END = "node_end"


EMPTY_VARIABLES: Mapping[str, str] = dict.fromkeys(RETELL["carried"]["response"], "")
"""What tools carry to each other is empty when a call begins: an unset variable would arrive as "{{...}}"."""


def prompt(catalogue: Catalogue) -> str:
    """The ten lines the agent is given, in the business's language."""
    business = catalogue.business
    lines = RETELL["prompt"][business.language]["lines"]
    return "\n".join(line.format(business=business.name, zone=business.time_zone) for line in lines)


def llm_body(catalogue: Catalogue, base_url: str) -> dict[str, Any]:
    """What creates the Retell-LLM."""
    words = RETELL["words"][catalogue.business.language]
    return {
        "model": _AGENT["model"],
        "start_speaker": "agent",
        "begin_message": words["begin_message"].format(business=catalogue.business.name),
        "general_prompt": prompt(catalogue),
        "general_tools": general_tools(catalogue, base_url),
        "default_dynamic_variables": default_variables(catalogue),
    }


def flow_body(catalogue: Catalogue, base_url: str) -> dict[str, Any]:
    """What creates a conversation flow: one dialogue, and a function node for every tool that leads back."""
    language = catalogue.business.language
    edges = [
        _edge(f"edge_to_{spec.name}", f"node_{spec.name}", spec.summary[language]) for spec in TOOLS.values()
    ]
    edges.append(_edge("edge_to_end", _END, RETELL["flow"][language]["done"]))
    dialogue = {
        "id": HUB,
        "name": "dialogue",
        "type": "conversation",
        "instruction": {"type": "prompt", "text": prompt(catalogue)},
        "edges": edges,
    }
    return {
        "model_choice": {"type": "cascading", "model": _AGENT["model"]},
        "start_speaker": "agent",
        "start_node_id": HUB,
        "nodes": [
            dialogue,
            *(function_node(spec, HUB) for spec in TOOLS.values()),
            {"id": _END, "name": "end", "type": "end"},
        ],
        "tools": flow_tools(catalogue, base_url),
        "default_dynamic_variables": default_variables(catalogue),
    }


def agent_body(catalogue: Catalogue, base_url: str, engine: dict[str, Any]) -> dict[str, Any]:
    """What creates the agent around its engine."""
    language = catalogue.business.language
    return {
        "agent_name": RETELL["words"][language]["agent_name"].format(business=catalogue.business.name),
        "response_engine": engine,
        "voice_id": _AGENT["voice"][language],
        "language": _AGENT["language"][language],
        **agent_settings(catalogue, base_url),
    }


def agent_settings(catalogue: Catalogue, base_url: str) -> dict[str, Any]:
    """The settings of an agent that must be ours for calls to be served and explained."""
    return {
        "webhook_url": events_url(base_url),
        "webhook_events": list(_AGENT["events"]),
        "timezone": catalogue.business.time_zone,
    }


def default_variables(catalogue: Catalogue) -> dict[str, str]:
    """Values for variables of the prompt in calls that no inbound webhook has answered."""
    return {"services_list": service_names(catalogue), **EMPTY_VARIABLES}


def events_url(base_url: str) -> str:
    """Where the platform posts what happens in calls."""
    return base_url.rstrip("/") + "/retell/events"


def inbound_url(base_url: str) -> str:
    """Where the platform asks before it answers a call."""
    return base_url.rstrip("/") + "/retell/inbound"


def _edge(edge_id: str, to: str, when: str) -> dict[str, Any]:
    return {
        "id": edge_id,
        "destination_node_id": to,
        "transition_condition": {"type": "prompt", "prompt": when},
    }
