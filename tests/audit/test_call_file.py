"""Damaged and foreign exports: each bad place is named with its line, everything else is still read."""

import io
import json
import tracemalloc
from typing import Any

import pytest

from audit.labelled_calls import samples
from handfest.diagnosis.recording.call_file import MAX_LINE_BYTES, BadLine, CallRecord, read_calls

GOOD = json.dumps(samples()[0]).encode()
CALL: dict[str, Any] = samples()[0]["call"]


def read(content: bytes) -> list[CallRecord | BadLine]:
    return list(read_calls(io.BytesIO(content)))


def calls(content: bytes) -> list[str]:
    return [record.id for record in read(content) if isinstance(record, CallRecord)]


def bad(content: bytes) -> list[tuple[int, str]]:
    return [(line.line_no, line.cause) for line in read(content) if isinstance(line, BadLine)]


@pytest.mark.parametrize(
    "content",
    [
        b"\n".join(json.dumps(row).encode() for row in samples()),
        json.dumps(list(samples())).encode(),
        json.dumps(list(samples()), indent=2).encode(),
        b"\n".join(json.dumps(row, indent=1).encode() for row in samples()),
        b"\xef\xbb\xbf" + b"\r\n\r\n".join(json.dumps(row).encode() for row in samples()),
    ],
    ids=["lines", "array", "printed array", "printed objects", "byte order mark and blank lines"],
)
def test_every_common_form_gives_all_calls_in_order(content: bytes) -> None:
    assert calls(content) == [row["id"] for row in samples()]


def test_a_bare_call_object_is_known_by_its_call_id() -> None:
    assert calls(json.dumps(CALL).encode()) == [CALL["call_id"]]


def test_a_truncated_file_gives_what_came_before_and_names_the_line() -> None:
    content = GOOD + b"\n" + GOOD[:5000]
    assert calls(content) == ["s001"]
    assert bad(content) == [(2, "the line ends in the middle of a value")]


def test_a_truncated_array_gives_what_came_before() -> None:
    content = json.dumps(list(samples()), indent=1).encode()[:60_000]
    assert calls(content) == ["s001", "s002"]
    assert len(bad(content)) == 1


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"duration_ms": -5}, "the call ends before it starts (negative duration)"),
        ({"end_timestamp": 5}, "the call ends before it starts (negative duration)"),
        ({"start_timestamp": None}, "not a call object: `call_id` or `start_timestamp` is missing"),
        ({"start_timestamp": -1}, "`start_timestamp` is no time in milliseconds"),
        (
            {"transcript": "", "transcript_object": [], "transcript_with_tool_calls": None},
            "the call has no transcript",
        ),
    ],
)
def test_a_call_that_cannot_be_audited_is_named_and_the_next_is_read(
    change: dict[str, Any], cause: str
) -> None:
    content = json.dumps(CALL | change).encode() + b"\n" + GOOD
    assert bad(content) == [(1, cause)]
    assert calls(content) == ["s001"]


def test_another_vendors_export_is_called_by_its_name() -> None:
    content = b'{"assistantId": "a", "messages": []}\n' + GOOD
    assert bad(content)[0][1].startswith("this is an export of Vapi")
    assert calls(content) == ["s001"]


@pytest.mark.parametrize(
    "rubbish", [b"hello", b"5", b'{"a":', b"\xff\xfe\x00", b"[" * 100_000 + b"]" * 100_000]
)
def test_rubbish_between_calls_costs_one_line(rubbish: bytes) -> None:
    content = GOOD + b"\n" + rubbish + b"\n" + GOOD
    assert calls(content) == ["s001", "s001"]
    assert [line for line, _ in bad(content)] == [2]


class HugeLine(io.RawIOBase):
    """200 MB without a line break, then one good call; made as it is read."""

    def __init__(self, size: int) -> None:
        self._left, self._tail = size, b"\n" + GOOD + b"\n"

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._left:
            count = min(len(buffer), self._left)
            buffer[:count] = b"x" * count
            self._left -= count
            return count
        count = min(len(buffer), len(self._tail))
        buffer[:count], self._tail = self._tail[:count], self._tail[count:]
        return count


def test_a_line_of_200_mb_is_skipped_in_little_memory() -> None:
    tracemalloc.start()
    found = list(read_calls(io.BufferedReader(HugeLine(200_000_000))))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [type(each).__name__ for each in found] == ["BadLine", "CallRecord"]
    assert peak < 4 * MAX_LINE_BYTES


def test_a_damaged_value_in_an_array_costs_that_value_only() -> None:
    rows = json.dumps(list(samples()), indent=1)
    place = rows.index('"words": [', rows.index('"id": "s005"'))
    damaged = rows[:place] + " oops " + rows[place:]
    assert calls(damaged.encode()) == [row["id"] for row in samples() if row["id"] != "s005"]


def test_a_document_of_200_mb_in_one_value_is_given_up_in_bounded_memory() -> None:
    tracemalloc.start()
    found = list(read_calls(io.BytesIO(b'[\n{"call_id": "' + b"x" * 80_000_000)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [type(each).__name__ for each in found] == ["BadLine"]
    assert peak < 400_000_000


def test_an_empty_file_says_so() -> None:
    assert bad(b"\n") == [(1, "the file is empty")]


def test_every_bad_line_says_what_to_do() -> None:
    for line in read(b'{}\nx\n5\n{"assistantId":1}'):
        assert isinstance(line, BadLine)
        assert line.remedy
        assert str(line).startswith(f"line {line.line_no}: ")
