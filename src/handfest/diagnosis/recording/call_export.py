"""Reading one exported call of the voice platform (its get-call object) into a `RecordedCall`.

Shapes: the platform's call object, field by field: `transcript_with_tool_calls` (spoken turns with word
timing, tool invocations whose `arguments` are a JSON string, tool results), or, where a call has no tool
entries, `transcript_object`, or the plain `transcript` ("Agent: ..." / "User: ..." lines). `time_sec` is
present on tool entries; spoken turns carry the start of each word.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from whenever import Instant

from handfest.diagnosis.recording.recorded_call import (
    RecordedCall,
    Speaker,
    Step,
    ToolRequest,
    ToolResult,
    Utterance,
)

_SPEAKERS = {"agent": Speaker.AGENT, "user": Speaker.CALLER}
_LINE = re.compile(r"^(Agent|User): (.*)$", re.MULTILINE)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ENDED = re.compile(r"[.!?…][\"“”'’)]*\s*$")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why an exported object is no auditable call, and what to do about it."""

    cause: str
    remedy: str


class UnreadableCallError(ValueError):
    """A call object that cannot be audited was given to the audit; the message names cause and remedy."""

    def __init__(self, unreadable: Unreadable) -> None:
        super().__init__(f"{unreadable.cause}. {unreadable.remedy}")
        self.unreadable = unreadable


def parse_call(call: Mapping[str, Any]) -> RecordedCall | Unreadable:
    """One get-call object as neutral values, or the reason why it cannot be audited."""
    problem = _problem(call)
    if problem:
        return problem
    steps = _merge_split(_steps(call))
    started: float = call["start_timestamp"]
    duration = call["duration_ms"] if _number(call.get("duration_ms")) else call["end_timestamp"] - started
    version = call.get("agent_version")
    return RecordedCall(
        id=str(call["call_id"]),
        start=Instant.from_timestamp(int(started), unit="millisecond"),
        end_sec=duration / 1000,
        agent_version=version if isinstance(version, int) else None,
        hung_up_by_caller=call.get("disconnection_reason") == "user_hangup",
        steps=tuple(steps),
    )


def _problem(call: Mapping[str, Any]) -> Unreadable | None:
    if not isinstance(call.get("call_id"), str) or not _number(call.get("start_timestamp")):
        return Unreadable(
            "not a call object: `call_id` or `start_timestamp` is missing",
            "Export the calls with the platform's get-call or list-calls request, one object a line.",
        )
    if not 0 <= call["start_timestamp"] < 253_402_300_800_000:
        return Unreadable(
            "`start_timestamp` is no time in milliseconds",
            "Export the call again; times are milliseconds since 1970.",
        )
    if not _number(call.get("duration_ms")) and not _number(call.get("end_timestamp")):
        return Unreadable(
            "the call has no end: `duration_ms` and `end_timestamp` are missing",
            "Export the call again after it has ended.",
        )
    return _transcript_problem(call)


def _transcript_problem(call: Mapping[str, Any]) -> Unreadable | None:
    duration = call.get("duration_ms")
    end = call.get("end_timestamp")
    backwards = _number(duration) and duration < 0
    if backwards or (_number(end) and end < call["start_timestamp"]):
        return Unreadable(
            "the call ends before it starts (negative duration)",
            "Export the call again; its times are damaged.",
        )
    if not any(call.get(k) for k in ("transcript_with_tool_calls", "transcript_object", "transcript")):
        return Unreadable(
            "the call has no transcript",
            "Switch transcripts on for this agent, or leave out calls that were never answered.",
        )
    return None


def _number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _steps(call: Mapping[str, Any]) -> list[Step]:
    for key in ("transcript_with_tool_calls", "transcript_object"):
        entries = call.get(key)
        if isinstance(entries, list) and entries:
            return _from_entries(entries)
    lines = _LINE.findall(str(call.get("transcript") or ""))
    return _from_entries([{"role": role.lower(), "content": text} for role, text in lines])


