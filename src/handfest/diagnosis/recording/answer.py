"""What a tool answered: done, refused, failed and why; which starts it called free; what it booked.

An answer counts as failed if any level of it says so, and as contradictory if its top says success while a
deeper level says failure. Offered starts are collected as moments, whatever zone they were written in.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from handfest.diagnosis.recording.tool_words import ToolKind, answer_names, failure_causes

_ERROR_WORD = re.compile(r"error|fehler|failed|fehlgeschlagen|exception|konnte nicht|could not")
_REFUSALS = ("taken", "date", "rule", "data")
_ANSWERS_NO = (ToolKind.AVAILABILITY, ToolKind.OTHER, ToolKind.CALLBACK)
_FLAGS = {"true": True, "yes": True, "ja": True, "false": False, "no": False, "nein": False}
_TEXT_KEYS = ("message", "say", "error", "text", "content", "speak", "result", "answer")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an answer ended. `cause` is the id of the failure cause, None when it did not fail."""

    failed: bool
    contradictory: bool = False
    question: bool = False
    refused: bool = False
    pending: bool = False
    cause: str | None = None
    calendar: bool = False


def read_outcome(content: Any, kind: ToolKind, *, delivered: bool) -> Outcome:
    """Judge one answer, a JSON value or plain text, of a tool of this kind."""
    if not isinstance(content, Mapping):
        return _of_text(content, kind, delivered=delivered)
    codes = _codes(content)
    names = answer_names()
    if codes & set(names["question"]):
        return Outcome(failed=False, question=True)
    levels = list(_levels(content, 0))
    verdicts = [(depth, _verdict(level, kind)) for depth, level in levels]
    failed = not delivered or any(verdict is False for _, verdict in verdicts)
    if not failed and kind not in _ANSWERS_NO and all(verdict is None for _, verdict in verdicts):
        # No level says how it ended: then its sentences do.
        failed = _ERROR_WORD.search(spoken_part(content).lower()) is not None
    refused = bool(codes & set(names["refused"])) or (kind is ToolKind.BOOKING and _denied(content))
    if not failed:
        return Outcome(failed=False, refused=refused, pending=bool(codes & set(names["pending"])))
    contradictory = _contradictory(content, verdicts, delivered=delivered)
    cause, calendar = _cause(flat_text(content), refused=refused, unavailable=_denied(content))
    return Outcome(True, contradictory, cause == "service", refused, False, cause, calendar)


def _contradictory(
    content: Mapping[str, Any], verdicts: list[tuple[int, bool | None]], *, delivered: bool
) -> bool:
    top = _says_success(content)
    below = any(verdict is False for depth, verdict in verdicts if depth > 0)
    beside = bool(top and content.get("error")) or (top and str(content.get("status")).casefold() == "error")
    status = content.get("statusCode")
    raw = delivered and isinstance(status, int) and status >= 400 and content.get("success") is not False
    return bool((top and below) or beside or raw)


def _says_success(level: Mapping[str, Any]) -> bool:
    return (
        level.get("success") is True
        or level.get("ok") is True
        or level.get("successful") is True
        or str(level.get("status")).casefold() in ("success", "ok")
    ) and not (level.get("success") is False or level.get("ok") is False)


def _levels(value: Any, depth: int) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if isinstance(value, Mapping):
        yield depth, value
        for key, inner in value.items():
            if key not in answer_names()["listed"]:
                yield from _levels(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _levels(inner, depth + 1)


def _verdict(level: Mapping[str, Any], kind: ToolKind) -> bool | None:
    """False where this level reports a failure, True where it reports success, None where neither."""
    flags = ["success", "ok", "successful"] + (["booked"] if kind is not ToolKind.AVAILABILITY else [])
    if any(level.get(flag) is False for flag in flags):
        return False
    if str(level.get("status") or "").casefold() in answer_names()["failed"]:
        return False
    status = level.get("statusCode", level.get("status_code"))
    if isinstance(status, int) and not isinstance(status, bool) and status >= 400:
        return False
    if (
        level.get("error")
        or level.get("errors")
        or (isinstance(level.get("detail"), list) and level["detail"])
    ):
        return False
    return True if any(level.get(flag) is True for flag in flags) else None


def _of_text(content: Any, kind: ToolKind, *, delivered: bool) -> Outcome:
    """Judge a plain sentence: an error word or a calendar's cause fails it, a refusal only a booking."""
    text = str(content or "").lower()
    cause, calendar = _cause(text, refused=False, unavailable=False)
    if cause == "service":
        return Outcome(failed=not delivered, question=True)
    harmless = cause in ("unknown", "not_found") or (kind in _ANSWERS_NO and cause in _REFUSALS)
    if delivered and harmless and not _ERROR_WORD.search(text):
        return Outcome(failed=False, refused=cause == "taken")
    return Outcome(True, cause=cause, calendar=calendar)


def _cause(text: str, *, refused: bool, unavailable: bool) -> tuple[str, bool]:
    text = f"{text}\n{text.replace('_', ' ')}"
    for cause in failure_causes():
        if cause.pattern.search(text):
            return cause.id, cause.calendar
    if refused or unavailable:
        return "rule", False
    return "unknown", True


def _codes(content: Mapping[str, Any]) -> set[str]:
    """The values of `code`, `status`, `error` and `reason` at any level, in lower case."""
    return {
        str(level[key]).casefold()
        for _, level in _levels(content, 0)
        for key in ("code", "status", "error", "reason", "error_code")
        if isinstance(level.get(key), str)
    }


def _denied(content: Any) -> bool:
    """Whether some level says that the time is not available."""
    names = answer_names()
    return any(
        as_flag(level.get(key)) is False for _, level in _levels(content, 0) for key in names["available"]
    ) or bool(isinstance(content, Mapping) and _codes(content) & set(names["taken"]))


def as_flag(value: object) -> bool | None:
    """A yes or no, also one written as a word; None for anything else."""
    if isinstance(value, bool):
        return value
    return _FLAGS.get(value.casefold()) if isinstance(value, str) else None


def flat_text(content: Any, key: str = "") -> str:
    """The texts of an answer and its status codes, one a line and in lower case, for reading causes."""
    if isinstance(content, Mapping):
        return "\n".join(flat_text(value, name) for name, value in content.items())
    if isinstance(content, list):
        return "\n".join(flat_text(value, key) for value in content)
    if isinstance(content, str) or "status" in key.casefold() or "code" in key.casefold():
        return str(content).lower()
    return ""


def spoken_part(content: Any) -> str:
    """The sentences of an answer that are meant for people."""
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping):
        own = [value for key in _TEXT_KEYS if isinstance(value := content.get(key), str)]
        inner = [spoken_part(value) for value in content.values() if isinstance(value, Mapping)]
        return " ".join(part for part in (*own, *inner) if part)
    return ""
