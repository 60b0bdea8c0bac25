"""The audit of one recorded call: which findings of HF401-HF423 apply, how it ended, what to repair first.

The audit reads a call as its tools and speakers left it and asks nobody. Where a rule cannot tell, it reports
nothing: an accused healthy call costs more trust than a missed finding.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handfest.diagnosis.audit.claims import claim_findings
from handfest.diagnosis.audit.course import course_findings, gave_up
from handfest.diagnosis.audit.evidence import CallEvidence
from handfest.diagnosis.audit.finding import CallAudit
from handfest.diagnosis.audit.service import service_findings
from handfest.diagnosis.audit.spoken_result import commitment
from handfest.diagnosis.audit.times import time_findings
from handfest.diagnosis.audit.tools import tool_findings
from handfest.diagnosis.audit.verdict import first_of_each, outcome_of, primary_of, unsuppressed
from handfest.diagnosis.recording.audit_catalogue import AuditCatalogue
from handfest.diagnosis.recording.call_export import Unreadable, UnreadableCallError, parse_call
from handfest.diagnosis.recording.recorded_call import RecordedCall


def audit_call(
    call: Mapping[str, Any], catalogue: AuditCatalogue, expected_agent_version: int | None = None
) -> CallAudit:
    """Audit one exported call object against the catalogue of its business.

    Raises UnreadableCallError for an object that is no auditable call; `call_file.read_calls` reads files and
    reports such lines as values instead.
    """
    recorded = parse_call(call)
    if isinstance(recorded, Unreadable):
        raise UnreadableCallError(recorded)
    return audit_recorded(recorded, catalogue, expected_agent_version)


def audit_recorded(
    call: RecordedCall, catalogue: AuditCatalogue, expected_agent_version: int | None = None
) -> CallAudit:
    """Audit a call that has been read already. The same call always gets the same verdict."""
    evidence = CallEvidence(call, catalogue)
    raised = [
        *tool_findings(evidence),
        *service_findings(evidence),
        *time_findings(evidence),
        *claim_findings(evidence),
        *course_findings(evidence, expected_agent_version),
    ]
    findings = unsuppressed(raised, evidence)
    outcome = outcome_of(evidence)
    believes = commitment(evidence)
    left = gave_up(evidence, findings, outcome, believes is not None)
    reported = first_of_each([*findings, *([left] if left is not None else [])])
    shown = tuple(f if f.id == "HF411" else replace(f, detail=None) for f in reported)
    return CallAudit(call.id, shown, outcome, primary_of(shown, outcome, evidence), believes)
