"""Audits as plain JSON values: one call, and all calls together."""

from dataclasses import asdict
from typing import Any

from handfest.diagnosis.audit.run import Audited
from handfest.diagnosis.audit.suite_answer import answer_of
from handfest.diagnosis.audit.summary import AuditSummary
from handfest.diagnosis.registry.findings import finding_kinds


def call_data(audited: Audited, language: str) -> dict[str, Any]:
    """One audited call: verdict, and each finding with evidence, meaning, remedy and owner."""
    audit, kinds = audited.audit, finding_kinds()
    answer = answer_of(audit)
    findings = []
    for finding, row in zip(audit.findings, answer["findings"], strict=True):
        kind = kinds[finding.id].of(finding.detail)
        findings.append(
            {
                **row,
                "name": kind.name,
                "title": kind.title[language],
                "step": finding.step,
                "evidence": finding.told(language),
                "means": kind.means[language],
                "remedy": kind.remedy[language],
                "owner": kind.owner.value,
            }
        )
    return {
        "id": audited.record.id,
        "call_id": audit.call_id,
        "line": audited.record.line_no,
        "agent_version": audited.record.call.agent_version,
        **answer,
        "findings": findings,
    }


def summary_data(summary: AuditSummary, language: str) -> dict[str, Any]:
    """All calls together, each counted finding with its name, owner and remedy."""
    kinds = finding_kinds()
    data = asdict(summary)
    for row in data["findings"]:
        kind = kinds[row["id"]]
        row |= {"name": kind.name, "title": kind.title[language], "owner": kind.owner.value}
        row["remedy"] = kind.remedy[language]
    for row in data["days"]:
        row["day"] = row["day"].isoformat()
    return data
