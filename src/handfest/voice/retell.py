"""Retell: its request bodies turned into an envelope and a tool request.

Three shapes (contract 1.1): wrapped `{name, call, args}`; flat arguments with `call` beside them; arguments
at the root with nothing else, which has no identity. The call is read from `call`, never from arguments.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handfest.errors import PayloadMalformed
from handfest.model.turn import Envelope, ToolRequest
from handfest.voice.dialect import read_tool
from handfest.voice.numbers import caller_number, line_number

PLATFORM = "retell"
TEST_MARK = "handfest_test"
"""The key of a call's metadata that marks it, and what is booked in it, as a test."""


@dataclass(frozen=True, slots=True)
class RetellRequest:
    """One tool request. `envelope.call_id` is None where the body carries no call."""

    envelope: Envelope
    request: ToolRequest


def read_json(body: bytes) -> Mapping[str, Any]:
    """The body as a JSON object. Raises PayloadMalformed."""
    try:
        value = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise PayloadMalformed(f"the body is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise PayloadMalformed(f"the body is a JSON {type(value).__name__}, not an object")
    return value


def read_request(body: Mapping[str, Any], tool_in_path: str | None) -> RetellRequest:
    """The envelope and the tool request. Raises PayloadMalformed if no tool is named anywhere."""
    call = body.get("call")
    call = call if isinstance(call, dict) else {}
    wrapped = body.get("args")
    if isinstance(wrapped, dict):
        named, arguments = body.get("name"), wrapped
    else:
        named = body.get("name") if tool_in_path is None else None
        at_root = {key: value for key, value in body.items() if key != "call"}
        if tool_in_path is None:
            at_root.pop("name", None)
        arguments = at_root
    spelled = tool_in_path or (named if isinstance(named, str) else None)
    if not spelled:
        raise PayloadMalformed("no tool is named: neither in the path nor as `name` in the body")
    return RetellRequest(read_envelope(call, spelled), read_tool(spelled, arguments))


def read_envelope(call: Mapping[str, Any], spelled: str | None = None) -> Envelope:
    """Who is calling whom, from the signed call object only (law 6)."""
    inbound = call.get("direction") != "outbound"
    here, there = ("to_number", "from_number") if inbound else ("from_number", "to_number")
    version = call.get("agent_version")
    entries = call.get("transcript_with_tool_calls")
    entries = entries if isinstance(entries, list) else []
    return Envelope(
        platform=PLATFORM,
        call_id=_text(call.get("call_id")),
        line_number=line_number(_text(call.get(here))),
        agent_id=_text(call.get("agent_id")),
        agent_version=str(version) if version is not None else None,
        caller_number=caller_number(_text(call.get(there))),
        invocation_id=_invocation(entries, spelled) if spelled else None,
        caller_spoke_since_result=_spoke_since_result(entries),
        test=_is_test(call.get("metadata")),
    )


def _is_test(metadata: Any) -> bool:
    """Whether whoever placed the call said, under the line's key, that it is a test."""
    return isinstance(metadata, dict) and metadata.get(TEST_MARK) is True


def _text(value: Any) -> str | None:
    text = value.strip() if isinstance(value, str) else ""
    return text or None


def _invocation(entries: Sequence[Any], spelled: str) -> str | None:
    """The id of the pending invocation, where the platform sends it: the last entry, without a result."""
    for entry in reversed(entries):
        if not isinstance(entry, dict):
            continue
        if entry.get("role") == "tool_call_invocation" and entry.get("name") == spelled:
            return _text(entry.get("tool_call_id"))
        if entry.get("role") == "tool_call_result":
            return None
    return None


def _spoke_since_result(entries: Sequence[Any]) -> bool | None:
    """Whether the caller has said anything since our last answer; None if the platform does not show it."""
    roles = [entry.get("role") for entry in entries if isinstance(entry, dict)]
    if "tool_call_result" not in roles:
        return None
    last = len(roles) - 1 - roles[::-1].index("tool_call_result")
    return "user" in roles[last + 1 :]
