"""What a platform's record of a call leaves out and ours has: the tools that were asked, at their seconds.

Some events carry the words of a call without its tools. A booking that we made would then be one that nobody made, and
the agent who said so would be accused of it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from whenever import Instant

from handfest.model.turn import TurnRecord

_TELLS = frozenset(
    {"offered", "booked", "changed", "cancelled", "callback_taken", "appointments", "pending", "no_openings"}
    | {"slot_taken", "outside_hours"}
)
"""Answers that a time, an appointment or a callback is told by."""
_TOOLS = ("tool_call_invocation", "tool_call_result")


def with_turns(call: Mapping[str, Any], turns: Sequence[TurnRecord]) -> Mapping[str, Any] | None:
    """The call object with our turns among its words; as it is where it has tools, or where no turn of ours told
    anything that an agent could pass on.

    None where the words have no seconds: nobody can tell what was said before which answer.
    """
    entries = _entries(call)
    if not any(turn.code in _TELLS for turn in turns) or any(
        entry.get("role") in _TOOLS for entry in entries
    ):
        return call
    started = call.get("start_timestamp")
    spoken = [(_second(entry), entry) for entry in entries if str(entry.get("content") or "").strip()]
    if isinstance(started, bool) or not isinstance(started, int | float) or not spoken:
        return None
    if any(second is None for second, _ in spoken):
        return None
    begin = Instant.from_timestamp(int(started), unit="millisecond")
    asked = [(entry["time_sec"], entry) for turn in turns for entry in _of_turn(turn, begin)]
    # Sorted by the second alone, which keeps an answer behind its question.
    whole = sorted([*((second or 0.0, entry) for second, entry in spoken), *asked], key=lambda pair: pair[0])
    return {**call, "transcript_with_tool_calls": [entry for _, entry in whole]}


def _entries(call: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    for field in ("transcript_with_tool_calls", "transcript_object"):
        entries = call.get(field)
        if isinstance(entries, list) and entries:
            return [entry for entry in entries if isinstance(entry, Mapping)]
    return []


def _second(entry: Mapping[str, Any]) -> float | None:
    words = entry.get("words")
    first = words[0] if isinstance(words, list) and words and isinstance(words[0], Mapping) else {}
    start = first.get("start")
    return float(start) if isinstance(start, int | float) and not isinstance(start, bool) else None


def _of_turn(turn: TurnRecord, begin: Instant) -> Iterator[dict[str, Any]]:
    heard: Mapping[str, Any] = next((step.facts for step in turn.steps if step.name == "heard"), {})
    key, second = f"turn_{turn.number}", max(0.0, (turn.at - begin).total("seconds"))
    yield {
        "role": "tool_call_invocation",
        "tool_call_id": key,
        "name": str(heard.get("spelled") or turn.tool),
        "arguments": json.dumps(heard.get("arguments") or {}, ensure_ascii=False),
        "time_sec": second,
    }
    yield {
        "role": "tool_call_result",
        "tool_call_id": key,
        "content": json.dumps(turn.reply, ensure_ascii=False, default=str),
        "time_sec": second + turn.took_ms / 1000,
    }
