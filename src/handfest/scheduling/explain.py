"""Reasons as sentences; the words are data (`data/reasons.toml`)."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from importlib import resources
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from whenever import Instant

from handfest.scheduling.reason import Cause, Reason

_WORDS: dict[str, dict[str, Any]] = tomllib.loads(
    resources.files("handfest.scheduling").joinpath("data", "reasons.toml").read_text(encoding="utf-8")
)

LANGUAGES = tuple(_WORDS)
"""The languages in which reasons can be told."""

_PERSONAL = frozenset(Cause) - {Cause.NOTICE, Cause.HORIZON, Cause.LIMIT_DAY, Cause.LIMIT_WEEK}


def explain(
    reasons: Sequence[Reason], *, language: str, zone: ZoneInfo, names: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """One sentence per reason, and after the reasons of each member who is not free their next free start.

    `names` turns ids of staff and resources into names, `zone` gives the clock, `language` is one of
    `LANGUAGES` (KeyError otherwise).
    """
    teller = _Teller(_WORDS[language], zone, names or {})
    sentences: list[str] = []
    for (staff_id, personal), group in groupby(
        reasons, key=lambda one: (one.staff_id, one.cause in _PERSONAL)
    ):
        own = list(group)
        # Several appointments of one course at one time are one reason to whoever reads it.
        sentences += dict.fromkeys(map(teller.sentence, own))
        if personal and not {reason.cause for reason in own} & {Cause.FREE, Cause.STAFF_CANNOT}:
            sentences.append(teller.outlook(staff_id, own[0].next_free))
    return tuple(sentences)


class _Teller:
    def __init__(self, words: dict[str, Any], zone: ZoneInfo, names: Mapping[str, str]) -> None:
        self._words, self._zone, self._names = words, zone, names

    def sentence(self, reason: Reason) -> str:
        template = self._words["cause"][self._key(reason)]
        start, end = map(self._local, (reason.start, reason.end))
        told: str = template.format(
            who=self._who(reason),
            what=self._names.get(reason.resource_id or "", reason.resource_id),
            start=self._moment(start),
            end=self._moment(end),
            span=self._span(start, end),
            until=self._until(end),
            day=self._date(reason.day) if reason.day else "",
            amount=reason.amount,
            label=f" ({reason.label})" if reason.label else "",
        )
        return told

    def outlook(self, staff_id: str | None, next_free: Instant | None) -> str:
        who = self._name(staff_id)
        template = self._words["next_free" if next_free else "none_free"]
        told: str = template.format(who=who, next=self._moment(self._local(next_free)))
        return told

    def _key(self, reason: Reason) -> str:
        """The sentence: a cause has others where nothing is known of the end, or time is open but too short."""
        if reason.cause in (Cause.OUTSIDE_HOURS, Cause.RESOURCE_TAKEN) and reason.end is None:
            return f"{reason.cause}_unknown"
        short = reason.cause is Cause.OUTSIDE_HOURS and reason.amount is not None
        return f"{reason.cause}_short" if short else reason.cause.value

    def _who(self, reason: Reason) -> str:
        if reason.cause is Cause.STAFF_CANNOT and reason.staff_id is None:
            return str(self._words["anyone"])
        return self._name(reason.staff_id)

    def _name(self, staff_id: str | None) -> str:
        return self._names.get(staff_id, staff_id) if staff_id else str(self._words["house"])

    def _local(self, moment: Instant | None) -> datetime | None:
        return None if moment is None else datetime.fromtimestamp(moment.timestamp(), self._zone)

    def _date(self, day: date) -> str:
        told: str = self._words["date"].format(
            weekday=self._words["weekdays"][day.weekday()],
            day=day.day,
            month=day.month,
            month_name=self._words["months"][day.month - 1],
            year=day.year,
        )
        return told

    def _moment(self, moment: datetime | None) -> str:
        if moment is None:
            return ""
        told: str = self._words["moment"].format(date=self._date(moment), clock=f"{moment:%H:%M}")
        return told

    def _span(self, start: datetime | None, end: datetime | None) -> str:
        if start and end and start.date() == end.date():
            same = self._words["span_of_a_day"]
            return str(same.format(date=self._date(start), clock=f"{start:%H:%M}", end_clock=f"{end:%H:%M}"))
        return str(self._words["span"].format(start=self._moment(start), end=self._moment(end)))

    def _until(self, end: datetime | None) -> str:
        """An absence that ends with a day includes that day: nobody says "until midnight"."""
        if end is None or end.time() != time():
            return self._moment(end)
        told: str = self._words["whole_day"].format(date=self._date(end.date() - timedelta(days=1)))
        return told
