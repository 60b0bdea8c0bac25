"""Findings of one call, and the audit's verdict on it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallFinding:
    """One rule broken in one call. `step` is the index of the step that shows it, `evidence` its words.

    `use` is the request's step index for findings about a tool request; the suppression rules need it.
    """

    id: str
    at_sec: float
    step: int
    evidence: str
    detail: str | None = None
    use: int | None = None


@dataclass(frozen=True, slots=True)
class SpokenCommitment:
    """What the caller must believe after the call; `start` in ISO with the local offset."""

    action: str
    start: str | None
    service_id: int | str | None


@dataclass(frozen=True, slots=True)
class CallAudit:
    """The verdict on one call. `outcome` is booked, changed, cancelled, callback, unclear or not_booked."""

    call_id: str
    findings: tuple[CallFinding, ...]
    outcome: str
    primary: str | None
    spoken_commitment: SpokenCommitment | None
