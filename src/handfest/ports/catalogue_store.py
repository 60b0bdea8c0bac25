"""Catalogue versions and the lines they answer on, as the store keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from whenever import Instant


@dataclass(frozen=True, slots=True)
class StoredCatalogue:
    """One version of a business file as it was applied."""

    business_id: str
    version: int
    source: str
    applied_at: Instant
    active: bool


@dataclass(frozen=True, slots=True)
class LineRecord:
    """A line as the store finds it: whose it is and which environment variable holds its signing key."""

    platform: str
    number: str | None
    agent_id: str | None
    signing_key_env: str | None
    business_id: str
    branch_id: str | None
    mode: str = "serve"

    @property
    def name(self) -> str:
        """What the line is called among those of its platform: its number, or else its agent."""
        return self.number or self.agent_id or ""


class CatalogueStore(Protocol):
    """Catalogue versions and the lines they answer on."""

    def add_catalogue(self, business_id: str, source: str, lines: Sequence[LineRecord], at: Instant) -> int:
        """Keep a new version, make it active, and replace the business's lines by its lines."""

    def activate_catalogue(self, business_id: str, version: int, lines: Sequence[LineRecord]) -> None:
        """Make a kept version the active one again."""

    def catalogue(self, business_id: str, version: int | None = None) -> StoredCatalogue | None:
        """This version, or the active one."""

    def catalogues(self, business_id: str) -> tuple[StoredCatalogue, ...]:
        """All versions, newest first."""

    def businesses(self) -> tuple[str, ...]:
        """The ids of all businesses."""

    def lines(self, platform: str) -> tuple[LineRecord, ...]:
        """All lines of a platform; the only look-up that is not bound to a business, since it finds it."""
