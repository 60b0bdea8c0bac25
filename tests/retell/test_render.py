"""What is rendered for Retell, held against the vendor SDK's own types (the SDK is a test-only oracle)."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from handfest.catalogue.parse import parse_business
from handfest.desk.tools import TOOLS
from handfest.model.catalogue import Catalogue
from handfest.voice.dialect import read_tool
from handfest.voice.retell_agent import agent_body, flow_body, llm_body, prompt
from handfest.voice.retell_tools import flow_tools, general_tools, timeout_ms

BASE = "https://gateway.example"
FOLDER = Path(__file__).parent.parent / "calls" / "businesses"
BUSINESSES = sorted(path.stem for path in FOLDER.glob("*.toml"))
IDENTITY = re.compile(
    r"call_?id|agent|tenant|company|business_id|from_number|to_number|caller", re.IGNORECASE
)


def catalogue_of(name: str) -> Catalogue:
    parsed = parse_business((FOLDER / f"{name}.toml").read_text("utf-8"))
    assert isinstance(parsed, Catalogue)
    return parsed


@cache
def vendor(path: str) -> TypeAdapter[Any]:
    """A type of the SDK that refuses keys the vendor does not know."""
    import importlib

    module, name = path.split(":")
    return TypeAdapter(getattr(importlib.import_module(f"retell.types.{module}"), name))


def unknown_keys(value: Any) -> list[str]:
    """Keys the SDK's models did not know (pydantic keeps them as extras)."""
    if hasattr(value, "model_extra"):
        found = list(value.model_extra or ())
        for field in type(value).model_fields:
            found += unknown_keys(getattr(value, field))
        return found
    if isinstance(value, list):
        return [key for item in value for key in unknown_keys(item)]
    return []


@pytest.mark.parametrize("name", BUSINESSES)
def test_general_tools_are_the_vendors_shape(name: str) -> None:
    for tool in general_tools(catalogue_of(name), BASE):
        parsed = vendor("llm_response:GeneralToolCustomTool").validate_python(tool)
        assert unknown_keys(parsed) == []


@pytest.mark.parametrize("name", BUSINESSES)
def test_flow_nodes_and_tools_are_the_vendors_shape(name: str) -> None:
    flow = flow_body(catalogue_of(name), BASE)
    for tool in flow["tools"]:
        assert unknown_keys(vendor("conversation_flow_response:ToolCustomTool").validate_python(tool)) == []
    for node in flow["nodes"]:
        kind = {"function": "NodeFunctionNode", "conversation": "NodeConversationNode", "end": "NodeEndNode"}
        parsed = vendor(f"conversation_flow_response:{kind[node['type']]}").validate_python(node)
        assert unknown_keys(parsed) == []
    answered = {**flow, "conversation_flow_id": "cf", "version": 0, "last_modification_timestamp": 0}
    assert (
        unknown_keys(vendor("conversation_flow_response:ConversationFlowResponse").validate_python(answered))
        == []
    )


@pytest.mark.parametrize("name", BUSINESSES)
def test_llm_and_agent_are_the_vendors_shape(name: str) -> None:
    catalogue = catalogue_of(name)
    llm = {**llm_body(catalogue, BASE), "llm_id": "llm", "version": 0, "last_modification_timestamp": 0}
    assert unknown_keys(vendor("llm_response:LlmResponse").validate_python(llm)) == []
    body = agent_body(catalogue, BASE, {"type": "retell-llm", "llm_id": "llm"})
    agent = {**body, "agent_id": "agent", "version": 0, "last_modification_timestamp": 0}
    assert unknown_keys(vendor("agent_response:AgentResponse").validate_python(agent)) == []


@pytest.mark.parametrize("name", BUSINESSES)
def test_b12_every_declared_argument_is_read_by_its_tool(name: str) -> None:
    for tool in general_tools(catalogue_of(name), BASE):
        properties = tool["parameters"]["properties"]
        values = {key: f"x-{key}" for key in properties}
        request = read_tool(tool["name"], values)
        assert request.unread == ()
        assert request.tool == tool["name"]
        assert set(request.arguments) <= set(TOOLS[tool["name"]].arguments.model_fields)


