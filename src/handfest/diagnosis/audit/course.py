"""Findings about the course of the call: HF414 silence, HF415 double booking, HF421 drift, HF423 gave up."""

import re
from collections.abc import Iterator

from rapidfuzz import fuzz

from handfest.diagnosis.audit.claims import denials
from handfest.diagnosis.audit.evidence import CallEvidence
from handfest.diagnosis.audit.finding import CallFinding
from handfest.diagnosis.audit.spoken_result import successful_bookings
from handfest.diagnosis.audit.tools import of_result
from handfest.diagnosis.recording.recorded_call import Speaker, ToolRequest, ToolResult, Utterance
from handfest.diagnosis.recording.tool_use import ToolUse
from handfest.diagnosis.recording.tool_words import ToolKind

SILENCE_SEC = 8.0
SAME_QUESTION = 85
TIMES_ASKED = 3
_WORD = re.compile(r"\w+")


def course_findings(evidence: CallEvidence, expected_version: int | None) -> Iterator[CallFinding]:
    """Findings that do not depend on other findings; `expected_version` None means not given."""
    version = evidence.call.agent_version
    if expected_version is not None and version is not None and version != expected_version:
        yield CallFinding(
            "HF421", 0.0, 0, "", shown="version", facts={"version": version, "expected": expected_version}
        )
    yield from _silences(evidence)
    yield from _doubles(evidence)


def _silences(evidence: CallEvidence) -> Iterator[CallFinding]:
    """HF414: from an answer to the agent's next word, or to the end; a further request stops the clock."""
    steps = evidence.call.steps
    for place, result in enumerate(steps):
        if not isinstance(result, ToolResult):
            continue
        until = _next_sound(result, place, evidence)
        if until is not None and round(until - result.at_sec, 3) > SILENCE_SEC:
            facts = {"seconds": round(until - result.at_sec, 1)}
            yield CallFinding("HF414", result.at_sec, result.index, "", shown="silence", facts=facts)


def _next_sound(result: ToolResult, place: int, evidence: CallEvidence) -> float | None:
    """When the agent spoke next after an answer; None where another request came first."""
    steps = evidence.call.steps
    spoken = [
        start
        for step in steps
        if isinstance(step, Utterance) and step.speaker is Speaker.AGENT
        for start in (step.word_starts or ((step.at_sec,) if step.index > result.index else ()))
        if start >= result.at_sec
    ]
    words = min(spoken, default=None)
    request = next((step.at_sec for step in steps[place + 1 :] if isinstance(step, ToolRequest)), None)
    if request is not None and (words is None or request < words):
        return None
    return words if words is not None else evidence.call.end_sec


def _doubles(evidence: CallEvidence) -> Iterator[CallFinding]:
    """HF415: a second successful booking for the same wish, under another booking id."""
    bookings = successful_bookings(evidence)
    for place, second in enumerate(bookings):
        if any(_same_wish(first, second, evidence) for first in bookings[:place]):
            yield of_result(second, "HF415")


def _same_wish(first: ToolUse, second: ToolUse, evidence: CallEvidence) -> bool:
    ids = (first.booked.id, second.booked.id)
    if None in ids or ids[0] == ids[1] or second.booked.replay:
        return False
    between = range(first.request.index, second.request.index)
    if any(u.kind is ToolKind.CANCEL and u.succeeded and u.request.index in between for u in evidence.uses):
        return False
    if any(speech.index in between for speech in denials(evidence)):
        return True
    caller = [s.text for s in evidence.speeches if not s.of_agent and s.index < second.request.index]
    if any(evidence.words.found("two_wanted", text) for text in caller):
        return False
    if first.asked.start.moment == second.asked.start.moment:
        return first.asked.service.resolved == second.asked.service.resolved
    between_words = [s.text for s in evidence.speeches if not s.of_agent and s.index in between]
    return any(evidence.words.found("instead", text) for text in between_words)


def gave_up(
    evidence: CallEvidence, findings: list[CallFinding], outcome: str, believes: bool
) -> CallFinding | None:
    """HF423: the caller hung up with nothing in hand, after something had gone wrong."""
    if not evidence.call.hung_up_by_caller or outcome not in ("not_booked", "unclear") or believes:
        return None
    failed = any(use.failed and not _honest_no(use) for use in evidence.uses)
    unfounded = any(
        f.id in ("HF408", "HF414") or (f.id == "HF407" and f.detail == "not_free") for f in findings
    )
    if not (failed or unfounded or _asked_three_times(evidence)):
        return None
    return CallFinding("HF423", evidence.call.end_sec, len(evidence.call.steps), "", shown="hung_up")


def _honest_no(use: ToolUse) -> bool:
    """Whether a search merely said that nothing is free, though it put that as `success: false`."""
    return use.kind is ToolKind.AVAILABILITY and use.cause in ("taken", "rule")


def _asked_three_times(evidence: CallEvidence) -> bool:
    questions = [
        " ".join(_WORD.findall(sentence))
        for speech in evidence.speeches
        if speech.of_agent
        for sentence in evidence.words.sentences(speech.utterance.text)
        if sentence.rstrip().endswith("?")
    ]
    return any(
        sum(fuzz.token_set_ratio(question, other) >= SAME_QUESTION for other in questions) >= TIMES_ASKED
        for question in questions
    )
