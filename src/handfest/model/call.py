"""The Call: one phone conversation, its pin, and what was asked last."""

from dataclasses import dataclass, replace

from whenever import Instant

from handfest.model.notice import Notice
from handfest.model.wish import TimeWindow

DESK = "desk"
"""The platform of what people of the business do at their own desk, without a telephone."""


@dataclass(frozen=True, slots=True)
class Pin:
    """The service this call is about (law 2): the words that named it, how sure, and why.

    `reason` is `named` (the caller's words), `id` (a service id that an answer of ours had returned),
    `chosen` (the answer to our question) or `default` (the business's marked default, said aloud).
    """

    service_id: str
    spoken: str
    score: float
    reason: str
    evidence: str
    turn: int


@dataclass(frozen=True, slots=True)
class AuditNote:
    """One finding of the audit of a call that has ended; `at_s` is seconds into the call."""

    id: str
    at_s: float
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class CallAudited:
    """What the audit of the ended call came to. `outcome` is what its own tools left behind."""

    outcome: str
    primary: str | None
    notes: tuple[AuditNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One phone call of one business. `caller_number` is E.164, None when withheld.

    What staff do themselves is a call too, on the platform `DESK`. `active_at` is when it was last served;
    `notices` are what its next answer has to tell first.
    """

    business_id: str
    id: str
    platform: str
    started_at: Instant
    branch_id: str | None = None
    line: str | None = None
    agent_id: str | None = None
    agent_version: str | None = None
    caller_number: str | None = None
    turns: int = 0
    offers_made: int = 0
    pin: Pin | None = None
    options: tuple[str, ...] = ()
    wished_day: str | None = None
    wished_window: TimeWindow | None = None
    wished_staff: str | None = None
    ended_at: Instant | None = None
    outcome: str = "open"
    test: bool = False
    end_reason: str | None = None
    audited: CallAudited | None = None
    active_at: Instant | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def anonymous(self) -> bool:
        """True when the caller's number is withheld: such callers may book, not read."""
        return self.caller_number is None

    @property
    def at_desk(self) -> bool:
        """True if nobody is on the phone: staff did this themselves."""
        return self.platform == DESK

    def next_turn(self, at: Instant) -> "Call":
        """The call with one more turn, served at this moment."""
        return replace(self, turns=self.turns + 1, active_at=at)


@dataclass(frozen=True, slots=True)
class Callback:
    """A request to be called back: the way on that cannot fail."""

    business_id: str
    id: str
    call_id: str
    made_at: Instant
    name: str | None
    phone: str | None
    reason: str | None
    wish: str | None = None
    service_id: str | None = None
    claimed_by: str | None = None
    closed_at: Instant | None = None
    closed_by: str | None = None
    result: str | None = None

    def claim(self, actor_id: str) -> "Callback":
        """The request with somebody who sees to it."""
        return replace(self, claimed_by=actor_id)

    def close(self, actor_id: str, at: Instant, result: str) -> "Callback":
        """The request done with, and what came of it."""
        return replace(self, closed_by=actor_id, closed_at=at, result=result)
