"""Faults once found in what callers were taken to mean, each held as a class by phrases of the same kind."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from handfest.catalogue.index import compile_index
from handfest.catalogue.resolve import ASKED_AT_MOST, resolve_service
from handfest.model.catalogue import Service
from handfest.model.resolution import Ambiguous, Resolution, Resolved, Several

FAULTS = tomllib.loads((Path(__file__).parent / "faults.toml").read_text(encoding="utf-8"))["fault"]


def read(name: str) -> Service:
    """A service of a table; "Name, 45" says its minutes."""
    text, _, minutes = name.rpartition("; ")
    return Service(text or name, text or name, int(minutes) if text else 30)


def told(found: Resolution) -> str:
    if isinstance(found, Resolved):
        return found.service_id
    if isinstance(found, Several):
        return " + ".join(sorted(found.service_ids))
    return "ask " + " | ".join(found.service_ids[:ASKED_AT_MOST]) if isinstance(found, Ambiguous) else "none"


def fits(found: Resolution, want: str, or_asked: bool) -> bool:
    """True for the service wanted, the refusal, or a question that names two of the services wanted."""
    if isinstance(found, Ambiguous):
        asked = set(found.service_ids[:ASKED_AT_MOST])
        wanted = set(want.split(" | "))
        return len(asked & wanted) >= 2 or (or_asked and (want == "none" or asked == wanted))
    return told(found) == want


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["name"])
def test_a_fault_once_found_stays_away_as_a_class(fault: dict[str, Any]) -> None:
    index = compile_index([read(name) for name in fault["services"]], (), fault["language"])
    astray = {}
    for said, want in fault["said"].items():
        found = resolve_service(said.removeprefix("+"), index, fault["language"])
        if not fits(found, want, said.startswith("+")):
            astray[said] = (want, told(found))
    assert not astray
