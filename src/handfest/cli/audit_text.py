"""Audits as lines of text, at most 100 columns wide."""

from collections.abc import Iterator
from textwrap import wrap

from handfest.diagnosis.audit.run import Audited
from handfest.diagnosis.audit.summary import AuditSummary
from handfest.diagnosis.registry.findings import finding_kinds

WIDTH = 100
_TOOLS_SHOWN = 5
_DAYS_SHOWN = 31
_EVIDENCE_MAX = 240


def call_lines(audited: Audited, language: str) -> Iterator[str]:
    """One call: how it ended, what was found with evidence and remedy, and what to repair first."""
    audit, kinds = audited.audit, finding_kinds()
    primary = f", repair first: {audit.primary} {kinds[audit.primary].name}" if audit.primary else ""
    found = "no findings" if not audit.findings else f"{len(audit.findings)} findings"
    yield f"{audited.record.id}  {audit.outcome}, {found if len(audit.findings) != 1 else '1 finding'}{primary}"
    for finding in audit.findings:
        kind = kinds[finding.id]
        detail = f" ({finding.detail})" if finding.detail else ""
        yield f"  {finding.at_sec:>7.1f} s  {finding.id} {kind.name}{detail}: step {finding.step}"
        evidence = " ".join(finding.evidence.split())[:_EVIDENCE_MAX]
        yield from indented("evidence", evidence)
        yield from indented("means", kind.means[language])
        yield from indented("remedy", f"{kind.remedy[language]} [{kind.owner.value}]")


def indented(label: str, text: str, margin: int = 14) -> Iterator[str]:
    """A labelled text, wrapped under itself."""
    lines = wrap(text, WIDTH - margin - 10) or [""]
    yield f"{'':{margin}}{label:<9} {lines[0]}"
    for line in lines[1:]:
        yield f"{'':{margin}}{'':<9} {line}"


def summary_lines(summary: AuditSummary, language: str) -> Iterator[str]:
    """The ranking over all calls."""
    yield f"{summary.calls} calls audited, {summary.bad_calls} went wrong, {summary.unreadable} unreadable"
    yield f"  booked, changed or cancelled  {_rate(summary.booked_rate)}"
    yield f"  promises kept                 {_rate(summary.kept_rate)}"
    yield from _findings(summary, language)
    if summary.tools:
        yield ""
        yield "slowest tools                    answers   mean s   longest s"
        for tool in summary.tools[:_TOOLS_SHOWN]:
            yield f"  {tool.tool[:30]:<30} {tool.answers:>7} {tool.mean_sec:>8.2f} {tool.longest_sec:>11.2f}"
    worst = summary.worst_version
    if worst is not None and worst.bad_rate > 0:
        yield ""
        yield (
            f"worst agent version: {worst.agent_version} ({_rate(worst.bad_rate)} of {worst.calls} calls "
            "went wrong)"
        )
    if len(summary.days) > 1:
        yield ""
        yield "day           calls   booked    wrong"
        for day in summary.days[-_DAYS_SHOWN:]:
            bar = "#" * round(20 * day.bad / day.calls)
            yield f"{day.day.isoformat():<12} {day.calls:>6} {day.booked:>8} {day.bad:>8}  {bar}"


def _findings(summary: AuditSummary, language: str) -> Iterator[str]:
    if not summary.findings:
        yield "no findings"
        return
    kinds = finding_kinds()
    yield ""
    yield "finding                                    calls   lost   owner"
    for row in summary.findings:
        kind = kinds[row.id]
        yield f"  {row.id} {kind.name:<32} {row.calls:>6} {row.lost_bookings:>6}   {kind.owner.value}"
        yield from indented("remedy", kind.remedy[language], margin=8)


def _rate(rate: float | None) -> str:
    return "none counted" if rate is None else f"{100 * rate:.1f} %"
