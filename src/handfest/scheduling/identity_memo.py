"""Keeps what was made from values that never change and are too large to compare."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class IdentityMemo(Generic[T]):
    """Results by the objects they were made from: the very same, not equal ones.

    It holds on to those objects, so that the id of each stays its own; of more than `most` results the oldest go.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[tuple[object, ...], tuple[tuple[object, ...], T]] = {}

    def of(self, parts: tuple[object, ...], names: tuple[str | None, ...], make: Callable[[], T]) -> T:
        """What `make` gives for these objects and names, made at most once while it is kept."""
        key = (*map(id, parts), *names)
        kept = self._kept.get(key)
        if kept is not None:
            return kept[1]
        made = make()
        while len(self._kept) >= self._most:
            self._kept.pop(next(iter(self._kept)), None)
        self._kept[key] = parts, made
        return made

    def cache_clear(self) -> None:
        """Forget everything, as `functools.lru_cache` does."""
        self._kept.clear()
