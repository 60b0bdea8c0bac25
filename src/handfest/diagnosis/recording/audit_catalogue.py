"""The catalogue as the audit reads it: services, their names and keys, and the business's zone.

The audit judges calls of any gateway, so its keys are whatever the recorded tools used: a service id, the
calendar provider's object id, or a name. A service marked as default is never used to resolve anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from handfest.model.catalogue import Catalogue

ServiceKey = int | str
"""A service id as the export writes it: an integer or a word."""


@dataclass(frozen=True, slots=True)
class AuditedService:
    """One service; `provider_id` is the calendar provider's object (an event type), None where unknown."""

    id: ServiceKey
    name: str
    aliases: tuple[str, ...] = ()
    duration_min: int | None = None
    provider_id: int | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """What a spoken or written service name stands for: exactly one service, none, or several."""

    candidates: tuple[AuditedService, ...]

    @property
    def service(self) -> AuditedService | None:
        """The one service meant, or None when the name is unknown or ambiguous."""
        return self.candidates[0] if len(self.candidates) == 1 else None


def folded(name: str) -> str:
    """The name without case, spaces and punctuation, sharp s as ss: letters and digits only."""
    return "".join(letter for letter in name.casefold().replace("ß", "ss") if letter.isalnum())


@dataclass(frozen=True, slots=True)
class AuditCatalogue:
    """The services of one business, its IANA time zone and the language its agent speaks (`de` or `en`)."""

    services: tuple[AuditedService, ...]
    time_zone: str
    language: str

    @classmethod
    def from_json(cls, catalogue: Mapping[str, Any]) -> "AuditCatalogue":
        """From one entry of a `catalogues.json`; raises KeyError without `services` or `time_zone`."""
        services = tuple(
            AuditedService(
                id=service["id"],
                name=service["name"],
                aliases=tuple(service.get("aliases") or ()),
                duration_min=service.get("duration_min"),
                provider_id=service.get("event_type_id"),
            )
            for service in catalogue["services"]
        )
        return cls(services, catalogue["time_zone"], catalogue.get("language", "de"))

    @classmethod
    def from_catalogue(cls, catalogue: Catalogue) -> "AuditCatalogue":
        """From the product's own catalogue version; hidden services count, an old call may name them."""
        services = tuple(
            AuditedService(
                service.id, service.name, service.aliases, service.duration_min, service.binding.event_type_id
            )
            for service in catalogue.services
        )
        return cls(services, catalogue.business.time_zone, catalogue.business.language)

    def by_id(self, service_id: object) -> AuditedService | None:
        """The service with this id, whether the export wrote it as a number or as text."""
        return next((service for service in self.services if str(service.id) == str(service_id)), None)

    def by_provider_id(self, provider_id: object) -> AuditedService | None:
        """The service bound to this object of the calendar provider."""
        wanted = str(provider_id)
        return next(
            (s for s in self.services if s.provider_id is not None and str(s.provider_id) == wanted), None
        )

    def by_name(self, name: str) -> Named:
        """Resolve a name: equal to a name or alias, else contained in the names of the services listed."""
        wanted = folded(name)
        if not wanted:
            return Named(())
        names = {service: self.names(service) for service in self.services}
        equal = tuple(service for service, known in names.items() if wanted in known)
        if equal:
            return Named(equal)
        return Named(tuple(s for s, known in names.items() if any(wanted in each for each in known)))

    def names(self, service: AuditedService) -> tuple[str, ...]:
        """The folded name and aliases of a service."""
        return _folded_names(service)

    def by_duration(self, minutes: int) -> tuple[AuditedService, ...]:
        """The services that take exactly this long."""
        return tuple(service for service in self.services if service.duration_min == minutes)


@lru_cache(maxsize=1 << 12)
def _folded_names(service: AuditedService) -> tuple[str, ...]:
    return tuple(folded(name) for name in (service.name, *service.aliases))
