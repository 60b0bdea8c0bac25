"""The values of a JSON document that is spread over many lines, decoded one by one in little memory.

The document is an array of values, or values one after another, printed in any way. A damaged value is
reported and the reading goes on at the next object that looks like a call.
"""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

_CHUNK_BYTES = 1024 * 1024
_LONGEST_HEAD = 512
_NEXT_CALL = re.compile(r'\{\s*"(?:call_id|call_type|call|id)"\s*:')
_NEAR_END = 64
_CUT_OFF = "the document ends in the middle of a value"
_NO_JSON = "the value is no JSON"


def opens_document(head: bytes) -> bool:
    """Whether the first line of a file opens a document, rather than being the first of one value a line."""
    text = head.strip().removeprefix(b"\xef\xbb\xbf")
    if text.startswith(b"["):
        return not text.endswith(b"]")
    printed = len(text) < _LONGEST_HEAD and text.endswith((b",", b":", b"{", b"["))
    return text.startswith(b"{") and printed


class _Window:
    """The part of a document that is held in memory, and the line at which it begins."""

    def __init__(self, head: bytes, source: BinaryIO, line_no: int) -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self.text = self._decoder.decode(head)
        self.line_no = line_no
        self.ended = False

    def grow(self) -> None:
        """Read on; as much again as is held, so that a long value is not decoded too often."""
        more = self._source.read(max(_CHUNK_BYTES, len(self.text)))
        self.ended = not more
        self.text += self._decoder.decode(more, final=self.ended)

    def drop(self, count: int) -> None:
        """Forget the first characters, counting the lines that go with them."""
        self.line_no += self.text.count("\n", 0, count)
        self.text = self.text[count:]


def document_values(
    head: bytes, source: BinaryIO, line_no: int, longest: int
) -> Iterator[tuple[int, Any, str | None]]:
    """Line, value and fault of each value; a fault says why there is no value. `longest` is in characters."""
    window = _Window(head, source, line_no)
    while True:
        position = _after_marks(window.text, 0)
        start_line = window.line_no + window.text.count("\n", 0, position)
        value, after, fault = _decoded(window, position, longest)
        if fault is None and after is None:
            window.grow()
        elif fault is None and after is not None:
            if after > position:
                yield start_line, value, None
            window.drop(after)
        else:
            yield start_line, None, fault
            if fault == _CUT_OFF:
                return
            _resynchronise(window, position + 1)
        if window.ended and not window.text[_after_marks(window.text, 0) :]:
            return


def _after_marks(text: str, position: int) -> int:
    """Past white space and the brackets and commas of the enclosing array."""
    while position < len(text) and text[position] in " \t\r\n[],":
        position += 1
    return position


def _decoded(window: _Window, position: int, longest: int) -> tuple[Any, int | None, str | None]:
    """The value at a place and its end; no end where more text is needed; a fault where it is damaged."""
    if position >= len(window.text):
        return None, None if not window.ended else position, None
    try:
        value, after = json.JSONDecoder().raw_decode(window.text, position)
    except json.JSONDecodeError as damage:
        inside = damage.pos < len(window.text) - _NEAR_END and "Unterminated" not in damage.msg
        if inside or window.ended:
            return None, None, _NO_JSON if inside else _CUT_OFF
        too_long = len(window.text) - position > longest
        return None, None, "a value is longer than a call can be" if too_long else None
    except RecursionError:
        return None, None, "the value nests deeper than a call can"
    return value, after, None


def _resynchronise(window: _Window, position: int) -> None:
    """Go on at the next object that looks like a call."""
    while True:
        found = _NEXT_CALL.search(window.text, position)
        if found is not None:
            window.drop(found.start())
            return
        window.drop(max(0, len(window.text) - _NEAR_END))
        position = 0
        if window.ended:
            window.drop(len(window.text))
            return
        window.grow()
