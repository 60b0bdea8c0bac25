"""Catalogue versions and lines in memory."""

from collections.abc import Sequence
from dataclasses import replace

from whenever import Instant

from handfest.ports import LineRecord, StoredCatalogue
from handfest.storage.memory_rows import MemoryRows


class MemoryCatalogues(MemoryRows):
    """See `CatalogueStore`; methods are documented there."""

    def add_catalogue(self, business_id: str, source: str, lines: Sequence[LineRecord], at: Instant) -> int:
        """See `CatalogueStore`."""
        version = (
            max((known for owner, known in self._rows.catalogues if owner == business_id), default=0) + 1
        )
        self._rows.catalogues[business_id, version] = StoredCatalogue(business_id, version, source, at, False)
        self.activate_catalogue(business_id, version, lines)
        return version

    def activate_catalogue(self, business_id: str, version: int, lines: Sequence[LineRecord]) -> None:
        """See `CatalogueStore`."""
        for key, row in tuple(self._rows.catalogues.items()):
            if row.business_id == business_id:
                self._rows.catalogues[key] = replace(row, active=row.version == version)
        self._rows.lines[business_id] = tuple(lines)

    def catalogue(self, business_id: str, version: int | None = None) -> StoredCatalogue | None:
        """See `CatalogueStore`."""
        if version is not None:
            return self._rows.catalogues.get((business_id, version))
        return next((row for row in self.catalogues(business_id) if row.active), None)

    def catalogues(self, business_id: str) -> tuple[StoredCatalogue, ...]:
        """See `CatalogueStore`."""
        rows = (row for row in self._rows.catalogues.values() if row.business_id == business_id)
        return tuple(sorted(rows, key=lambda row: -row.version))

    def businesses(self) -> tuple[str, ...]:
        """See `CatalogueStore`."""
        return tuple(sorted({business_id for business_id, _ in self._rows.catalogues}))

    def lines(self, platform: str) -> tuple[LineRecord, ...]:
        """See `CatalogueStore`."""
        return tuple(
            line
            for business_id in sorted(self._rows.lines)
            for line in self._rows.lines[business_id]
            if line.platform == platform
        )
