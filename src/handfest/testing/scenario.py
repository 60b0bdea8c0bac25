"""The Scenario: calls played against a pinned clock, with what must be answered and what must stay.

A scenario is written as a TOML file (see `scenario_file`), played over the real application with real
signatures (see `scenario_play`), and held against its own expectations and against laws that hold in every
call (see `scenario_laws`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from whenever import Instant

Facts = Mapping[str, Any]
"""Plain TOML values."""


@dataclass(frozen=True, slots=True)
class Party:
    """One call: who calls which line, and which agent answers. Numbers as the platform sends them."""

    key: str
    caller: str
    line: str
    agent: str
    agent_version: int = 1

    @property
    def call_id(self) -> str:
        """The platform's id of this call, as long as the real ones."""
        return f"call_{self.key:0>27}"


@dataclass(frozen=True, slots=True)
class Ask:
    """One tool request. `shape` is wrapped | flat | root (the three bodies that Retell sends).

    `transcript` are entries of the platform's record; `tool_call_id` adds the pending invocation to it;
    `envelope` replaces fields of the call object; `signed_by` names the environment variable of the key.
    """

    call: str
    tool: str
    args: Facts = field(default_factory=dict)
    expect: Facts = field(default_factory=dict)
    shape: str = "wrapped"
    tool_call_id: str | None = None
    transcript: tuple[Facts, ...] = ()
    envelope: Facts = field(default_factory=dict)
    signed_by: str | None = None
    signed_seconds_ago: float = 0.0
    after_seconds: float = 0.0
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Together:
    """Requests that are on their way at the same time."""

    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class Advance:
    """Time passes."""

    seconds: float


@dataclass(frozen=True, slots=True)
class CallEvent:
    """The platform tells what became of a call: call_started | call_ended | call_analyzed."""

    call: str
    event: str


@dataclass(frozen=True, slots=True)
class Inbound:
    """The platform asks, before the agent says a word, what it should know."""

    call: str
    expect: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Busy:
    """Somebody or something is taken; `start` is a local wall time of the business."""

    business_id: str
    resource_id: str
    start: str
    minutes: int


@dataclass(frozen=True, slots=True)
class CalendarTurn:
    """What the memory calendar shall do next.

    `fail` is on_read | before_write | after_write with the code of a calendar fault; `answer` replaces fields
    of the next confirmation; `hold` makes read | write wait until `release`; `book` puts an appointment of
    somebody else's there, past handfest, and `forget` deletes one.
    """

    fail: str | None = None
    fault: str | None = None
    answer: Facts | None = None
    hold: str | None = None
    release: bool = False
    book: Facts | None = None
    forget: Facts | None = None


@dataclass(frozen=True, slots=True)
class Reconcile:
    """One round of the reconciler, with how many bookings it must leave in which state."""

    expect: Facts


@dataclass(frozen=True, slots=True)
class Apply:
    """A new version of a business file is applied while calls run."""

    source: str


Step = Ask | Together | Advance | CallEvent | Inbound | Busy | CalendarTurn | Reconcile | Apply


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole scenario. `businesses` are the sources of business files; `calendar` is embedded | memory.

    `end` says what the store must hold afterwards.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    now: Instant
    businesses: tuple[str, ...]
    parties: Mapping[str, Party]
    steps: tuple[Step, ...]
    end: Facts
    calendar: str = "embedded"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request as it was sent and answered; `answer` is None where there was no JSON body."""

    number: int
    call: str
    tool: str
    args: Facts
    status: int
    text: str
    answer: Facts | None


@dataclass(frozen=True, slots=True)
class Played:
    """What a scenario led to. Empty `differences` is the promise kept."""

    scenario: Scenario
    exchanges: tuple[Exchange, ...]
    differences: tuple[str, ...]
