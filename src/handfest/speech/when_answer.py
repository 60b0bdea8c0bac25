"""The answer format of the `when` corpus: one JSON object an item."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from handfest.model.wish import AskWhen, RefuseWhen, TimeWindow, WhenReading
from handfest.speech.when import WhenContext, understand_when

# What lies behind us is refused by asking for another time; what does not exist is plainly invalid.
_ASKED_AGAIN = frozenset({"past", "too_far"})


def when_answer(reading: WhenReading) -> dict[str, Any]:
    """A reading as `date`, `time`, `window`, `date_range`, `earliest`, `ask`, `invalid` (times "HH:MM")."""
    if isinstance(reading, AskWhen) or (isinstance(reading, RefuseWhen) and reading.reason in _ASKED_AGAIN):
        return {"ask": reading.reason}
    if isinstance(reading, RefuseWhen):
        return {"invalid": reading.reason}
    answer: dict[str, Any] = {}
    if reading.day is not None:
        answer["date"] = reading.day.isoformat()
    if reading.days is not None:
        last = reading.days.last
        answer["date_range"] = [
            reading.days.first.isoformat(),
            last.isoformat() if last is not None else None,
        ]
    if reading.at is not None:
        answer["time"] = reading.at.strftime("%H:%M")
    if reading.window is not None:
        answer["window"] = [_clock(reading.window.start), _clock(reading.window.end)]
    if reading.earliest:
        answer["earliest"] = True
    return answer


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def answer_item(item: dict[str, Any]) -> dict[str, Any]:
    """The answer to one corpus line (`id`, `text`, `lang`, `now`, `tz`, `opening`?, `context`?)."""
    reading = understand_when(str(item["text"]), item_context(item))
    return {"id": item["id"], "answer": when_answer(reading)}


def item_context(item: dict[str, Any]) -> WhenContext:
    """The context a corpus line describes."""
    zone = ZoneInfo(str(item.get("tz", "Europe/Berlin")))
    opening = item.get("opening")
    agreed = (item.get("context") or {}).get("window")
    return WhenContext(
        now=datetime.fromisoformat(str(item["now"])).astimezone(zone),
        zone=zone,
        language=str(item.get("lang", "de")),
        opening=(_opening_time(opening[0]), _opening_time(opening[1])) if opening else None,
        window=TimeWindow(_minutes(agreed[0]), _minutes(agreed[1])) if agreed else None,
    )


def _opening_time(written: str) -> time:
    """A corpus clock; "24:00" closes at midnight."""
    minute = _minutes(written)
    return time(minute // 60 % 24, minute % 60)


def _minutes(written: str) -> int:
    hour, minute = written.split(":")[:2]
    return int(hour) * 60 + int(minute)