@pytest.mark.parametrize("name", BUSINESSES)
def test_b55_no_identity_is_a_parameter(name: str) -> None:
    for tool in general_tools(catalogue_of(name), BASE):
        names = tool["parameters"]["properties"]
        assert not [one for one in names if IDENTITY.search(one)]


@pytest.mark.parametrize("name", BUSINESSES)
def test_b88_the_agent_always_speaks_after_a_tool(name: str) -> None:
    catalogue = catalogue_of(name)
    for tool in general_tools(catalogue, BASE):
        assert tool["speak_after_execution"] is True
        assert tool["speak_during_execution"] is True
        assert (
            tool["execution_message_description"] == TOOLS[tool["name"]].filler[catalogue.business.language]
        )


@pytest.mark.parametrize("name", BUSINESSES)
def test_b84_flow_waits_for_every_answer_and_every_tool_is_reached_from_the_dialogue(name: str) -> None:
    flow = flow_body(catalogue_of(name), BASE)
    nodes = {node["id"]: node for node in flow["nodes"]}
    reached = {edge["destination_node_id"] for edge in nodes[flow["start_node_id"]]["edges"]}
    functions = [node for node in flow["nodes"] if node["type"] == "function"]
    assert {node["tool_id"] for node in functions} == {tool["tool_id"] for tool in flow["tools"]}
    for node in functions:
        assert node["wait_for_result"] is True
        assert node["id"] in reached
        assert node["else_edge"]["destination_node_id"] == flow["start_node_id"]


@pytest.mark.parametrize("name", BUSINESSES)
def test_b89_the_prompt_has_no_variable_that_could_stay_unresolved(name: str) -> None:
    catalogue = catalogue_of(name)
    body = llm_body(catalogue, BASE)
    used = set(re.findall(r"\{\{(.+?)\}\}", prompt(catalogue) + body["begin_message"]))
    zone = catalogue.business.time_zone
    assert used - {f"current_time_{zone}"} <= set(body["default_dynamic_variables"])
    assert len(prompt(catalogue).splitlines()) == 10


@pytest.mark.parametrize("name", BUSINESSES)
def test_b90_nothing_is_required(name: str) -> None:
    assert all(tool["parameters"]["required"] == [] for tool in general_tools(catalogue_of(name), BASE))


def test_the_services_stand_in_the_descriptions_in_the_agents_language() -> None:
    check = general_tools(catalogue_of("salon"), BASE)[0]
    assert "Herrenhaarschnitt" in check["parameters"]["properties"]["service"]["description"]
    assert "Leistungen: " in check["description"]
    english = general_tools(catalogue_of("riverside"), BASE)[0]
    assert "Services: " in english["description"]


def test_what_one_answer_gives_the_next_tool_passes_the_model_by() -> None:
    tools = {tool["name"]: tool for tool in general_tools(catalogue_of("salon"), BASE)}
    assert tools["check_availability"]["response_variables"] == {
        "selected_service_id": "selected_service_id",
        "offer": "offer",
    }
    book = tools["book_appointment"]["parameters"]["properties"]
    assert book["service_id"] == {"type": "string", "const": "{{selected_service_id}}"}
    assert book["carried_offer"] == {"type": "string", "const": "{{offer}}"}


def test_an_unset_variable_does_not_hide_what_the_model_chose() -> None:
    request = read_tool(
        "book_appointment", {"carried_offer": "{{offer}}", "offer": "A2", "name": "Erika Beispiel"}
    )
    assert request.arguments["offer"] == "A2"
    chosen = read_tool("book_appointment", {"offer": "", "carried_offer": "A1"})
    assert chosen.arguments["offer"] == "A1"


@pytest.mark.parametrize(("deadline", "expected"), [(300, 5000), (2200, 5200), (8000, 11000), (30000, 20000)])
def test_the_platform_waits_longer_than_our_deadline_and_at_most_20_seconds(
    deadline: int, expected: int
) -> None:
    assert timeout_ms(deadline) == expected


def test_flow_tools_are_the_same_tools() -> None:
    catalogue = catalogue_of("salon")
    bare = [
        {key: value for key, value in tool.items() if key != "tool_id"}
        for tool in flow_tools(catalogue, BASE)
    ]
    assert json.dumps(bare) == json.dumps(general_tools(catalogue, BASE))
