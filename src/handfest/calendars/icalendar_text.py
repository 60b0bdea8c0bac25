"""The text of an iCalendar feed (RFC 5545), cut into its events without trusting its size.

Only events that can still matter are kept for parsing; the others are counted and dropped while reading, so that
a feed of any length costs a bounded amount of memory and of parsing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

CHARACTERS_MAX = 256 * 1024 * 1024
"""How much of a feed is read at most: a million events of ordinary length."""
EVENTS_MAX = 5_000
"""How many events of a feed are parsed at most."""
EVENT_LINES_MAX = 5_000
"""How many lines one event may have at most."""
_DATED = re.compile(r"^(DTSTART|DTEND)[^:\r\n]*:(\d{8})", re.MULTILINE)
_MAY_REACH_ON = re.compile(
    r"^(RRULE|RDATE|RECURRENCE-ID)[;:]|^DURATION\b(?![^:\r\n]*:PT(\d{1,3}[HMS])+\r?$)", re.MULTILINE
)
DAYS_OVER = 45
"""What began or ended longer ago is over: longer than 999 hours, which `_MAY_REACH_ON` lets pass as short."""


@dataclass(frozen=True, slots=True)
class NotAFeed:
    """Why a text is no iCalendar feed, or not all of one."""

    cause: str


@dataclass(slots=True)
class FeedText:
    """The parts of a feed worth parsing, and how many events were left out for which reason."""

    zones: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    title: str | None = None


def cut(lines: Iterable[str], today: date) -> FeedText | NotAFeed:
    """The zones and events of a feed. A feed that ends early is refused whole: half of it would free times."""
    text, rows = FeedText(), _Lines(lines)
    first = next((row for row in rows if row.strip("\ufeff \r\n")), "")
    if first.strip("\ufeff \r\n").upper() != "BEGIN:VCALENDAR":
        return NotAFeed(
            f"an iCalendar feed begins with BEGIN:VCALENDAR, this begins with {first[:40].strip()!r}"
        )
    complete = False
    for row in rows:
        head = row.rstrip("\r\n").upper()
        if head == "BEGIN:VEVENT":
            block = _block(rows, row, "END:VEVENT")
            if block is not None:
                _sort_in(text, block, today)
            elif not rows.ended:
                text.left_out["longer than an event may be"] += 1
        elif head == "BEGIN:VTIMEZONE":
            text.zones.append(_block(rows, row, "END:VTIMEZONE") or "")
        elif head.startswith("X-WR-CALNAME"):
            text.title = row.split(":", 1)[-1].strip()
        complete = head == "END:VCALENDAR"
    if rows.cut_off:
        text.left_out[f"unread: the feed is longer than {CHARACTERS_MAX // 2**20} MiB"] += 1
    elif not complete:
        return NotAFeed("the feed ends before END:VCALENDAR; it was probably cut off on its way")
    return text


class _Lines:
    """Lines of a text up to a number of characters."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._left = CHARACTERS_MAX
        self.cut_off = False
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        row = next(self._lines, None)
        if row is None:
            self.ended = True
            raise StopIteration
        self._left -= len(row)
        if self._left < 0:
            self.cut_off = self.ended = True
            raise StopIteration
        return row


def _block(rows: _Lines, first: str, last: str) -> str | None:
    """The lines up to `last`, or None if they do not end or are too many."""
    block = [first]
    for row in rows:
        if len(block) <= EVENT_LINES_MAX:
            block.append(row)
        if row.rstrip("\r\n").upper() == last:
            return "".join(block) if len(block) <= EVENT_LINES_MAX else None
    return None


def _sort_in(text: FeedText, block: str, today: date) -> None:
    if _is_over(block, today):
        text.left_out["over"] += 1
    elif len(text.events) < EVENTS_MAX:
        text.events.append(block)
    else:
        text.left_out[f"beyond the first {EVENTS_MAX} that matter"] += 1


def _is_over(block: str, today: date) -> bool:
    """True if the event certainly ended before today, in any time zone."""
    if _MAY_REACH_ON.search(block):
        return False
    days = [digits for _, digits in _DATED.findall(block)]
    return bool(days) and max(days) < (today - timedelta(days=DAYS_OVER)).strftime("%Y%m%d")
