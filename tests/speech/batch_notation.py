"""The short notation of the examiner's batches: one utterance a line, its reading and what else is tolerable.

`@ 2026-10-14T09:30:00+02:00 en clock open=09:00-18:00` names moment, language, kind, opening hours and agreed
window (`ctx=`) of the lines below it. A line is `words | reading / other reading`; a reading is any of
`10-16` (a day; with its year where it differs), `10-19..10-21~1` (days, each end with so much tolerance), `14:00`,
`W13:00-18:00~60,60` (a window, minutes of tolerance), `E` (earliest), `?` (ask), `!` (refuse), or the name of a
part of the day (PARTS).
"""

import re
from pathlib import Path
from typing import Any

PARTS = {
    "fr": "W06:00-10:00~120,120",
    "vm": "W08:00-12:00~120,60",
    "mi": "W12:00-14:00~60,60",
    "nm": "W13:00-18:00~60,60",
    "ab": "W18:00-22:00~120,120",
    "fe": "W17:00-24:00",
    "svm": "W10:00-12:00~60,60",
    "fnm": "W13:00-15:00~60,60",
    "snm": "W16:00-18:00~60,60",
    "fab": "W17:00-20:00~60,60",
    "sab": "W20:00-22:00~60,120",
}
_DAY = r"(?:\d{4}-)?\d\d-\d\d"
_READINGS = re.compile(
    rf"(?P<date>{_DAY})$|(?P<time>\d\d:\d\d)$"
    r"|W(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)(?:~(?P<early>\d+),(?P<late>\d+))?$"
    rf"|(?P<first>{_DAY})\.\.(?P<last>{_DAY})?(?:~(?P<slack>\d+))?$"
)
_PLAIN = {"?": {"ask": "x"}, "!": {"invalid": "x"}, "E": {"earliest": True}}


def batch_items(path: Path) -> list[dict[str, Any]]:
    """The corpus items of a batch file, named by file and line."""
    items: list[dict[str, Any]] = []
    head: dict[str, Any] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.startswith("@"):
            head = _head(line[1:].split())
        elif line.strip() and not line.startswith("#"):
            words, _, written = line.rpartition(" | ")
            readings = [_reading(one, str(head["now"])[:4]) for one in written.split(" / ")]
            items.append({"id": f"{path.stem}:{number}", "text": words, **head} | _expected(readings))
    return items


def _expected(readings: list[dict[str, Any]]) -> dict[str, Any]:
    tolerable = readings[1:] or ([{"ask": "x"}] if "invalid" in readings[0] else [])
    return {"expect": readings[0], "accept": tolerable}


def _head(words: list[str]) -> dict[str, Any]:
    now, language, kind = words[:3]
    head: dict[str, Any] = {"now": now, "lang": language, "kind": kind, "tz": "Europe/Berlin"}
    for word in words[3:]:
        name, _, hours = word.partition("=")
        head |= {"opening": hours.split("-")} if name == "open" else {"context": {"window": hours.split("-")}}
    return head


def _reading(written: str, year: str) -> dict[str, Any]:
    reading: dict[str, Any] = {}
    for word in written.split():
        reading |= _PLAIN.get(word) or _value(PARTS.get(word, word), year)
    return reading


def _value(word: str, year: str) -> dict[str, Any]:
    found = _READINGS.match(word)
    assert found is not None, word
    part = {name: value for name, value in found.groupdict().items() if value is not None}
    if "start" in part:
        slack = {"window_tol_min": [int(part["early"]), int(part["late"])]} if "early" in part else {}
        return {"window": [part["start"], part["end"]], **slack}
    if "first" in part:
        slack = {"date_tol_days": int(part["slack"])} if "slack" in part else {}
        return {"date_range": [_full(part["first"], year), _full(part.get("last"), year)], **slack}
    return {"time": part["time"]} if "time" in part else {"date": _full(part["date"], year)}


def _full(day: str | None, year: str) -> str | None:
    return day if day is None or len(day) > len("10-16") else f"{year}-{day}"
