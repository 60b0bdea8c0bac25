"""Scores answers to the `when` corpus: correct, accepted, imprecise, declined or wrong.

An answer is *correct* when it says what the item expects and nothing else, *accepted* when it matches one
of the item's other tolerable answers, *imprecise* when it left something out or named a point inside the
expected span, *declined* when it asked or said nothing where a value was expected, and *wrong* when it states
what was not said.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

Answer = dict[str, Any]
VERDICTS = ("correct", "accepted", "imprecise", "declined", "wrong")
_OPEN_START, _OPEN_END = 9 * 60, 20 * 60


def judge(item: dict[str, Any], answer: Answer) -> str:
    """The verdict on one answer."""
    expected, tolerable = item["expect"], list(item.get("accept", []))
    asking = _asks(expected)
    if not answer:
        return "correct" if asking else "accepted" if any(map(_asks, tolerable)) else "declined"
    if _same(answer, expected):
        return "correct"
    if any(_same(answer, other) for other in tolerable):
        return "accepted"
    if _asks(answer):
        return "correct" if asking else "declined"
    return "imprecise" if any(_vaguer(answer, other) for other in [expected, *tolerable]) else "wrong"


def tally(items: Iterable[dict[str, Any]], answers: Iterable[Answer]) -> dict[tuple[str, str], Counter[str]]:
    """Counts of verdicts by (language, kind); kind "all" sums a language."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for item, answer in zip(items, answers, strict=True):
        verdict = judge(item, answer)
        for kind in (str(item.get("kind", "")), "all"):
            counts.setdefault((str(item["lang"]), kind), Counter())[verdict] += 1
    return counts


def _asks(answer: Answer) -> bool:
    return "ask" in answer or "invalid" in answer


def _same(answer: Answer, expected: Answer, *, strict: bool = True) -> bool:
    """True when the answer says what is expected; `strict` also forbids a day or time not expected."""
    for refusal in ("ask", "invalid"):
        if refusal in expected:
            return refusal in answer
    if _asks(answer) or bool(answer.get("earliest")) != bool(expected.get("earliest")):
        return False
    return _same_day(answer, expected, strict=strict) and _same_time(answer, expected, strict=strict)


def _same_day(answer: Answer, expected: Answer, *, strict: bool) -> bool:
    days = answer.get("date_range")
    if "date" in expected:
        single = days[0] if days and days[0] == days[1] else None
        return bool((answer.get("date") or single) == expected["date"])
    if "date_range" not in expected:
        return not strict or (not answer.get("date") and not days)
    if not days:
        return False
    first, last = expected["date_range"]
    slack = int(expected.get("date_tol_days", 0))
    if _days_apart(days[0], first) > slack:
        return False
    return last is None or (days[1] is not None and _days_apart(days[1], last) <= slack)


def _same_time(answer: Answer, expected: Answer, *, strict: bool) -> bool:
    if "time" in expected:
        return bool(answer.get("time") == expected["time"])
    window = answer.get("window")
    if "window" not in expected:
        return not strict or (not answer.get("time") and not window)
    if not window:
        return False
    slack = expected.get("window_tol_min")
    starts, ends = (
        (_minutes(window[0]), _minutes(expected["window"][0])),
        (_minutes(window[1]), _minutes(expected["window"][1])),
    )
    early = (
        starts[0] <= _OPEN_START
        if starts[1] == 0 and not slack
        else abs(starts[0] - starts[1]) <= (slack or [0, 0])[0]
    )
    late = (
        ends[0] >= _OPEN_END
        if ends[1] == 1440 and not slack
        else abs(ends[0] - ends[1]) <= (slack or [0, 0])[1]
    )
    return early and late


def _vaguer(answer: Answer, expected: Answer) -> bool:
    """True when the answer is a part of the expected one, or a point inside it, and nothing more."""
    if _asks(expected):
        return False
    reduced = dict(expected)
    if answer.get("date") and "date_range" in reduced and _inside(answer["date"], *reduced["date_range"]):
        del reduced["date_range"]
        reduced["date"] = answer["date"]
    if "window" in reduced:
        _point_in_window(answer, reduced)
    if "time" in reduced and not answer.get("time") and not answer.get("window"):
        del reduced["time"]
    if "date" in reduced and not answer.get("date") and not answer.get("date_range") and len(reduced) > 1:
        del reduced["date"]
    reduced.pop("earliest", None)
    return reduced != expected and _same(answer, reduced, strict=False)


def _point_in_window(answer: Answer, reduced: Answer) -> None:
    first, last = (_minutes(end) for end in reduced["window"])
    if answer.get("time") and first <= _minutes(answer["time"]) <= last:
        reduced["time"] = answer["time"]
    elif answer.get("time") or answer.get("window"):
        return
    for key in ("window", "window_tol_min"):
        reduced.pop(key, None)


def _inside(day: str, first: str, last: str | None) -> bool:
    return day >= first and (last is None or day <= last)


def _days_apart(left: str, right: str) -> int:
    return abs((date.fromisoformat(left) - date.fromisoformat(right)).days)


def _minutes(written: str) -> int:
    hour, minute = written.split(":")[:2]
    return int(hour) * 60 + int(minute)
