"""Plain HTTP: any platform that posts JSON. `POST /tools/{tool}` with `{"call": {...}, "args": {...}}`.

`call` is `{id, caller?, line?, agent?, agent_version?, invocation?}`; where a platform can only send the arguments,
the same stands in headers (`X-Call-Id`, ...). Neither may be left to a model to fill.
"""

from collections.abc import Mapping
from typing import Any

from handfest.model.turn import Envelope, ToolRequest
from handfest.voice.dialect import read_tool
from handfest.voice.numbers import caller_number, line_number

PLATFORM = "plain"
_HEADERS = {
    "id": "x-call-id",
    "caller": "x-caller-number",
    "line": "x-line-number",
    "agent": "x-agent-id",
    "agent_version": "x-agent-version",
    "invocation": "x-invocation-id",
}


def read_call(call: Any, headers: Mapping[str, str], platform: str = PLATFORM) -> Envelope:
    """Who is calling whom: from the call object, else from the headers."""
    given = call if isinstance(call, dict) else {}
    said = {name: text(given.get(name)) or text(headers.get(header)) for name, header in _HEADERS.items()}
    return Envelope(
        platform=platform,
        call_id=said["id"],
        line_number=line_number(said["line"]),
        agent_id=said["agent"],
        agent_version=said["agent_version"],
        caller_number=caller_number(said["caller"]),
        invocation_id=said["invocation"],
    )


def read_request(
    body: Mapping[str, Any], headers: Mapping[str, str], tool: str
) -> tuple[Envelope, ToolRequest]:
    """The envelope and the tool request; `args`, else everything beside `call`, are the arguments."""
    wrapped = body.get("args")
    arguments = (
        wrapped
        if isinstance(wrapped, dict)
        else {name: value for name, value in body.items() if name != "call"}
    )
    return read_call(body.get("call"), headers), read_tool(tool, arguments)


def text(value: Any) -> str | None:
    """A text that says something; a variable that nobody has filled ("{{...}}") says nothing (B89)."""
    found = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return found if found and "{{" not in found else None
