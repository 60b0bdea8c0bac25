"""From all findings to the verdict: what silences what, how the call ended, which cause comes first."""

from collections.abc import Iterable

from handfest.diagnosis.audit.evidence import CallEvidence
from handfest.diagnosis.audit.finding import CallFinding
from handfest.diagnosis.audit.service import wrong_default_booked
from handfest.diagnosis.hearing.spoken_time import read_times
from handfest.diagnosis.recording.tool_use import CHANGING
from handfest.diagnosis.recording.tool_words import ToolKind

_ORDER = (
    "HF413", "HF412", "HF410", "HF408", "HF404", "HF403", "HF401", "HF422", "HF409", "HF420", "HF402",
    "HF419", "HF418", "HF417", "HF411", "HF405", "HF406", "HF415",
)  # fmt: skip
_ALWAYS_BAD = frozenset({"HF401", "HF404", "HF406", "HF409", "HF415", "HF420", "HF422"})
_LAST_RESORT = ("HF407", "HF414", "HF423")
_DONE = {ToolKind.BOOKING: "booked", ToolKind.RESCHEDULE: "changed", ToolKind.CANCEL: "cancelled"}


def outcome_of(evidence: CallEvidence) -> str:
    """How the call ended by what tools answered; words never count."""
    done = [use for use in evidence.uses if use.kind in CHANGING and use.succeeded]
    if done:
        return _DONE[max(done, key=lambda use: use.result_index).kind]
    if any(use.kind is ToolKind.CALLBACK and use.succeeded for use in evidence.uses):
        return "callback"
    attempts = [use for use in evidence.uses if use.kind in (ToolKind.BOOKING, ToolKind.RESCHEDULE)]
    pending = any(use.outcome is None or use.outcome.pending or use.cause == "timeout" for use in attempts)
    return "unclear" if pending else "not_booked"


def unsuppressed(findings: Iterable[CallFinding], evidence: CallEvidence) -> list[CallFinding]:
    """Drop what a stronger finding of the same request or answer already explains."""
    findings = list(findings)
    spoilt = {f.use for f in findings if f.id in ("HF413", "HF412", "HF408")} - {None}
    shifted = {f.use for f in findings if f.id == "HF422"} - {None}
    other_service = {f.use for f in findings if f.id == "HF401"} - {None}
    explained = {
        f.use for f in findings if f.id in ("HF410", "HF412", "HF413", "HF408", "HF417", "HF418")
    } - {None}
    kept: list[CallFinding] = []
    for finding in findings:
        silenced = (
            (finding.id in ("HF402", "HF409") and finding.use in spoilt | shifted)
            or (finding.id == "HF417" and finding.use in other_service)
            or (finding.id == "HF411" and finding.use in explained)
            or (finding.id == "HF407" and shifted and _about_shift(finding, shifted, evidence))
        )
        if not silenced:
            kept.append(finding)
    return kept


def _about_shift(finding: CallFinding, shifted: set[int | None], evidence: CallEvidence) -> bool:
    """Whether an availability claim speaks of the time that a zone error moved."""
    clocks = read_times(finding.evidence, evidence.reading.language, evidence.reading.today).clocks
    moved = [use.asked.start.minutes for use in evidence.uses if use.request.index in shifted]
    return not clocks or any(
        minutes is not None and clock.fits(minutes) for clock in clocks for minutes in moved
    )


def first_of_each(findings: Iterable[CallFinding]) -> tuple[CallFinding, ...]:
    """One finding for each id and failure cause, at the first place it happened, in order of time."""
    first: dict[tuple[str, str | None], CallFinding] = {}
    for finding in sorted(findings, key=lambda f: (f.at_sec, f.step, f.id)):
        first.setdefault((finding.id, finding.detail if finding.id == "HF411" else None), finding)
    return tuple(first.values())


def primary_of(findings: tuple[CallFinding, ...], outcome: str, evidence: CallEvidence) -> str | None:
    """The finding to repair first; None where the call ended well in spite of what is reported."""
    if not _is_bad(findings, outcome, evidence):
        return None
    causes = [f for f in findings if f.id in _ORDER]
    if causes:
        return min(causes, key=lambda f: (f.at_sec, _ORDER.index(f.id))).id
    ids = {finding.id for finding in findings}
    return next((id_ for id_ in _LAST_RESORT if id_ in ids), None)


def _is_bad(findings: tuple[CallFinding, ...], outcome: str, evidence: CallEvidence) -> bool:
    ids = {finding.id for finding in findings}
    if ids & _ALWAYS_BAD:
        return True
    if "HF403" in ids and wrong_default_booked(evidence):
        return True
    return bool(ids) and outcome in ("not_booked", "unclear", "callback")
