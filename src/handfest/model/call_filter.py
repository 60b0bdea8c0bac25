"""What calls are looked for by."""

from collections.abc import Iterable
from dataclasses import dataclass

from whenever import Instant


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Every field narrows; None (or no mark) leaves it open. [first, last) is when the call began.

    `marks` are what the digest of a call says of it ("outcome:booked", "finding:HF403", "word:beratung", ...).
    """

    marks: frozenset[str] = frozenset()
    first: Instant | None = None
    last: Instant | None = None

    @classmethod
    def of(
        cls, pairs: Iterable[tuple[str, str | None]], first: Instant | None, last: Instant | None
    ) -> "CallFilter":
        """A filter of those pairs of kind and value that have a value."""
        return cls(frozenset(mark(kind, value) for kind, value in pairs if value is not None), first, last)


def mark(kind: str, value: str) -> str:
    """One thing that a call can be found by."""
    return f"{kind}:{value}"
