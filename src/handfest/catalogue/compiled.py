"""A catalogue made ready for serving one branch: filtered, indexed, and kept by version."""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from zoneinfo import ZoneInfo

from handfest.catalogue.index import ServiceIndex, compile_index
from handfest.catalogue.parse import parse_business
from handfest.catalogue.resolve import resolve_service
from handfest.errors import ConfigurationError
from handfest.model.catalogue import Catalogue, Service, Staff
from handfest.model.resolution import Resolution
from handfest.ports import StoredCatalogue

INDEXES_KEPT = 64
"""Indexes kept beyond the shelf, for what changes without its services."""

HEARD_MAX = 256
"""Wordings kept with what they mean, per version and branch."""


@dataclass(frozen=True, slots=True)
class CompiledCatalogue:
    """What one line of a business offers: only its branch's services, staff and resources (B11)."""

    catalogue: Catalogue
    index: ServiceIndex
    branch_id: str | None
    zone: ZoneInfo
    _heard: dict[str, Resolution] = field(default_factory=dict, compare=False, repr=False)

    @property
    def language(self) -> str:
        """The language of the sentences spoken."""
        return self.catalogue.business.language

    def service_of(self, said: str) -> Resolution:
        """What these words about a service mean (see `resolve_service`). Callers say the same few names."""
        known = self._heard.get(said)
        if known is None:
            if len(self._heard) >= HEARD_MAX:
                self._heard.clear()
            known = self._heard[said] = resolve_service(said, self.index, self.language)
        return known


def of_branch(catalogue: Catalogue, branch_id: str | None) -> Catalogue:
    """The catalogue with only what this branch has; things that name no branch belong to all."""

    def here(branches: tuple[str, ...]) -> bool:
        return not branches or branch_id in branches

    staff = tuple(person for person in catalogue.staff if here(person.branches))
    return replace(
        catalogue,
        services=tuple(service for service in catalogue.services if here(service.branches)),
        staff=staff,
        resources=tuple(resource for resource in catalogue.resources if here(resource.branches)),
    )


def compile_catalogue(catalogue: Catalogue, branch_id: str | None) -> CompiledCatalogue:
    """Make a catalogue ready for the lines of a branch."""
    mine = of_branch(catalogue, branch_id)
    offered = tuple(service for service in mine.services if not service.hidden)
    business = catalogue.business
    index = _index(offered, mine.staff, business.language, tuple(business.vocabulary))
    branch = mine.branch(branch_id)
    # The zone times are spoken in: the branch's, else the business's.
    zone = ZoneInfo((branch and branch.time_zone) or business.time_zone)
    return CompiledCatalogue(mine, index, branch_id, zone)


@lru_cache(maxsize=INDEXES_KEPT)
def _index(
    services: tuple[Service, ...], staff: tuple[Staff, ...], language: str, vocabulary: tuple[str, ...]
) -> ServiceIndex:
    """The index of these services: a version with other hours, or a draft, understands callers by the same."""
    return compile_index(services, staff, language, vocabulary)


class Shelf:
    """Compiled catalogues by business, version and branch. A version never changes, so none goes stale."""

    KEPT_MAX = 512

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, int, str | None], CompiledCatalogue] = {}

    def compiled(self, stored: StoredCatalogue, branch_id: str | None) -> CompiledCatalogue:
        """The stored version made ready, compiled at most once."""
        key = (stored.business_id, stored.version, branch_id)
        if key not in self._compiled:
            parsed = parse_business(stored.source)
            if not isinstance(parsed, Catalogue):
                raise ConfigurationError(
                    f"version {stored.version} of {stored.business_id} cannot be read any more: "
                    f"{parsed[0].cause}; apply a corrected file"
                )
            if len(self._compiled) >= self.KEPT_MAX:
                self._compiled.pop(next(iter(self._compiled)))
            self._compiled[key] = compile_catalogue(replace(parsed, version=stored.version), branch_id)
        return self._compiled[key]
