"""Reasons as sentences; the words are data (`data/reasons.toml`)."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
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
        sentences += map(teller.sentence, own)
        if personal and not {reason.cause for reason in own} & {Cause.FREE, Cause.STAFF_CANNOT}:
            sentences.append(teller.outlook(staff_id, own[0].next_free))
    return tuple(sentences)


def _about(reason: Reason) -> tuple[str | None, bool]:
    return reason.staff_id, reason.cause in _PERSONAL


class _Teller:
    def __init__(self, words: dict[str, Any], zone: ZoneInfo, names: Mapping[str, str]) -> None:
        self._words, self._zone, self._names = words, zone, names

    def sentence(self, reason: Reason) -> str:
        known = reason.cause not in (Cause.OUTSIDE_HOURS, Cause.RESOURCE_TAKEN) or reason.end is not None
        template = self._words["cause"][reason.cause if known else f"{reason.cause}_unknown"]
        told: str = template.format(
            who=self._who(reason),
            what=self._names.get(reason.resource_id or "", reason.resource_id),
            start=self._moment(reason.start),
            end=self._moment(reason.end),
            day=reason.day.strftime(self._words["date"]) if reason.day else "",
            amount=reason.amount,
            label=f" ({reason.label})" if reason.label else "",
        )
        return told

    def outlook(self, staff_id: str | None, next_free: Instant | None) -> str:
        who = self._name(staff_id)
        template = self._words["next_free" if next_free else "none_free"]
        told: str = template.format(who=who, next=self._moment(next_free))
        return told

    def _who(self, reason: Reason) -> str:
        if reason.cause is Cause.STAFF_CANNOT and reason.staff_id is None:
            return str(self._words["anyone"])
        return self._name(reason.staff_id)

    def _name(self, staff_id: str | None) -> str:
        return self._names.get(staff_id, staff_id) if staff_id else str(self._words["house"])

    def _moment(self, moment: Instant | None) -> str:
        if moment is None:
            return ""
        return datetime.fromtimestamp(moment.timestamp(), self._zone).strftime(self._words["moment"])
