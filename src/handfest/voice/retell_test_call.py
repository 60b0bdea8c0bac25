"""What Retell sends about a call, written by ourselves for a test call: the same bodies, marked as a test."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handfest.ports import LineRecord
from handfest.voice.retell import TEST_MARK

Entry = Mapping[str, Any]
"""One entry of a transcript with tool calls, in the platform's own shape."""


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """A test call on a line: its id, when it began (epoch milliseconds) and the number it comes from."""

    line: LineRecord
    call_id: str
    began_ms: int
    caller: str

    def body(self, entries: Sequence[Entry], **more: Any) -> dict[str, Any]:
        """The call object with everything said and asked so far."""
        return {
            "call_id": self.call_id,
            "call_type": "phone_call",
            "agent_id": self.line.agent_id,
            "agent_version": 0,
            "direction": "inbound",
            "from_number": self.caller,
            "to_number": self.line.number,
            "start_timestamp": self.began_ms,
            "metadata": {TEST_MARK: True},
            "transcript_with_tool_calls": list(entries),
            **more,
        }


def spoken_entry(role: str, text: str, at_s: float) -> Entry:
    """Somebody (`agent` or `user`) says something."""
    return {"role": role, "content": text, "words": [{"word": "", "start": at_s}]}


def asked_entry(key: str, tool: str, arguments: Mapping[str, Any], at_s: float) -> Entry:
    """The agent calls a tool; `key` is the platform's id of this invocation."""
    said = json.dumps(dict(arguments), ensure_ascii=False)
    return {
        "role": "tool_call_invocation",
        "tool_call_id": key,
        "name": tool,
        "arguments": said,
        "time_sec": at_s,
    }


def told_entry(key: str, content: str, at_s: float) -> Entry:
    """The tool has answered."""
    return {"role": "tool_call_result", "tool_call_id": key, "content": content, "time_sec": at_s}


def last_answer(entries: Sequence[Entry]) -> Mapping[str, Any] | None:
    """The newest answer of a tool among these entries, as an object; None if there is none."""
    for entry in reversed(entries):
        if entry.get("role") == "tool_call_result":
            found: Mapping[str, Any] = json.loads(str(entry["content"]))
            return found
    return None
