"""Requests joined with their answers: what was asked, what came back, how long it took."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from handfest.diagnosis.hearing.phrases import phrases
from handfest.diagnosis.recording.answer import Outcome, as_flag, flat_text, read_outcome, spoken_part
from handfest.diagnosis.recording.answer_times import (
    AnswerTimes,
    BookedFacts,
    read_booked,
    read_times_of_answer,
    service_of,
)
from handfest.diagnosis.recording.asked import Asked, Reading, hint_of, read_request
from handfest.diagnosis.recording.audit_catalogue import AuditedService
from handfest.diagnosis.recording.recorded_call import RecordedCall, ToolRequest, ToolResult
from handfest.diagnosis.recording.tool_words import ToolKind, answer_names

_STATES = ("status", "state", "result")
CHANGING = (ToolKind.BOOKING, ToolKind.RESCHEDULE, ToolKind.CANCEL)


@dataclass(frozen=True, slots=True)
class ToolUse:
    """One request and, where the recording has it, its answer. Places are step indexes of the call."""

    request: ToolRequest
    asked: Asked
    result: ToolResult | None
    outcome: Outcome | None
    times: AnswerTimes
    booked: BookedFacts
    answered_service: AuditedService | None
    succeeded: bool

    @property
    def kind(self) -> ToolKind:
        """What the tool does."""
        return self.asked.kind

    @property
    def failed(self) -> bool:
        """Whether the answer says that it failed; a question back is no failure."""
        return self.outcome is not None and self.outcome.failed and not self.outcome.question

    @property
    def unreadable(self) -> bool:
        """Whether a search was answered without trouble, in a way that tells nothing about time to us."""
        outcome = self.outcome
        fine = outcome is not None and not (outcome.failed or outcome.question or outcome.refused)
        return fine and self.kind is ToolKind.AVAILABILITY and self.times.unread

    @property
    def cause(self) -> str | None:
        """Why it failed."""
        return self.outcome.cause if self.outcome is not None and self.outcome.failed else None

    @property
    def result_index(self) -> int:
        """Where the answer stands; beyond every step when there is none."""
        return self.result.index if self.result is not None else 1 << 30

    @property
    def text(self) -> str:
        """The answer as lower-case text."""
        return flat_text(self.result.content) if self.result is not None else ""


def tool_uses(call: RecordedCall, reading: Reading) -> tuple[ToolUse, ...]:
    """All requests of a call in order, offer ids already replaced by the offers they name."""
    results = {step.key: step for step in call.steps if isinstance(step, ToolResult)}
    uses: list[ToolUse] = []
    for step in call.steps:
        if isinstance(step, ToolRequest):
            result = results.get(step.key)
            if result is not None and result.index < step.index:
                result = None
            uses.append(_use(step, result, reading, uses))
    return tuple(uses)


def _use(
    request: ToolRequest, result: ToolResult | None, reading: Reading, earlier: list[ToolUse]
) -> ToolUse:
    asked = _with_offer(read_request(request.tool, request.arguments, reading), earlier)
    if result is None:
        return ToolUse(request, asked, None, None, AnswerTimes(), BookedFacts(), None, succeeded=False)
    asked = replace(asked, kind=_kind_by_answer(asked.kind, request.tool, result.content))
    outcome = read_outcome(result.content, asked.kind, delivered=result.delivered)
    times = (
        AnswerTimes()
        if asked.kind in (ToolKind.OTHER, ToolKind.CALLBACK, ToolKind.CANCEL)
        else (read_times_of_answer(result.content, asked, reading))
    )
    booked = read_booked(result.content, reading) if asked.kind in CHANGING else BookedFacts()
    return ToolUse(
        request,
        asked,
        result,
        outcome,
        times,
        booked,
        _answered_service(result.content, reading),
        succeeded=_succeeded(asked.kind, result.content, outcome, booked, reading),
    )


def _with_offer(asked: Asked, earlier: list[ToolUse]) -> Asked:
    """Time and service of a request that names an offer come from the offer."""
    if asked.offer_id is None:
        return asked
    service = replace(asked.service, named=True)
    for use in reversed(earlier):
        offer = use.times.offers.get(asked.offer_id)
        if offer is not None:
            resolved = offer.service or use.answered_service or use.asked.service.resolved
            return replace(
                asked, start=offer.start, service=replace(service, resolved=resolved, unclear=False)
            )
    return replace(asked, service=service)


def _kind_by_answer(kind: ToolKind, tool: str, content: Any) -> ToolKind:
    """Correct a kind that the name did not tell: an answer that lists slots came from a search."""
    if kind is not ToolKind.OTHER or not isinstance(content, Mapping):
        return kind
    names = answer_names()
    fields = {key for level in _upper_levels(content) for key in level}
    if content.get("booked") is True or (
        fields & {"booking_uid", "bookingUid", "booking_id"} and "status" in fields
    ):
        return kind if hint_of(tool) or fields & set(names["kept"]) else ToolKind.BOOKING
    free = {*names["listed"], *names["complete"], *names["ranges"], *names["available"]}
    return ToolKind.AVAILABILITY if fields & free and not fields & set(names["kept"]) else kind


def _upper_levels(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """An answer and the objects it wraps (`data`, `result`, `data.result`)."""
    inner = [value for value in content.values() if isinstance(value, Mapping)]
    return [content, *inner, *(v for level in inner for v in level.values() if isinstance(v, Mapping))]


def _answered_service(content: Any, reading: Reading) -> AuditedService | None:
    """The service an availability answer was for, by its own keys: its top level, or all its offers alike."""
    if not isinstance(content, Mapping):
        return None
    keys = (*answer_names()["provider_id"], *answer_names()["service_id"])
    levels = [content, *(v for v in content.values() if isinstance(v, Mapping))]
    listed = [
        item
        for level in levels
        for key in answer_names()["listed"]
        if isinstance(items := level.get(key), list)
        for item in items
        if isinstance(item, Mapping)
    ]
    for level in levels:
        if any(level.get(key) is not None for key in keys):
            return service_of(level, reading)
    found = {service_of(item, reading) for item in listed if any(item.get(key) is not None for key in keys)}
    return found.pop() if len(found) == 1 else None


def _succeeded(kind: ToolKind, content: Any, outcome: Outcome, booked: BookedFacts, reading: Reading) -> bool:
    """Whether the answer says that the thing was done; silence about it is not success."""
    if outcome.failed or outcome.question or outcome.refused or outcome.pending:
        return False
    if not isinstance(content, Mapping):
        return content is True or bool(booked.id) or _told_done(content, reading)
    levels = [content, *(v for v in content.values() if isinstance(v, Mapping))]
    if any(as_flag(level.get("booked")) is False for level in levels) and kind is ToolKind.BOOKING:
        return False
    done = set(answer_names()["done"])
    flags = any(as_flag(level.get(key)) is True for level in levels for key in done)
    told = any(str(level.get(key) or "").casefold() in done for level in levels for key in _STATES)
    changed = kind in CHANGING and (booked.id is not None or _told_done(content, reading))
    return flags or told or changed


def _told_done(content: Any, reading: Reading) -> bool:
    """Whether the sentences of an answer say that the thing was done, and deny nothing."""
    words = phrases(reading.language)
    text = spoken_part(content).lower()
    said = ("booked", "changed", "cancelled", "tool_done")
    return any(words.found(meaning, text) for meaning in said) and not words.found("denies", text)
