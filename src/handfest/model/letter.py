"""The Letter: a confirmation on its way to a customer, by e-mail or as a text message.

It names the booking and holds nothing of the customer: what it says and whom it goes to is taken from the booking
when it is sent (law 11).
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from whenever import Instant


class LetterKind(StrEnum):
    """What has happened to the booking that the letter tells of."""

    BOOKED = "booked"
    CHANGED = "changed"  # the booking took the place of an earlier one
    CANCELLED = "cancelled"


class LetterWay(StrEnum):
    """How a letter travels."""

    EMAIL = "email"
    TEXT = "text"


class LetterState(StrEnum):
    """The life of a letter."""

    WAITING = "waiting"
    SENT = "sent"
    OUTDATED = "outdated"  # what it would tell was no longer true when it could be sent
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter about one booking; unique by (business, booking, kind, way), so that none is written twice.

    `due_at` is when it is tried (again), `tries` how often it was. `trouble` says why it has not left, in words
    without an address.
    """

    business_id: str
    booking_id: str
    call_id: str
    kind: LetterKind
    way: LetterWay
    made_at: Instant
    due_at: Instant
    state: LetterState = LetterState.WAITING
    tries: int = 0
    settled_at: Instant | None = None
    trouble: str | None = None

    @property
    def id(self) -> str:
        """The same for every try: receivers know a repeat by it."""
        return f"{self.booking_id}.{self.kind.value}.{self.way.value}"

    def taken(self, until: Instant) -> "Letter":
        """The letter while one worker tries to send it; if that one stops, it is due again at `until`."""
        return replace(self, tries=self.tries + 1, due_at=until)

    def settle(self, state: LetterState, at: Instant, trouble: str | None = None) -> "Letter":
        """The letter at its end."""
        return replace(self, state=state, settled_at=at, trouble=trouble)
