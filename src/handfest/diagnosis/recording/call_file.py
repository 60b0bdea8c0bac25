"""Reading files of exported calls, one at a time and in little memory, whatever state the file is in.

Accepted: JSON Lines of call objects, of `{"call": ...}` rows, or of arrays of them; one JSON array; one
object, also printed over many lines. A line that is no auditable call becomes a `BadLine` and the reading
goes on; a line longer than `MAX_LINE_BYTES` is skipped without being held in memory.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from handfest.diagnosis.recording.call_export import Unreadable, parse_call
from handfest.diagnosis.recording.json_document import document_values, opens_document
from handfest.diagnosis.recording.recorded_call import RecordedCall

MAX_LINE_BYTES = 32 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
_FOREIGN = {"assistantId": "Vapi", "conversation_id": "ElevenLabs", "CallSid": "Twilio", "callSid": "Twilio"}


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call read: where it stood, its row's own id, catalogue name and expected agent version if given."""

    line_no: int
    id: str
    catalogue: str | None
    expected_agent_version: int | None
    call: RecordedCall


@dataclass(frozen=True, slots=True)
class BadLine:
    """A place in the file that holds no auditable call, why, and what to do."""

    line_no: int
    cause: str
    remedy: str

    def __str__(self) -> str:
        return f"line {self.line_no}: {self.cause}. {self.remedy}"


def read_calls(source: BinaryIO) -> Iterator[CallRecord | BadLine]:
    """Every call of a binary file, in order; blank lines are skipped, bad ones are values."""
    line_no = 1
    head = source.readline(MAX_LINE_BYTES + 1)
    while head and not head.strip():
        head = source.readline(MAX_LINE_BYTES + 1)
        line_no += 1
    if not head:
        yield BadLine(1, "the file is empty", _EXPORT)
    elif opens_document(head):
        yield from _records(head, source, line_no)
    else:
        yield from _lines(head, source, line_no)


_EXPORT = "Export the calls again, one JSON object a line."


def _lines(line: bytes, source: BinaryIO, line_no: int) -> Iterator[CallRecord | BadLine]:
    while line:
        if len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
            _skip_rest(source)
            yield _too_long(line_no)
        elif line.strip():
            yield from _line(line, line_no)
        line = source.readline(MAX_LINE_BYTES + 1)
        line_no += 1


def _records(head: bytes, source: BinaryIO, line_no: int) -> Iterator[CallRecord | BadLine]:
    """The calls of one document over many lines."""
    for place, value, fault in document_values(head, source, line_no, MAX_LINE_BYTES):
        if fault is not None:
            yield BadLine(place, fault, "The file is damaged here: download or export it again.")
        else:
            yield from values_of(value, place)


def _too_long(line_no: int) -> BadLine:
    return BadLine(
        line_no, f"one line is longer than {MAX_LINE_BYTES // 1024 // 1024} MB, no call is that long", _EXPORT
    )


def _skip_rest(source: BinaryIO) -> None:
    while (chunk := source.readline(_CHUNK_BYTES)) and not chunk.endswith(b"\n"):
        pass


def _line(line: bytes, line_no: int) -> Iterator[CallRecord | BadLine]:
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        yield BadLine(line_no, "the line is not UTF-8 text", "Save the export as UTF-8.")
    except ValueError as fault:
        cause = "the line ends in the middle of a value" if _truncated(fault, line) else "the line is no JSON"
        yield BadLine(line_no, cause, "The file is damaged here: download or export it again.")
    except RecursionError:
        yield BadLine(line_no, "the line nests deeper than a call can", _EXPORT)
    else:
        yield from values_of(value, line_no)


def _truncated(fault: ValueError, line: bytes) -> bool:
    unterminated = "Unterminated" in str(fault)
    length = len(line.decode("utf-8", "ignore").rstrip())
    return unterminated or (isinstance(fault, json.JSONDecodeError) and fault.pos >= length)


def values_of(value: Any, line_no: int) -> Iterator[CallRecord | BadLine]:
    if isinstance(value, list):
        for item in value:
            yield from values_of(item, line_no)
    elif isinstance(value, Mapping):
        yield _record(value, line_no)
    else:
        yield BadLine(line_no, "the line is no call object", _EXPORT)


def _record(row: Mapping[str, Any], line_no: int) -> CallRecord | BadLine:
    inner = row.get("call")
    call = inner if isinstance(inner, Mapping) else row
    recorded = parse_call(call)
    if isinstance(recorded, Unreadable):
        vendor = next((name for field, name in _FOREIGN.items() if field in call), None)
        cause = f"this is an export of {vendor}, {recorded.cause}" if vendor else recorded.cause
        return BadLine(line_no, cause, recorded.remedy)
    version = row.get("expected_agent_version")
    catalogue = row.get("catalogue")
    return CallRecord(
        line_no=line_no,
        id=str(row.get("id") or recorded.id),
        catalogue=catalogue if isinstance(catalogue, str) else None,
        expected_agent_version=version if isinstance(version, int) else None,
        call=recorded,
    )
