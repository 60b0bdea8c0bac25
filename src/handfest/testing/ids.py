"""Ids for tests: counted, so that a run reads the same every time."""

from collections import Counter


class CountedIds:
    """bk_1, bk_2, cb_1, ..."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def new(self, prefix: str) -> str:
        """See `IdSource`."""
        self._counts[prefix] += 1
        return f"{prefix}_{self._counts[prefix]}"
