"""Recorded calls in a short notation, built into the platform's get-call objects.

One line a step: `A:` the agent, `C:` the caller, `> tool {json}` a request, `< {json or text}` its answer
(`< +4.2 ...` arrives 4.2 s after the request, `<! ...` was not delivered), `~ 9` nine seconds of silence.
`ME` in a request stands for the call's own id.
"""

import re
from datetime import datetime
from typing import Any

CALL_ID = "call_0123456789abcdef0123456789a"
_ANSWER = re.compile(r"^<(!)?\s*(?:\+([\d.]+)\s+)?(.*)$")


def build_call(scenario: dict[str, Any]) -> dict[str, Any]:
    """The get-call object of a scenario (`say`, `start`, and optionally `ends` and `version`)."""
    entries: list[dict[str, Any]] = []
    clock, asked, number = 1.2, 0.0, 0
    for line in filter(None, (raw.strip() for raw in scenario["say"].splitlines())):
        if line.startswith("~"):
            clock += float(line[1:])
        elif line.startswith(">"):
            number += 1
            asked = clock = round(clock + 0.8, 3)
            entries.append(_request(line, number, clock))
        elif line.startswith("<"):
            entry, clock = _answer(line, number, asked)
            entries.append(entry)
        else:
            entry, clock = _speech(line, clock)
            entries.append(entry)
    return _call(scenario, entries, clock)


def _request(line: str, number: int, clock: float) -> dict[str, Any]:
    tool, _, arguments = line[1:].strip().partition(" ")
    return {
        "role": "tool_call_invocation",
        "tool_call_id": f"tool_call_{number}",
        "name": tool,
        "arguments": (arguments or "{}").replace('"ME"', f'"{CALL_ID}"'),
        "time_sec": clock,
        "type": "custom",
    }


def _answer(line: str, number: int, asked: float) -> tuple[dict[str, Any], float]:
    match = _ANSWER.match(line)
    assert match is not None
    at = round(asked + float(match[2] or 1.5), 3)
    entry = {
        "role": "tool_call_result",
        "tool_call_id": f"tool_call_{number}",
        "successful": match[1] is None,
        "content": match[3],
        "time_sec": at,
    }
    return entry, at


def _speech(line: str, clock: float) -> tuple[dict[str, Any], float]:
    role = {"A": "agent", "C": "user"}[line[0]]
    text = line[2:].strip()
    clock += 0.9
    words = []
    for word in text.split():
        words.append({"word": word + " ", "start": round(clock, 3), "end": round(clock + 0.25, 3)})
        clock += 0.3
    return {"role": role, "content": text, "words": words}, round(clock, 3)


def _call(scenario: dict[str, Any], entries: list[dict[str, Any]], clock: float) -> dict[str, Any]:
    start = int(datetime.fromisoformat(scenario["start"]).timestamp() * 1000)
    duration = int((clock + 1.0) * 1000)
    return {
        "call_id": CALL_ID,
        "call_type": "phone_call",
        "agent_id": "agent_1",
        "agent_version": scenario.get("version", 42),
        "start_timestamp": start,
        "end_timestamp": start + duration,
        "duration_ms": duration,
        "disconnection_reason": "agent_hangup" if scenario.get("ends") == "agent" else "user_hangup",
        "transcript_object": [entry for entry in entries if entry["role"] in ("agent", "user")],
        "transcript_with_tool_calls": entries,
        "transcript": "",
    }


def labelled(findings: list[dict[str, Any]]) -> list[str]:
    """Findings as labels: the id, with the failure cause where there is one, sorted."""
    return sorted(f["id"] + (f":{f['detail']}" if f.get("detail") else "") for f in findings)
