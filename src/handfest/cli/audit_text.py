"""Audits as lines of text, at most 100 columns wide."""

from collections.abc import Iterator
from textwrap import wrap

from handfest.cli.audit_words import AuditWords
from handfest.diagnosis.audit.finding import SpokenCommitment
from handfest.diagnosis.audit.run import Audited
from handfest.diagnosis.audit.summary import AuditSummary
from handfest.diagnosis.registry.findings import finding_kinds

WIDTH = 100
_TOOLS_SHOWN = 5
_DAYS_SHOWN = 31
_EVIDENCE_MAX = 240


def call_lines(audited: Audited, language: str) -> Iterator[str]:
    """One call: how it ended, what was found with evidence and remedy, and what to repair first."""
    audit, kinds, words = audited.audit, finding_kinds(), AuditWords(language)
    found = words("found", count=len(audit.findings)) if audit.findings else words("no_findings")
    if audit.primary:
        found += words("repair_first", id=audit.primary, title=kinds[audit.primary].title[language])
    yield f"{audited.record.id}  {words.outcome(audit.outcome)}, {found}"
    if audit.spoken_commitment is not None:
        yield from _indented(words("promised"), _promise(audit.spoken_commitment, audited, words))
    for finding in audit.findings:
        kind = kinds[finding.id].of(finding.detail)
        detail = f" ({finding.detail})" if finding.detail else ""
        step = words("step", step=finding.step)
        at_sec = words.figure(finding.at_sec, 1)
        yield f"  {at_sec:>7} s  {finding.id} {kind.title[language]}{detail}: {step}"
        evidence = _short(" ".join(finding.told(language).split()))
        yield from _indented(words("evidence"), evidence)
        yield from _indented(words("means"), kind.means[language])
        yield from _indented(words("remedy"), f"{kind.remedy[language]} [{words.owner(kind.owner.value)}]")


def _promise(said: SpokenCommitment, audited: Audited, words: AuditWords) -> str:
    """What the caller must believe: booked or cancelled, when, and what."""
    service = audited.catalogue.by_id(said.service_id) if said.service_id is not None else None
    start = said.start[:16].replace("T", " ") if said.start else ""
    named = service.name if service is not None else str(said.service_id or "")
    return ", ".join(filter(None, (words.outcome(said.action), start, named)))


def _short(text: str) -> str:
    return text if len(text) <= _EVIDENCE_MAX else f"{text[: _EVIDENCE_MAX - 1]}…"


def _indented(label: str, text: str, margin: int = 14) -> Iterator[str]:
    """A labelled text, wrapped under itself."""
    lines = wrap(text, WIDTH - margin - 10) or [""]
    yield f"{'':{margin}}{label:<9} {lines[0]}"
    for line in lines[1:]:
        yield f"{'':{margin}}{'':<9} {line}"


def summary_lines(summary: AuditSummary, language: str) -> Iterator[str]:
    """The ranking over all calls."""
    words = AuditWords(language)
    counts = (("audited", summary.calls), ("bad", summary.bad_calls), ("unreadable", summary.unreadable))
    yield ", ".join(words(name, count=count) for name, count in counts)
    yield f"  {words('booked_rate'):<29} {words.rate(summary.booked_rate)}"
    yield f"  {words('kept_rate'):<29} {words.rate(summary.kept_rate)}"
    yield from _findings(summary, words)
    yield from _tools(summary, words)
    worst = summary.worst_version
    if worst is not None and worst.bad_rate > 0:
        version = words("unknown_version") if worst.agent_version is None else worst.agent_version
        yield ""
        yield words("worst_version", version=version, rate=words.rate(worst.bad_rate), count=worst.calls)
    yield from _days(summary, words)


def _findings(summary: AuditSummary, words: AuditWords) -> Iterator[str]:
    if not summary.findings:
        yield words("no_findings")
        return
    kinds = finding_kinds()
    yield ""
    yield f"{words('findings_head'):<43} {words('calls'):>6} {words('lost'):>6}   {words('owner')}"
    for row in summary.findings:
        kind = kinds[row.id]
        title, owner = kind.title[words.language], words.owner(kind.owner.value)
        yield f"  {row.id} {title:<35} {row.calls:>6} {row.lost_bookings:>6}   {owner}"
        yield from _indented(words("remedy"), kind.remedy[words.language], margin=8)


def _tools(summary: AuditSummary, words: AuditWords) -> Iterator[str]:
    if not summary.tools:
        return
    yield ""
    heads = f"{words('answers'):>8} {words('mean'):>8} {words('longest'):>11}"
    yield f"{words('tools_head'):<32}{heads}"
    for tool in summary.tools[:_TOOLS_SHOWN]:
        mean, longest = words.figure(tool.mean_sec, 2), words.figure(tool.longest_sec, 2)
        yield f"  {tool.tool[:30]:<30}{tool.answers:>8} {mean:>8} {longest:>11}"


def _days(summary: AuditSummary, words: AuditWords) -> Iterator[str]:
    if len(summary.days) < 2:
        return
    yield ""
    yield f"{words('day'):<12} {words('calls'):>6} {words('booked'):>8} {words('wrong'):>8}"
    for day in summary.days[-_DAYS_SHOWN:]:
        bar = "#" * round(20 * day.bad / day.calls)
        yield f"{day.day.isoformat():<12} {day.calls:>6} {day.booked:>8} {day.bad:>8}  {bar}".rstrip()
