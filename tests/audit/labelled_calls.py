"""The labelled calls of this folder, ready to audit."""

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from audit.scenario import build_call
from handfest.diagnosis.recording.audit_catalogue import AuditCatalogue

HERE = Path(__file__).parent


@cache
def catalogues() -> dict[str, AuditCatalogue]:
    """The businesses of the labelled calls."""
    table = json.loads((HERE / "catalogues.json").read_text("utf-8"))
    return {name: AuditCatalogue.from_json(entry) for name, entry in table.items()}


@cache
def samples() -> tuple[dict[str, Any], ...]:
    """Exported calls with labels, one a row."""
    lines = (HERE / "samples.jsonl").read_text("utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


@cache
def scenarios() -> dict[str, dict[str, Any]]:
    """The short-notation calls by id, with their file's start where they have none."""
    found: dict[str, dict[str, Any]] = {}
    for name in ("de", "en", "tricky", "everyday", "broken"):
        table = tomllib.loads((HERE / f"calls_{name}.toml").read_text("utf-8"))
        for scenario in table["call"]:
            found[scenario["id"]] = {"start": table["start"]} | scenario
    return found


@cache
def examiner_calls() -> tuple[dict[str, Any], ...]:
    """The short-notation calls that were labelled before the audit ran on them."""
    files = ("examiner_calls.jsonl", "talkative_calls.jsonl")
    rows = [row for name in files for row in (HERE / name).read_text("utf-8").splitlines()]
    return tuple(json.loads(row) for row in rows)


def item(scenario: dict[str, Any]) -> dict[str, Any]:
    """A scenario as a suite item."""
    call = build_call(scenario)
    if scenario.get("bare"):
        call["transcript_with_tool_calls"] = []
    return {
        "id": scenario["id"],
        "catalogue": scenario["catalogue"],
        "expected_agent_version": scenario.get("expected_agent_version"),
        "call": call,
    }


def commitment(scenario: dict[str, Any]) -> dict[str, Any] | None:
    """The labelled commitment `[action, start, service id]` in the suite's form."""
    label = scenario.get("commitment")
    if label is None:
        return None
    action, start, service = (*label, None, None)[:3]
    return {"action": action, "start": start, "service_id": service}
