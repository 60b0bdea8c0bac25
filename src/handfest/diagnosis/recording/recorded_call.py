"""A recorded phone call in neutral values: who said what, which tool was asked, what came back, and when.

Seconds count from the start of the call. The steps keep the order of the recording, which is the order in
which things happened; the seconds serve durations and the report only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from whenever import Instant


class Speaker(StrEnum):
    """Who speaks."""

    AGENT = "agent"
    CALLER = "caller"


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words of one speaker. `word_starts` is empty when the recording has no word timing."""

    index: int
    speaker: Speaker
    text: str
    at_sec: float
    word_starts: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolRequest:
    """The agent asked a tool for something. `arguments` is empty when they were not a readable object."""

    index: int
    key: str
    tool: str
    arguments: Mapping[str, Any]
    at_sec: float


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What came back: a JSON value or plain text. `delivered` is the platform's own HTTP success flag."""

    index: int
    key: str
    content: Any
    delivered: bool
    at_sec: float


Step = Utterance | ToolRequest | ToolResult


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One call: its steps in order, and how and when it ended."""

    id: str
    start: Instant
    end_sec: float
    agent_version: int | None
    hung_up_by_caller: bool
    steps: tuple[Step, ...]
