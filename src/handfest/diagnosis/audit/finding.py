"""Findings of one call, and the audit's verdict on it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class CallFinding:
    """One rule broken in one call. `step` is the index of the step that shows it, `evidence` what was said or sent.

    Where that shows nothing, `shown` names the sentence that does, with its `facts`. `use` is the request's step index
    for findings about a tool request; the suppression rules need it.
    """

    id: str
    at_sec: float
    step: int
    evidence: str
    detail: str | None = None
    use: int | None = None
    shown: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict, hash=False)

    def told(self, language: str) -> str:
        """What shows it: as it was said or sent, else a sentence in this language (de or en)."""
        return self.evidence if self.shown is None else _words()[self.shown][language].format(**self.facts)


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(files("handfest.diagnosis.audit").joinpath("evidence_words.toml").read_text("utf-8"))


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
