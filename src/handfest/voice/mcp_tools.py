"""MCP: our tools in its words. Who calls is not part of the protocol, so it comes in headers or in `_meta`.

Headers are `X-Call-Id` (as Vapi sends it), `X-Caller-Number`, `X-Line-Number`, `X-Agent-Id`; `_meta` has `call_id`,
`caller`, `line`, `agent`. Both are written by the client, never by a model.
"""

from collections.abc import Mapping
from typing import Any

from handfest.desk.tools import TOOLS
from handfest.model.catalogue import Catalogue
from handfest.model.turn import Envelope
from handfest.voice.plain import read_call
from handfest.voice.retell_tools import described
from handfest.voice.tool_schema import json_schema

PLATFORM = "mcp"


def mcp_tools(catalogue: Catalogue) -> list[dict[str, Any]]:
    """What `tools/list` answers: name, description, input schema, and whether a tool changes anything."""
    return [
        {
            "name": spec.name,
            "description": described(spec, catalogue),
            "inputSchema": json_schema(spec, catalogue),
            "annotations": {"readOnlyHint": spec.effect == "read", "openWorldHint": False},
        }
        for spec in TOOLS.values()
    ]


def read_envelope(meta: Mapping[str, Any], headers: Mapping[str, str]) -> Envelope:
    """Who is calling whom. A request's JSON-RPC id is no invocation: it is unique on its connection only."""
    said = {name: meta.get(name) for name in ("caller", "line", "agent", "agent_version")}
    return read_call({"id": meta.get("call_id"), **said}, headers, PLATFORM)
