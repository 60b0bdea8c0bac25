"""Calls as they are looked for by people, and the digests that make them findable."""

from collections.abc import Sequence
from typing import Protocol

from whenever import Instant

from handfest.model.call import Call
from handfest.model.call_filter import CallFilter
from handfest.model.digest import Digest, Figures
from handfest.model.page import Position


class CallListStore(Protocol):
    """Lists, figures and marks of calls. What staff did at their desk is no call in any of them."""

    def calls_found(
        self, business_id: str, wanted: CallFilter, limit: int, after: Position | None = None
    ) -> tuple[Call, ...]:
        """The newest calls first that fit, from behind `after` on. Found by marks is what is digested."""

    def newer_call(self, business_id: str, than: Position) -> Call | None:
        """The call that follows this position in time; what staff did at their desk is passed over."""

    def live_calls(self, business_id: str, since: Instant) -> tuple[Call, ...]:
        """Calls that have not ended and were served at or after this moment, the newest first."""

    def undigested_calls(
        self, limit: int, business_id: str | None = None, quiet_since: Instant | None = None
    ) -> tuple[Call, ...]:
        """Calls that have changed since their digest was drawn: of one business, or of all.

        With `quiet_since` only those that are over, or were served last before that moment.
        """

    def save_digest(self, digest: Digest) -> None:
        """Keep the digest in the place of an earlier one, and the call as digested."""

    def marks(self, business_id: str, kind: str, limit: int) -> tuple[tuple[str, int], ...]:
        """The values of one kind of mark and how many calls have each, in order of the values."""

    def figures_by_day(self, business_id: str, first: str, last: str) -> tuple[Figures, ...]:
        """Figures of each local day from `first` to `last`, both included (ISO); days without calls left out."""

    def figures_by_business(self, first: str, last: str) -> tuple[Figures, ...]:
        """Figures of each business over these days, for the overview of those who see several."""

    def marks_by_day(
        self, business_id: str, kind: str, first: str, last: str
    ) -> Sequence[tuple[str, str, int]]:
        """(day, value, number of calls) of one kind of mark over these days, in that order."""
