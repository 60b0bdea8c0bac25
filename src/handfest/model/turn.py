"""The Turn: one tool invocation of one call, as it came in and as it was answered."""

from dataclasses import dataclass, field
from typing import Any

from whenever import Instant


@dataclass(frozen=True, slots=True)
class Envelope:
    """The signed identity of a request (law 6). Nothing in here comes from tool arguments."""

    platform: str
    call_id: str | None
    line_number: str | None
    agent_id: str | None
    agent_version: str | None
    caller_number: str | None
    invocation_id: str | None = None
    caller_spoke_since_result: bool | None = None
    test: bool = False


@dataclass(frozen=True, slots=True)
class ToolRequest:
    """A tool by its canonical name with canonical arguments, and how it was spelled by the agent.

    `unread` are the names of arguments that this tool does not read; they are recorded, never obeyed. `carries`
    is true for an agent that hands values of one answer to the next tool past the model.
    """

    tool: str
    arguments: dict[str, Any]
    spelled: str
    dialect: str = "handfest"
    unread: tuple[str, ...] = ()
    carries: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened in a turn: its name, milliseconds since the turn began, and plain facts."""

    name: str
    at_ms: float
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """A served turn as it is kept. `key` is the idempotency key of the invocation, where there is one."""

    business_id: str
    call_id: str
    number: int
    tool: str
    key: str | None
    at: Instant
    took_ms: float
    code: str
    reply: dict[str, Any]
    steps: tuple[Step, ...]
