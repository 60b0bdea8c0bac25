"""Catalogue versions read before: a version never changes, and its text need not be read for every turn."""

from handfest.ports import StoredCatalogue

KEPT_MAX = 512


class Versions:
    """Active versions by business and number. Only what was committed may be put in."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int], StoredCatalogue] = {}

    def get(self, business_id: str, version: int) -> StoredCatalogue | None:
        """The version as it was read before."""
        return self._kept.get((business_id, version))

    def keep(self, stored: StoredCatalogue) -> None:
        """Remember a version; of many the one that came first goes."""
        if len(self._kept) >= KEPT_MAX:
            self._kept.pop(next(iter(self._kept)), None)
        self._kept[stored.business_id, stored.version] = stored
