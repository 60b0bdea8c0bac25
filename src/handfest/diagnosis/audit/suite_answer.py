"""The audit in the form of the sample suites: one item in, one answer out."""

from collections.abc import Mapping
from typing import Any

from handfest.diagnosis.audit.audit import audit_recorded
from handfest.diagnosis.audit.finding import CallAudit
from handfest.diagnosis.recording.audit_catalogue import AuditCatalogue
from handfest.diagnosis.recording.call_export import Unreadable, parse_call


def answer_item(item: Mapping[str, Any], catalogues: Mapping[str, Any]) -> dict[str, Any]:
    """Answer one suite item `{"id","catalogue","expected_agent_version"?,"call"}`.

    `catalogues` maps names to entries of a `catalogues.json` or to ready `AuditCatalogue`s. A call that
    cannot be audited is answered with no finding. Raises KeyError for a catalogue that is not given.
    """
    catalogue = catalogues[item["catalogue"]]
    if not isinstance(catalogue, AuditCatalogue):
        catalogue = AuditCatalogue.from_json(catalogue)
    recorded = parse_call(item["call"])
    if isinstance(recorded, Unreadable):
        return {"id": item.get("id"), "answer": _nothing()}
    audit = audit_recorded(recorded, catalogue, item.get("expected_agent_version"))
    return {"id": item.get("id"), "answer": answer_of(audit)}


def _nothing() -> dict[str, Any]:
    return {"findings": [], "outcome": "not_booked", "primary": None, "spoken_commitment": None}


def answer_of(audit: CallAudit) -> dict[str, Any]:
    """An audit as plain JSON values, in the field names of the suites."""
    findings = [
        {"id": f.id, **({"detail": f.detail} if f.detail else {}), "at_sec": round(f.at_sec, 3)}
        for f in audit.findings
    ]
    spoken = audit.spoken_commitment
    return {
        "findings": findings,
        "outcome": audit.outcome,
        "primary": audit.primary,
        "spoken_commitment": spoken
        and {"action": spoken.action, "start": spoken.start, "service_id": spoken.service_id},
    }
