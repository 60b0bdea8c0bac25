"""Opening hours as they are written: `mon = ["09:00-12:00", "22:00-02:00"]`, closed dates, own dates."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise

from handfest.catalogue.nearest import did_you_mean
from handfest.catalogue.problem import Path, ProblemList
from handfest.model.catalogue import END_OF_DAY, Hours, Opening

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*\Z")
_SPAN_REMEDY = 'write each span as "09:00-12:00"; "22:00-02:00" is over midnight, "24:00" the end of the day'
_DATE_REMEDY = 'write dates as "2025-12-24"'


def read_hours(raw: object, path: Path, problems: ProblemList) -> Hours | None:
    """The hours of one table, or None where something in it had to be reported."""
    if not isinstance(raw, dict):
        problems.add(path, "opening hours are no table", 'write a table such as mon = ["09:00-12:00"]')
        return None
    before = len(problems.found)
    _report_unknown(raw, path, problems)
    weekdays = tuple(_read_day(raw.get(day, []), (*path, day), problems) for day in DAYS)
    overrides = _read_dates(raw.get("dates", {}), (*path, "dates"), problems)
    closed = _read_closed(raw.get("closed", []), (*path, "closed"), problems)
    _report_nights(weekdays, path, problems)
    for day, _ in overrides:
        if day in closed:
            problems.add(
                (*path, "dates", day.isoformat()),
                f"{day} is closed and has hours of its own",
                "keep one of the two",
            )
    if len(problems.found) > before:
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
            problems.add(
                (*path, name),
                f'"{name}" is no day of the week{did_you_mean(name[:3], known)}',
                f"use {', '.join(known)}",
            )


def _read_day(raw: object, path: Path, problems: ProblemList) -> tuple[Opening, ...]:
    """The spans of one day in order; what cannot be read is reported and left out."""
    if not isinstance(raw, list):
        problems.add(path, "the hours of a day are no list", 'write a list such as ["09:00-12:00"]')
        return ()
    read = [(_read_span(text, (*path, n), problems), n) for n, text in enumerate(raw)]
    spans = sorted(((span, n) for span, n in read if span), key=lambda pair: pair[0].start)
    for (first, _), (second, n) in pairwise(spans):
        if second.start < first.start + length_min(first):
            cause = f"{span_text(second)} overlaps {span_text(first)}"
            problems.add((*path, n), cause, "let each span begin when the one before has ended")
    return tuple(span for span, _ in spans)


def _read_span(text: object, path: Path, problems: ProblemList) -> Opening | None:
    found = _SPAN.match(text) if isinstance(text, str) else None
    if not found:
        problems.add(path, f"{_shown(text)} is no span of opening time", _SPAN_REMEDY)
        return None
    start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    if start_minute > 59 or end_minute > 59 or start >= END_OF_DAY or end > END_OF_DAY:
        problems.add(path, f"{_shown(text)} holds a time that no clock shows", _SPAN_REMEDY)
        return None
    if start == end:
        problems.add(
            path,
            f"{_shown(text)} ends when it begins",
            'write "00:00-24:00" for a whole day, or leave it out',
        )
        return None
    return Opening(start, end)


def _report_nights(weekdays: Sequence[tuple[Opening, ...]], path: Path, problems: ProblemList) -> None:
    """A span over midnight must not run into the first span of the next day."""
    for number, spans in enumerate(weekdays):
        if not spans or spans[-1].end > spans[-1].start:
            continue
        following = (number + 1) % 7
        for other in weekdays[following][:1]:
            if other.start < spans[-1].end:
                problems.add(
                    (*path, DAYS[following]),
                    f"{span_text(other)} overlaps {span_text(spans[-1])} of the night before",
                    "let each span begin when the one before has ended",
                )


def _read_dates(
    raw: object, path: Path, problems: ProblemList
) -> tuple[tuple[date, tuple[Opening, ...]], ...]:
    if not isinstance(raw, dict):
        problems.add(path, "dates is no table", 'write "2025-12-31" = ["09:00-12:00"] under [hours.dates]')
        return ()
    days = [
        (day, _read_day(spans, (*path, text), problems))
        for text, spans in raw.items()
        if (day := _read_date(text, (*path, text), problems))
    ]
    return tuple(sorted(days))


def _read_closed(raw: object, path: Path, problems: ProblemList) -> frozenset[date]:
    if not isinstance(raw, list):
        problems.add(path, "closed is no list of dates", 'write closed = ["2025-12-24"]')
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
    problems.add(path, f"{_shown(text)} is no date of the calendar", _DATE_REMEDY)
    return None


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
