"""Opening hours as they are written: `mon = ["09:00-12:00", "22:00-02:00"]`, closed dates, own dates."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise

from handfest.catalogue.nearest import did_you_mean
from handfest.catalogue.problem import Path, ProblemList
from handfest.catalogue.problem_words import Phrase
from handfest.model.catalogue import END_OF_DAY, Hours, Opening

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_NIGHT_MIN = 12 * 60
"""A longer span over midnight is more often one whose ends were exchanged."""
_SPAN = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*\Z")


def read_hours(raw: object, path: Path, problems: ProblemList) -> Hours | None:
    """The hours of one table, or None where something in it had to be reported."""
    if not isinstance(raw, dict):
        problems.add(path, "hours_no_table")
        return None
    before = len(problems.found)
    _report_unknown(raw, path, problems)
    weekdays = tuple(_read_day(raw.get(day, []), (*path, day), problems) for day in DAYS)
    overrides = _read_dates(raw.get("dates", {}), (*path, "dates"), problems)
    closed = _read_closed(raw.get("closed", []), (*path, "closed"), problems)
    _report_nights(weekdays, path, problems)
    for day, _ in overrides:
        if day in closed:
            problems.add((*path, "dates", day.isoformat()), "closed_with_hours", day=day)
    if any(not problem.warning for problem in problems.found[before:]):
        return None
    return Hours(weekdays, overrides, closed)


def span_text(opening: Opening) -> str:
    """One span as it is written in a business file."""
    return f"{_clock_text(opening.start)}-{_clock_text(opening.end)}"


def length_min(opening: Opening) -> int:
    """Minutes from start to end; an end at or before the start is on the next day (rule R3)."""
    return opening.end - opening.start + (END_OF_DAY if opening.end <= opening.start else 0)


def _clock_text(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _report_unknown(raw: dict[str, object], path: Path, problems: ProblemList) -> None:
    known = (*DAYS, "dates", "closed")
    for name in raw:
        if name not in known:
            near = did_you_mean(name[:3], known)
            problems.add((*path, name), "unknown_day", name=name, near=near, known=", ".join(known))


def _read_day(raw: object, path: Path, problems: ProblemList) -> tuple[Opening, ...]:
    """The spans of one day in order; what cannot be read is reported and left out."""
    if not isinstance(raw, list):
        problems.add(path, "day_no_list")
        return ()
    read = [(_read_span(text, (*path, n), problems), n) for n, text in enumerate(raw)]
    spans = sorted(((span, n) for span, n in read if span), key=lambda pair: pair[0].start)
    for (first, _), (second, n) in pairwise(spans):
        if second.start < first.start + length_min(first):
            problems.add((*path, n), "overlap", first=span_text(first), second=span_text(second))
    return tuple(span for span, _ in spans)


def _read_span(text: object, path: Path, problems: ProblemList) -> Opening | None:
    found = _SPAN.match(text) if isinstance(text, str) else None
    if not found:
        problems.add(path, "no_span", shown=_shown(text))
        return None
    start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    if start_minute > 59 or end_minute > 59 or start >= END_OF_DAY or end > END_OF_DAY:
        problems.add(path, "no_clock_time", shown=_shown(text))
        return None
    if start == end:
        problems.add(path, "empty_span", shown=_shown(text))
        return None
    opening = Opening(start, end)
    if end < start and length_min(opening) > LONGEST_NIGHT_MIN:
        hours = length_min(opening) / 60
        problems.warn(
            path, "long_night", shown=_shown(text), hours=f"{hours:g}", day=span_text(Opening(end, start))
        )
    return opening


def _report_nights(weekdays: Sequence[tuple[Opening, ...]], path: Path, problems: ProblemList) -> None:
    """A span over midnight must not run into the first span of the next day."""
    for number, spans in enumerate(weekdays):
        if not spans or spans[-1].end > spans[-1].start:
            continue
        following = (number + 1) % 7
        for other in weekdays[following][:1]:
            if other.start < spans[-1].end:
                first, second = span_text(spans[-1]), span_text(other)
                problems.add((*path, DAYS[following]), "overlap_of_night", first=first, second=second)


def _read_dates(
    raw: object, path: Path, problems: ProblemList
) -> tuple[tuple[date, tuple[Opening, ...]], ...]:
    if not isinstance(raw, dict):
        problems.add(path, "dates_no_table")
        return ()
    days = [
        (day, _read_day(spans, (*path, text), problems))
        for text, spans in raw.items()
        if (day := _read_date(text, (*path, text), problems))
    ]
    return tuple(sorted(days))


def _read_closed(raw: object, path: Path, problems: ProblemList) -> frozenset[date]:
    if not isinstance(raw, list):
        problems.add(path, "closed_no_list")
        return frozenset()
    days = (_read_date(text, (*path, n), problems) for n, text in enumerate(raw))
    return frozenset(day for day in days if day)


def _read_date(text: object, path: Path, problems: ProblemList) -> date | None:
    if isinstance(text, date) and not isinstance(text, datetime):
        return text
    try:
        if isinstance(text, str) and len(text) == len("2025-12-24"):
            return date.fromisoformat(text)
    except ValueError:
        pass
    problems.add(path, "no_date", shown=_shown(text))
    return None


def _shown(value: object) -> Phrase | str:
    return Phrase("quoted", {"text": value}) if isinstance(value, str) else str(value)
