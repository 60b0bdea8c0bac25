"""The vocabulary of recorded tools, read once from data: what they are called, take, and answer."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any


class ToolKind(StrEnum):
    """What a tool does."""

    AVAILABILITY = "availability"
    BOOKING = "booking"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"
    HOLD = "hold"
    CALLBACK = "callback"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why an answer failed; `calendar` marks a failure of the calendar or back end itself."""

    id: str
    calendar: bool
    pattern: re.Pattern[str]


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("handfest.diagnosis.recording").joinpath(name).read_text("utf-8"))


@cache
def argument_names() -> Mapping[str, tuple[str, ...]]:
    """Meaning of an argument -> the names it goes by."""
    return {meaning: tuple(names) for meaning, names in _table("tool_words.toml")["argument"].items()}


@cache
def answer_names() -> Mapping[str, tuple[str, ...]]:
    """Meaning of a field or value of an answer -> the names it goes by."""
    return {meaning: tuple(names) for meaning, names in _table("tool_words.toml")["answer"].items()}


@cache
def failure_causes() -> tuple[Cause, ...]:
    """The causes of failure in the order in which they are looked for."""
    rows = _table("failure_causes.toml")["cause"]
    return tuple(Cause(row["id"], bool(row.get("calendar")), re.compile(row["pattern"])) for row in rows)


@cache
def name_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Tool name hints, in the order in which they are tried."""
    return tuple((row["id"], re.compile(row["pattern"])) for row in _table("tool_kinds.toml")["kind"])


def first(values: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """The first of these fields that holds something, else None; an empty text holds nothing."""
    for name in names:
        value = values.get(name)
        if value is not None and value != "":
            return value
    return None
