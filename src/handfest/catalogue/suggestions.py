"""Aliases that callers suggest: ambiguous words and what the caller answered when we asked. Never applied by itself.

A suggestion is for a person to review: "Haarschnitt" may mean one service to nine callers and another to the tenth.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from handfest.model.turn import Step, TurnRecord

_ASKED = ("ambiguous", "unknown")
"""Results of a `resolved` step after which we ask."""
_ASKED_AGAIN = "asked_before"
"""The evidence of candidates where the caller's answer was not understood: the question is still the first one."""


@dataclass(frozen=True, slots=True)
class SuggestedAlias:
    """Words that callers used for a service and confirmed when asked, `count` times in all."""

    phrase: str
    service_id: str
    count: int


def suggested_aliases(turns: Iterable[TurnRecord]) -> tuple[SuggestedAlias, ...]:
    """What the answers of callers suggest, most confirmed first; `turns` stand call by call, each call's in order."""
    calls = groupby(turns, key=lambda turn: turn.call_id)
    counts = Counter(
        found for _call, own in calls for found in _confirmed(step for turn in own for step in turn.steps)
    )
    rows = (SuggestedAlias(phrase, service, count) for (phrase, service), count in counts.items())
    return tuple(sorted(rows, key=lambda row: (-row.count, row.phrase, row.service_id)))


def _confirmed(steps: Iterable[Step]) -> Iterable[tuple[str, str]]:
    """The words we asked about, with the service the caller then chose."""
    asked = ""
    for step in steps:
        facts = step.facts
        if (
            step.name == "resolved"
            and facts.get("result") in _ASKED
            and not _repeats(facts.get("candidates"))
        ):
            asked = " ".join(str(facts.get("spoken") or "").split()).casefold()
        elif step.name == "pinned":
            if asked and facts.get("reason") == "chosen":
                yield asked, str(facts["service_id"])
            asked = ""


def _repeats(candidates: object) -> bool:
    rows = candidates if isinstance(candidates, list) else []
    return any(isinstance(row, dict) and row.get("evidence") == _ASKED_AGAIN for row in rows)
