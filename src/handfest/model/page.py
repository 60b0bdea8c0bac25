"""Pages of long lists: where one ended is where the next begins, however much was added in between."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from whenever import Instant

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Position:
    """The place of a row in a list ordered by a moment (to the millisecond) and, among equals, by id."""

    at: Instant
    id: str


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list, and the position after which the next ones come; None at the end."""

    rows: tuple[T, ...]
    next: Position | None = None


def page_of(rows: Sequence[T], positions: Sequence[Position], limit: int) -> Page[T]:
    """The first `limit` rows of those found, one more of which tells that there is a next page."""
    assert len(rows) == len(positions), "every row has its position"
    if len(rows) <= limit:
        return Page(tuple(rows))
    return Page(tuple(rows[:limit]), positions[limit - 1])
