"""Findings that a tool's request and answer show by themselves: HF408, HF410-HF413, HF416-HF419."""

import json
import re
from collections.abc import Iterator
from typing import Any

from handfest.diagnosis.audit.evidence import CallEvidence
from handfest.diagnosis.audit.finding import CallFinding
from handfest.diagnosis.hearing.written_time import TEMPLATE
from handfest.diagnosis.recording.tool_use import ToolUse
from handfest.diagnosis.recording.tool_words import ToolKind

SLOW_SEC = 3.0
EXCERPT_MAX = 200
_LOOKUP_EMPTY = re.compile(
    r"kein\w* termin|no (?:appointment|booking)s?|nichts gefunden|termin\w* (?:\w+ ){0,3}nicht gefunden"
)


def of_request(use: ToolUse, id_: str, detail: str | None = None) -> CallFinding:
    """A finding that the arguments of a request show."""
    asked = _excerpt(dict(use.request.arguments))
    return CallFinding(id_, use.request.at_sec, use.request.index, asked, detail, use.request.index)


def shown_by(use: ToolUse, id_: str, shown: str, **facts: object) -> CallFinding:
    """A finding about a request that a sentence of `evidence_words.toml` shows."""
    at_sec, index = use.request.at_sec, use.request.index
    return CallFinding(id_, at_sec, index, "", use=index, shown=shown, facts=facts)


def of_result(use: ToolUse, id_: str, detail: str | None = None) -> CallFinding:
    """A finding about what came back; only for uses that were answered."""
    assert use.result is not None
    return CallFinding(
        id_, use.result.at_sec, use.result.index, _excerpt(use.result.content), detail, use.request.index
    )


def _excerpt(value: Any) -> str:
    """What was sent, as the export has it; the beginning of it where it is long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= EXCERPT_MAX else f"{text[: EXCERPT_MAX - 1]}…"


def tool_findings(evidence: CallEvidence) -> Iterator[CallFinding]:
    """Every finding of this family, unsuppressed, in the order of the calls."""
    for use in evidence.uses:
        yield from _of_arguments(use, evidence)
        if use.result is not None:
            yield from _of_answer(use, evidence)
    for speech in evidence.speeches:
        if speech.of_agent and TEMPLATE.search(speech.utterance.text):
            yield CallFinding("HF413", speech.utterance.at_sec, speech.index, speech.utterance.text)


def _of_arguments(use: ToolUse, evidence: CallEvidence) -> Iterator[CallFinding]:
    if use.asked.templated:
        yield of_request(use, "HF413")
    if evidence.in_past_or_impossible(use):
        yield of_request(use, "HF408")


def _of_answer(use: ToolUse, evidence: CallEvidence) -> Iterator[CallFinding]:
    assert use.result is not None
    assert use.outcome is not None
    if round(use.result.at_sec - use.request.at_sec, 3) > SLOW_SEC:
        seconds = round(use.result.at_sec - use.request.at_sec, 1)
        yield shown_by(use, "HF416", "slow", tool=use.request.tool, seconds=seconds)
    if use.outcome.contradictory:
        yield of_result(use, "HF419")
    if not use.outcome.failed:
        return
    cause = use.outcome.cause
    if cause in ("tool_unknown", "arguments"):
        yield of_result(use, "HF412")
    elif cause == "no_context" and _placeholder(use, evidence):
        yield of_result(use, "HF410")
    elif cause == "taken" and _lost(use, evidence):
        yield of_result(use, "HF417")
    elif cause == "data" and use.kind is not ToolKind.AVAILABILITY:
        yield of_result(use, "HF418")
    elif use.outcome.calendar and not _honest(use):
        yield of_result(use, "HF411", cause)


def _placeholder(use: ToolUse, evidence: CallEvidence) -> bool:
    """Whether the request's call id is anything but this call's own id."""
    return str(use.asked.call_id or "") != evidence.call.id


def _honest(use: ToolUse) -> bool:
    """Whether a lookup that found nothing merely said so."""
    return use.kind in (ToolKind.OTHER, ToolKind.CANCEL, ToolKind.RESCHEDULE) and bool(
        _LOOKUP_EMPTY.search(use.text)
    )


def _lost(use: ToolUse, evidence: CallEvidence) -> bool:
    """Whether a start offered in this call was gone when it was booked."""
    start = use.asked.start.moment
    books = use.kind in (ToolKind.BOOKING, ToolKind.RESCHEDULE)
    return books and start is not None and evidence.was_offered(start, use.request.index)
