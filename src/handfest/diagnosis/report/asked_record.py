"""A call that another gateway served, ready to be asked again: its tools in our words, and how its record ended."""

from collections.abc import Iterator

from whenever import Instant

from handfest.desk.tools import TOOLS
from handfest.diagnosis.audit.audit import audit_recorded
from handfest.diagnosis.audit.evidence import CallEvidence
from handfest.diagnosis.audit.spoken_result import successful_bookings
from handfest.diagnosis.recording.audit_catalogue import AuditCatalogue
from handfest.diagnosis.recording.recorded_call import RecordedCall, Speaker, ToolResult, Utterance
from handfest.diagnosis.recording.tool_use import ToolUse
from handfest.diagnosis.recording.tool_words import ToolKind
from handfest.diagnosis.report.asked_call import ABOUT_BOOKINGS, STAND_INS, AskedCall, Failure, Request
from handfest.diagnosis.report.replay import Replayed
from handfest.model.turn import Envelope, ToolRequest
from handfest.voice.dialect import read_tool

_OURS = {
    ToolKind.AVAILABILITY: "check_availability",
    ToolKind.BOOKING: "book_appointment",
    ToolKind.RESCHEDULE: "reschedule_appointment",
    ToolKind.CANCEL: "cancel_appointment",
    ToolKind.CALLBACK: "request_callback",
}
_FAULTS = {
    "timeout": "calendar_timed_out",
    "unauthorized": "calendar_unauthorised",
    "rate_limited": "calendar_rate_limited",
    "server_error": "calendar_unreachable",
}
"""The audit's words for failures in the codes of ours."""
_OUTCOMES = {"unclear": "pending"}


def asked_record(call: RecordedCall, catalogue: AuditCatalogue) -> tuple[AskedCall, Replayed]:
    """The call and what its record came to. A tool that none of ours stands for is left out."""
    evidence = CallEvidence(call, catalogue)
    found = (_request(use, evidence) for use in evidence.uses)
    requests = tuple(one for one in found if one is not None)
    outcome = audit_recorded(call, catalogue).outcome
    kept = tuple(_appointment(use, evidence) for use in successful_bookings(evidence))
    recorded = Replayed((), _OUTCOMES.get(outcome, outcome), kept)
    return AskedCall(call.id, call.start, None, requests), recorded


def _request(use: ToolUse, evidence: CallEvidence) -> Request | None:
    request = _in_our_words(use)
    if request is None:
        return None
    call = evidence.call
    envelope = Envelope(
        platform="retell",
        call_id=call.id,
        line_number=None,
        agent_id=None,
        agent_version=str(call.agent_version) if call.agent_version is not None else None,
        caller_number=STAND_INS["phone"],
        invocation_id=use.request.key,
        caller_spoke_since_result=_caller_spoke(use, call),
        test=True,
    )
    return Request(
        call.id,
        call.start.add(milliseconds=round(1000 * max(0.0, use.request.at_sec))),
        envelope,
        request,
        use.asked.start.moment if "offer" in request.arguments else None,
        tuple(_failures(use)),
        _taken(use),
        _free(use, evidence),
        request.tool in ABOUT_BOOKINGS and use.succeeded,
    )


def _in_our_words(use: ToolUse) -> ToolRequest | None:
    """The request as one of our tools: by its name where we know it, else by what it does."""
    read = read_tool(use.request.tool, use.request.arguments)
    if read.tool in TOOLS:
        return read
    ours = _OURS.get(use.kind)
    return read_tool(ours, use.request.arguments) if ours is not None else None


def _caller_spoke(use: ToolUse, call: RecordedCall) -> bool:
    """Whether the caller has said something since the answer before this request."""
    for step in reversed([one for one in call.steps if one.index < use.request.index]):
        if isinstance(step, ToolResult):
            return False
        if isinstance(step, Utterance) and step.speaker is Speaker.CALLER:
            return True
    return True


def _failures(use: ToolUse) -> Iterator[Failure]:
    code = _FAULTS.get(use.cause or "")
    if code is not None:
        yield Failure("on_read" if use.kind is ToolKind.AVAILABILITY else "before_write", code)


def _taken(use: ToolUse) -> frozenset[Instant]:
    start = use.asked.start.moment
    return frozenset({start}) if use.cause == "taken" and start is not None else frozenset()


def _free(use: ToolUse, evidence: CallEvidence) -> frozenset[Instant] | None:
    """The starts that answers until this one called free, and the one that was booked."""
    until = [one for one in evidence.uses if one.request.index <= use.request.index]
    told = frozenset(start for one in until for start in one.times.free)
    booked = use.asked.start.moment if use.kind in (ToolKind.BOOKING, ToolKind.RESCHEDULE) else None
    found = told | {booked} if use.succeeded and booked is not None else told
    return frozenset(found) if found or use.kind is ToolKind.AVAILABILITY else None


def _appointment(use: ToolUse, evidence: CallEvidence) -> dict[str, str]:
    """What the record says was booked, as far as it says so."""
    start = use.booked.start.moment or use.asked.start.moment
    service = use.booked.keyed or use.asked.service.resolved
    told = {}
    if service is not None:
        told["service_id"] = str(service.id)
    if start is not None:
        told["start"] = start.to_tz(evidence.catalogue.time_zone).format_iso().split("[")[0]
    return told
