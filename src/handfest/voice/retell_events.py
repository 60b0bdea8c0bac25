"""Retell's call events turned into news of a call, with personal data blanked before anything is kept."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from whenever import Instant

from handfest.model.transcript import TranscriptLine
from handfest.trace.redact import redact_arguments
from handfest.voice.dialect import read_tool
from handfest.voice.heard_names import names_heard, personal_variables
from handfest.voice.redact_speech import Blank, personal_words

ENDED = frozenset({"call_ended", "call_analyzed"})
_SPEAKERS = {"agent": "agent", "user": "caller", "transfer_target": "caller"}
_VARIABLES = ("collected_dynamic_variables", "retell_llm_dynamic_variables")
_LATEST_MS = 253_402_300_800_000


@dataclass(frozen=True, slots=True)
class RetellEvent:
    """One event: its name, the call object as it came, and the key that the same event would have again."""

    name: str
    call: Mapping[str, Any]
    key: str

    @property
    def ended(self) -> bool:
        """True if the call is over, whichever event says so first."""
        return self.name in ENDED

    @property
    def end_reason(self) -> str | None:
        """Why it ended, in the platform's word."""
        reason = self.call.get("disconnection_reason")
        return reason if isinstance(reason, str) else None

    @property
    def started_at(self) -> Instant | None:
        """When the call began, where the event says it."""
        started = self.call.get("start_timestamp")
        if isinstance(started, bool) or not isinstance(started, int | float) or not 0 <= started < _LATEST_MS:
            return None
        return Instant.from_timestamp(int(started), unit="millisecond")


def read_event(body: Mapping[str, Any], raw: bytes) -> RetellEvent:
    """The event in a verified body. Updates of a transcript are told apart by their content."""
    name = str(body.get("event", ""))
    call = body.get("call")
    call = call if isinstance(call, dict) else {}
    key = f"retell:{name}:{call.get('call_id')}"
    if name == "transcript_updated":
        key += ":" + sha256(raw).hexdigest()[:32]
    return RetellEvent(name, call, key)


def transcript_lines(
    call: Mapping[str, Any], names: Iterable[str] = (), keep: Collection[str] = ()
) -> tuple[TranscriptLine, ...]:
    """What was said and asked, redacted. `names` are the customers' names that our bookings know, `keep` words
    that are nobody's name here: of services and staff."""
    entries = _entries(call)
    spoken = [
        (_SPEAKERS[str(entry["role"])], str(entry.get("content") or ""))
        for entry in entries
        if entry.get("role") in _SPEAKERS
    ]
    heard = names_heard(spoken, keep)
    given = personal_words(_arguments(entry) for entry in entries)
    collected = personal_variables(call.get(field) for field in _VARIABLES)
    blank = Blank(frozenset(names) | heard | given | collected, keep)
    lines = (_line(entry, blank) for entry in entries)
    return tuple(line for line in lines if line is not None)


def _entries(call: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    for field in ("transcript_with_tool_calls", "transcript_object"):
        entries = call.get(field)
        if isinstance(entries, list) and entries:
            return [entry for entry in entries if isinstance(entry, dict)]
    return []


def _line(entry: Mapping[str, Any], blank: Blank) -> TranscriptLine | None:
    role = entry.get("role")
    at_s = _seconds(entry)
    if role in _SPEAKERS:
        return TranscriptLine(at_s, _SPEAKERS[str(role)], blank.text(str(entry.get("content") or "")))
    if role == "tool_call_invocation":
        request = read_tool(str(entry.get("name") or ""), _arguments(entry))
        said = json.dumps(redact_arguments(request.arguments), ensure_ascii=False)
        return TranscriptLine(at_s, "tool", blank.text(f"{request.spelled} {said}"))
    if role == "tool_call_result":
        return TranscriptLine(at_s, "tool", "= " + blank.text(str(entry.get("content") or "")))
    return None


def _seconds(entry: Mapping[str, Any]) -> float | None:
    words = entry.get("words")
    first = words[0] if isinstance(words, list) and words and isinstance(words[0], dict) else {}
    for value in (entry.get("time_sec"), first.get("start")):
        if isinstance(value, int | float) and not isinstance(value, bool):
            return round(float(value), 3)
    return None


def _arguments(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    value = entry.get("arguments")
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, dict) else {}
