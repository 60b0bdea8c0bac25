"""The Pause: a line on which nothing is offered or booked for a while; callers are called back."""

from dataclasses import dataclass

from whenever import Instant


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause of one line, named by its platform and its number (or, without one, its agent)."""

    business_id: str
    platform: str
    line: str
    since: Instant
    actor_id: str
    reason: str | None = None
