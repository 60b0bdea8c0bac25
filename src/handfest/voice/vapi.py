"""Vapi: one message with one or several tool calls, in the three shapes that are around, and its results.

The answer is HTTP 200 whatever happened (anything else is ignored), each result one line of text.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from handfest.errors import PayloadMalformed
from handfest.model.turn import Envelope, ToolRequest
from handfest.voice.dialect import read_tool
from handfest.voice.numbers import caller_number, line_number
from handfest.voice.plain import text

PLATFORM = "vapi"
OWN_HEADER = "x-vapi-secret"
SIGNATURE_HEADER, TIME_HEADER = "x-signature", "x-timestamp"
FRESH_MS = 300_000
_MILLISECONDS = 10**12


@dataclass(frozen=True, slots=True)
class VapiCall:
    """One tool call of a message: its id, its name as it has to be answered, and the request in our words."""

    id: str
    name: str
    envelope: Envelope
    request: ToolRequest


def read_calls(body: Mapping[str, Any]) -> tuple[VapiCall, ...]:
    """Every tool call in a message. Raises PayloadMalformed if there is none."""
    message = _table(body.get("message"))
    rows = message.get("toolCallList") or message.get("toolCalls")
    if not isinstance(rows, list) or not rows:
        raise PayloadMalformed("the message holds no toolCallList")
    envelope = read_envelope(message)
    return tuple(_one(_table(row), envelope) for row in rows)


def is_request(body: Mapping[str, Any]) -> bool:
    """False for the other messages that Vapi sends to the same address (status, transcript, report, ...)."""
    kind = _table(body.get("message")).get("type")
    return kind in (None, "tool-calls")


def ended(body: Mapping[str, Any]) -> Envelope | None:
    """Which call a message says is over; None if it says something else."""
    message = _table(body.get("message"))
    over = message.get("type") == "end-of-call-report" or message.get("status") == "ended"
    return read_envelope(message) if over else None


def read_envelope(message: Mapping[str, Any]) -> Envelope:
    """Who is calling whom, from the message around the tool calls."""
    call = _table(message.get("call"))
    customer = _table(message.get("customer")) or _table(call.get("customer"))
    number = _table(message.get("phoneNumber")) or _table(call.get("phoneNumber"))
    assistant = _table(message.get("assistant"))
    return Envelope(
        platform=PLATFORM,
        call_id=text(call.get("id")),
        line_number=line_number(text(number.get("number"))),
        agent_id=text(call.get("assistantId")) or text(assistant.get("id")),
        agent_version=text(message.get("assistantVersion")),
        caller_number=caller_number(text(customer.get("number"))),
    )


def signed(raw: bytes, headers: Mapping[str, str], key: str, now_ms: int) -> bool:
    """True if `timestamp.body` was signed with this key within five minutes."""
    signature, stamp = headers.get(SIGNATURE_HEADER, ""), headers.get(TIME_HEADER, "")
    if not key or not signature or not (stamp.isascii() and stamp.isdigit()) or len(stamp) > 15:
        return False
    at_ms = int(stamp) if int(stamp) >= _MILLISECONDS else int(stamp) * 1000
    expected = hmac.new(key.encode(), stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
    given = signature.removeprefix("sha256=").casefold()
    return abs(now_ms - at_ms) <= FRESH_MS and hmac.compare_digest(expected.encode(), given.encode())


def results(answers: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """The body of the answer: by the id of each call its name and its one line."""
    return {
        "results": [
            {"toolCallId": call_id, "name": name, "result": line} for call_id, (name, line) in answers.items()
        ]
    }


def _one(row: Mapping[str, Any], envelope: Envelope) -> VapiCall:
    function = _table(row.get("function"))
    call_id, name = text(row.get("id")), text(row.get("name")) or text(function.get("name"))
    if call_id is None or name is None:
        raise PayloadMalformed("a tool call has no id or no name")
    arguments = row.get("arguments", row.get("parameters", function.get("arguments")))
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments or "{}")
        except ValueError as error:
            raise PayloadMalformed(f"the arguments of {name} are not JSON: {error}") from error
    mine = replace(envelope, invocation_id=call_id)
    return VapiCall(call_id, name, mine, read_tool(name, _table(arguments)))


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
