"""A spoken service name and what it resolved to. Resolve once, pin, never default (law 2)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """One service that the words could mean, with the score and the evidence that speaks for it."""

    service_id: str
    score: float
    evidence: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """The words mean exactly this service."""

    spoken: str
    service_id: str
    score: float
    evidence: str
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Several:
    """The words wish for more than one service at once ("schneiden und färben")."""

    spoken: str
    service_ids: tuple[str, ...]
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The words fit these services, best first; the caller is asked (at most three are spoken)."""

    spoken: str
    candidates: tuple[Candidate, ...]
    reason: str = "several_fit"

    @property
    def service_ids(self) -> tuple[str, ...]:
        """The ids of the candidates, best first."""
        return tuple(candidate.service_id for candidate in self.candidates)


@dataclass(frozen=True, slots=True)
class Unknown:
    """The catalogue has no such service, or the words are no wish for a service at all."""

    spoken: str
    reason: str = "not_offered"
    candidates: tuple[Candidate, ...] = ()


Resolution = Resolved | Several | Ambiguous | Unknown