def _from_entries(entries: Iterable[Any]) -> list[Step]:
    steps: list[Step] = []
    clock = 0.0
    for entry in entries:
        if not isinstance(entry, Mapping):
            continue
        step = _step(entry, len(steps), clock)
        if step is not None:
            steps.append(step)
            clock = step.at_sec
    return steps


def _step(entry: Mapping[str, Any], index: int, clock: float) -> Step | None:
    role = entry.get("role")
    at = float(entry["time_sec"]) if _number(entry.get("time_sec")) else clock
    if not isinstance(role, str):
        return None
    if role in _SPEAKERS:
        return _utterance(entry, index, _SPEAKERS[role], clock)
    if role == "tool_call_invocation":
        return ToolRequest(
            index, str(entry.get("tool_call_id")), str(entry.get("name") or ""), _arguments(entry), at
        )
    if role == "tool_call_result":
        delivered = entry.get("successful") is not False
        content = _spelled(_unwrapped(_content(entry.get("content"))))
        return ToolResult(index, str(entry.get("tool_call_id")), content, delivered, at)
    return None


def _utterance(entry: Mapping[str, Any], index: int, speaker: Speaker, clock: float) -> Utterance | None:
    text = str(entry.get("content") or "").strip()
    if not text:
        return None
    words = entry.get("words")
    starts = tuple(
        float(word["start"])
        for word in (words if isinstance(words, list) else ())
        if isinstance(word, dict) and _number(word.get("start"))
    )
    return Utterance(index, speaker, text, starts[0] if starts else clock, starts)


def _arguments(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    value = _content(entry.get("arguments"))
    if not isinstance(value, Mapping):
        return {}
    inner = value.get("args")
    return inner if isinstance(inner, Mapping) else value


def _content(value: Any) -> Any:
    """JSON text as its value; any other text as it is."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text.startswith(("{", "[", '"')):
        return value
    try:
        return json.loads(text)
    except ValueError:
        return value


def _spelled(content: Any) -> Any:
    """The answer where each field in camelCase also stands under its name in snake_case."""
    if isinstance(content, Mapping):
        fields = {str(name): _spelled(value) for name, value in content.items()}
        return {_HUMP.sub("_", name).lower(): value for name, value in fields.items()} | fields
    return [_spelled(value) for value in content] if isinstance(content, list) else content


def _unwrapped(content: Any) -> Any:
    """The answer inside an MCP result (`[{"type": "text", "text": ...}]`, also under `content`)."""
    parts = content.get("content") if isinstance(content, Mapping) else content
    if not isinstance(parts, list) or not parts:
        return content
    texts = [part.get("text") for part in parts if isinstance(part, Mapping) and part.get("type") == "text"]
    if len(texts) != len(parts):
        return content
    failed = isinstance(content, Mapping) and content.get("isError") is True
    inner = _content("\n".join(str(text) for text in texts))
    return {"success": False, "message": inner} if failed else inner


def _merge_split(steps: list[Step]) -> list[Step]:
    """Join an agent's sentence that the platform cut in two around a tool invocation.

    The whole sentence stands where it began; a part that ends a sentence is never joined to the next.
    """
    merged: list[Step] = []
    for step in steps:
        begun = _begun(merged) if isinstance(step, Utterance) and step.speaker is Speaker.AGENT else None
        if begun is None or not isinstance(step, Utterance):
            merged.append(step)
            continue
        first = merged[begun]
        assert isinstance(first, Utterance)
        merged[begun] = replace(
            first, text=f"{first.text} {step.text}", word_starts=first.word_starts + step.word_starts
        )
    return merged


def _begun(steps: list[Step]) -> int | None:
    """Where the unfinished agent sentence stands that only tool requests separate from now, or None."""
    for place in range(len(steps) - 1, -1, -1):
        step = steps[place]
        if isinstance(step, ToolRequest):
            continue
        if isinstance(step, Utterance) and step.speaker is Speaker.AGENT and not _ENDED.search(step.text):
            return place
        return None
    return None
