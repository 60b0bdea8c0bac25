"""The Reply: what goes back to the voice platform, one line the agent can act on and speak."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """`ok` is false only where we could not do our job; `say` is speakable; `next` is what the agent does.

    `next`: confirm | ask | offer | done | stop. `data` holds the machine fields (offers, appointments, ...).
    """

    ok: bool
    code: str
    say: str
    next: str
    data: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The reply as it is sent, `say` before the machine fields."""
        return {"ok": self.ok, "code": self.code, "say": self.say, "next": self.next, **self.data}
