"""Our ToolSpecs as other platforms define tools: Vapi, ElevenLabs, OpenAI's functions, MCP.

Every argument is an optional string in the caller's own words; what is missing we ask for. Who calls is never an
argument (law 6): each platform's own mechanism carries it past the model.
"""

from collections.abc import Callable, Mapping
from math import ceil
from typing import Any

from handfest.desk.tools import TOOLS, ToolSpec
from handfest.model.catalogue import Catalogue
from handfest.voice import elevenlabs
from handfest.voice.retell_tools import described, hint_of, is_carried, timeout_ms

Rendered = dict[str, Any]


def json_schema(spec: ToolSpec, catalogue: Catalogue) -> Rendered:
    """The arguments of one tool as a portable JSON schema: an object of strings, without references."""
    names = [name for name in spec.hints[catalogue.business.language] if not is_carried(name)]
    properties = {name: {"type": "string", "description": hint_of(spec, name, catalogue)} for name in names}
    return {"type": "object", "properties": properties, "required": []}


def openai_tool(spec: ToolSpec, catalogue: Catalogue, _base_url: str) -> Rendered:
    """A function as OpenAI's interfaces and the frameworks that follow them declare it."""
    return {
        "type": "function",
        "name": spec.name,
        "description": described(spec, catalogue),
        "parameters": json_schema(spec, catalogue),
    }


def vapi_tool(spec: ToolSpec, catalogue: Catalogue, base_url: str) -> Rendered:
    """A function tool of Vapi; the secret belongs into a credential there, not into the definition."""
    function = openai_tool(spec, catalogue, base_url)
    del function["type"]
    return {
        "type": "function",
        "async": False,
        "function": function,
        "server": {
            "url": f"{base_url.rstrip('/')}/vapi/tools",
            "timeoutSeconds": ceil(timeout_ms(catalogue.rules.deadline_ms) / 1000),
        },
        "messages": [{"type": "request-start", "content": spec.filler[catalogue.business.language]}],
    }


def elevenlabs_tool(spec: ToolSpec, catalogue: Catalogue, base_url: str) -> Rendered:
    """A server tool of ElevenLabs: the platform fills in who calls, and errors are not hidden from the model."""
    schema = json_schema(spec, catalogue)
    identity = {name: {"type": "string", "dynamic_variable": name} for name in elevenlabs.IDENTITY}
    return {
        "type": "webhook",
        "name": spec.name,
        "description": described(spec, catalogue),
        "response_timeout_secs": max(5, ceil(timeout_ms(catalogue.rules.deadline_ms) / 1000)),
        "pre_tool_speech": "force",
        "execution_mode": "immediate",
        "tool_error_handling_mode": "passthrough",
        "api_schema": {
            "url": f"{base_url.rstrip('/')}/elevenlabs/tools/{spec.name}",
            "method": "POST",
            "content_type": "application/json",
            "request_body_schema": {
                "type": "object",
                "description": described(spec, catalogue),
                "properties": {**schema["properties"], **identity},
                "required": list(identity)[:1],
            },
        },
    }


RENDERERS: Mapping[str, Callable[[ToolSpec, Catalogue, str], Rendered]] = {
    "elevenlabs": elevenlabs_tool,
    "openai": openai_tool,
    "vapi": vapi_tool,
}


def tools_for(platform: str, catalogue: Catalogue, base_url: str) -> list[Rendered]:
    """Every tool as this platform defines it."""
    return [RENDERERS[platform](spec, catalogue, base_url) for spec in TOOLS.values()]
