"""Findings about services: HF401 (another one booked), HF403 (none named), HF404 (named but unclear)."""

from collections.abc import Iterator

from handfest.diagnosis.audit.evidence import CallEvidence, Clause
from handfest.diagnosis.audit.finding import CallFinding
from handfest.diagnosis.audit.tools import of_request, of_result, shown_by
from handfest.diagnosis.recording.audit_catalogue import AuditedService, folded
from handfest.diagnosis.recording.tool_use import ToolUse
from handfest.diagnosis.recording.tool_words import ToolKind

_NAMING = (ToolKind.AVAILABILITY, ToolKind.BOOKING)
_SPECIFIC = (
    "tool_unknown",
    "arguments",
    "no_context",
    "template",
    "date",
    "rule",
    "taken",
    "data",
    "service",
)


def service_findings(evidence: CallEvidence) -> Iterator[CallFinding]:
    """Every finding of this family, in the order of the requests."""
    for use in evidence.uses:
        if use.kind in _NAMING:
            if not use.asked.service.named:
                yield of_request(use, "HF403")
            # Without a catalogue no name can be held against anything.
            elif evidence.catalogue.services and use.asked.service.unclear and _went_on(use, evidence):
                yield of_request(use, "HF404")
        if use.kind is ToolKind.BOOKING:
            yield from _mismatch(use, evidence)


def _went_on(use: ToolUse, evidence: CallEvidence) -> bool:
    """Whether an unclear name was served or failed without a word about the service, and nobody asked."""
    if use.result is None or use.outcome is None or use.outcome.question:
        return False
    if use.outcome.failed and use.cause in _SPECIFIC:
        return False
    if use.outcome.failed and use.outcome.calendar and use.cause != "unknown":
        return False
    return use.kind is ToolKind.BOOKING or not _asked_about_service(use, evidence)


def _asked_about_service(use: ToolUse, evidence: CallEvidence) -> bool:
    """Whether the agent asked which service was meant, or said it is not offered, before any booking."""
    booked = next(
        (b.request.index for b in evidence.bookings if b.request.index > use.request.index), 1 << 30
    )
    return any(
        speech.of_agent
        and use.result_index < speech.index < booked
        and any(_asks(clause, evidence) for clause in speech.clauses)
        for speech in evidence.speeches
    )


def _asks(clause: Clause, evidence: CallEvidence) -> bool:
    """Whether a clause asks which service is meant, names a choice of services, or turns the wish down."""
    if clause.times.clocks or clause.times.parts:
        return False
    choice = clause.question and evidence.words.found("or_word", clause.text)
    heard = folded(clause.text) if choice else ""
    named = any(name in heard for s in evidence.catalogue.services for name in evidence.catalogue.names(s))
    return (choice and named) or evidence.words.found("asks_service", clause.text)


def _mismatch(use: ToolUse, evidence: CallEvidence) -> Iterator[CallFinding]:
    """HF401: what was booked is not what the covering availability answer was for."""
    checked = checked_service(use, evidence)
    asked = use.asked.service
    if checked is None or not asked.named or asked.unclear:
        return
    wanted = asked.resolved
    if wanted is not None and wanted != checked:
        yield shown_by(use, "HF401", "another_service", checked=checked.name, booked=wanted.name)
        return
    if use.result is None or use.failed:
        return
    got = booked_service(use, checked, evidence)
    if got is not None and got != checked:
        yield of_result(use, "HF401")


def booked_service(use: ToolUse, expected: AuditedService, evidence: CallEvidence) -> AuditedService | None:
    """The service a booking answer shows: by its key, else by a duration the expected one does not have."""
    if use.booked.keyed is not None:
        return use.booked.keyed
    minutes = use.booked.duration_min
    if minutes is None or minutes == expected.duration_min:
        return None
    others = evidence.catalogue.by_duration(minutes)
    return others[0] if others else None


def checked_service(booking: ToolUse, evidence: CallEvidence) -> AuditedService | None:
    """The service of the last good availability answer that covers a booking; None where it named none.

    Covering: the answers that offered its start, else those for its day, else all. Where two services were
    checked for the same start and both are booked, the booking's own check covers it.
    """
    answers = [s for s in evidence.answered_before(booking.request.index) if _good_check(s)]
    start = booking.asked.start
    offering = [s for s in answers if start.moment is not None and s.times.offers_start(start.moment)]
    same_day = [s for s in answers if start.day is not None and start.day in s.asked.days]
    covering = offering or same_day or answers
    if not covering:
        return None
    own = booking.asked.service.resolved
    services = [_checked(s) for s in covering]
    if own is not None and own in services and _booked_too(services[-1], booking, evidence):
        return own
    return services[-1]


def _good_check(use: ToolUse) -> bool:
    answered = use.outcome is not None and not use.outcome.failed and not use.outcome.question
    return use.kind is ToolKind.AVAILABILITY and answered


def _checked(use: ToolUse) -> AuditedService | None:
    """The service an availability answer was for; its own key outranks the request, a gap stays a gap."""
    if not use.asked.service.named or use.asked.service.unclear:
        return None
    return use.answered_service or use.asked.service.resolved


def _booked_too(service: AuditedService | None, booking: ToolUse, evidence: CallEvidence) -> bool:
    """Whether another booking of this call is for that service."""
    return any(
        other is not booking and other.asked.service.resolved == service for other in evidence.bookings
    )


def wrong_default_booked(evidence: CallEvidence) -> bool:
    """Whether a booking without a service name booked another service than the caller asked for."""
    said = [speech.text for speech in evidence.speeches if not speech.of_agent]
    wished = next((s for text in reversed(said) if (s := evidence.service_in(text)) is not None), None)
    if wished is None:
        return False
    unnamed = any(not use.asked.service.named for use in evidence.uses if use.kind in _NAMING)
    got = (booked_service(use, wished, evidence) for use in evidence.bookings if use.succeeded)
    return unnamed and any(service is not None and service != wished for service in got)
