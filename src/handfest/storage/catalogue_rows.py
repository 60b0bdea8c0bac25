"""Catalogue versions and lines in the database."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from whenever import Instant

from handfest.ports import LineRecord, StoredCatalogue
from handfest.storage import statements as sql
from handfest.storage.codec import decode, encode
from handfest.storage.moments import instant, millis
from handfest.storage.sql_rows import SqlRows


@lru_cache(maxsize=4096)
def _line(body: str) -> LineRecord:
    # Every request reads the lines to find its own; hundreds of them, nearly always the same ones.
    return decode(LineRecord, body)


class CatalogueRows(SqlRows):
    """See `CatalogueStore`; methods are documented there."""

    def add_catalogue(self, business_id: str, source: str, lines: Sequence[LineRecord], at: Instant) -> int:
        """See `CatalogueStore`."""
        self._lock(business_id, "catalogue")
        known = self.catalogues(business_id)
        version = known[0].version + 1 if known else 1
        self._run(
            self._inserts.add_catalogue,
            business_id=business_id,
            version=version,
            source=source,
            applied_at=millis(at),
            active=False,
        )
        self.activate_catalogue(business_id, version, lines)
        return version

    def activate_catalogue(self, business_id: str, version: int, lines: Sequence[LineRecord]) -> None:
        """See `CatalogueStore`."""
        self._lock(business_id, "catalogue")
        self._run(sql.DEACTIVATE, business=business_id)
        self._run(sql.ACTIVATE, business=business_id, number=version)
        self._run(sql.DROP_LINES, business=business_id)
        for position, line in enumerate(lines):
            self._run(
                self._inserts.add_line,
                business_id=business_id,
                position=position,
                platform=line.platform,
                body=encode(line),
            )

    def catalogue(self, business_id: str, version: int | None = None) -> StoredCatalogue | None:
        """See `CatalogueStore`."""
        if version is None:
            return self._active(business_id)
        found = self._stored(sql.CATALOGUE_VERSION, business=business_id, number=version)
        return found[0] if found else None

    def _active(self, business_id: str) -> StoredCatalogue | None:
        version = self._connection.execute(sql.ACTIVE_VERSION, {"business": business_id}).scalar()
        if version is None:
            return None
        known = self._versions.get(business_id, version) if self._versions is not None else None
        if known is not None:
            return known
        stored = self.catalogue(business_id, version)
        if self._versions is not None and stored is not None:
            self._versions.keep(stored)
        return stored

    def catalogues(self, business_id: str) -> tuple[StoredCatalogue, ...]:
        """See `CatalogueStore`."""
        return self._stored(sql.CATALOGUES, business=business_id)

    def _stored(self, statement: Any, **values: Any) -> tuple[StoredCatalogue, ...]:
        return tuple(
            StoredCatalogue(
                business_id,
                version,
                source,
                instant(applied_at),
                bool(active),
            )
            for business_id, version, source, applied_at, active in self._connection.execute(
                statement, values
            )
        )

    def businesses(self) -> tuple[str, ...]:
        """See `CatalogueStore`."""
        return tuple(self._connection.execute(sql.BUSINESSES).scalars())

    def lines(self, platform: str) -> tuple[LineRecord, ...]:
        """See `CatalogueStore`."""
        bodies = self._connection.execute(sql.LINES, {"name": platform}).scalars()
        return tuple(_line(body) for body in bodies)
