"""The Change: one line of the audit log, who did what, and what it was before and after."""

from dataclasses import dataclass, field, replace
from typing import Any

from whenever import Instant

from handfest.model.actor import Actor


@dataclass(frozen=True, slots=True)
class Change:
    """Something that a person of the business, or a program of theirs, has changed.

    `what` is a stable word ("booking_cancelled", "line_paused", ...), `subject` the id of what was changed.
    `before` and `after` hold only what is different, in plain values; no names, numbers or addresses of
    customers (law 11), nor secrets.
    """

    business_id: str
    id: str
    at: Instant
    actor_id: str
    actor_name: str
    what: str
    subject: str
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def by(
        cls,
        actor: Actor,
        business_id: str,
        change_id: str,
        at: Instant,
        what: str,
        subject: str,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> "Change":
        """The line for something that this actor does."""
        return cls(business_id, change_id, at, actor.id, actor.name, what, subject, before or {}, after or {})

    def with_after(self, after: dict[str, Any]) -> "Change":
        """The line with what it was changed to, where that shows only while it is done."""
        return replace(self, after=after)
