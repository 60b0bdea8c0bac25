"""The summary of `handfest eval --score`: verdicts per group, on standard error."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from rich.table import Table

from handfest.catalogue.services_score import judge as judge_service
from handfest.cli.output import errors
from handfest.speech.when_score import judge as judge_when

Item = dict[str, Any]
GROUPS = {
    "when": ("lang", "kind"),
    "services": ("lang", "kind"),
    "availability": ("tags",),
    "audit": ("catalogue",),
}


def print_score(suite: str, items: Sequence[Item], answers: Sequence[Any]) -> None:
    """A row per group and one for all: how many items, then every verdict that occurs."""
    judge = _JUDGES[suite]
    counts: dict[str, Counter[str]] = {}
    for item, answer in zip(items, answers, strict=True):
        verdict = judge(item, answer)
        for group in (_group(item, suite), "all"):
            counts.setdefault(group, Counter())[verdict] += 1
    verdicts = sorted({verdict for counter in counts.values() for verdict in counter})
    table = Table(box=None, pad_edge=False, title=f"{suite}: {len(items)} items", title_justify="left")
    for column in ("group", "items", *verdicts):
        table.add_column(column, justify="left" if column == "group" else "right")
    for group in sorted(counts, key=lambda name: (name == "all", name)):
        counter = counts[group]
        table.add_row(group, str(counter.total()), *(str(counter[verdict]) for verdict in verdicts))
    errors.print(table)


def _group(item: Item, suite: str) -> str:
    values = [item.get(name, "") for name in GROUPS[suite]]
    return (
        " ".join(" ".join(value) if isinstance(value, list) else str(value) for value in values).strip()
        or "-"
    )


def _judge_availability(item: Item, answer: Any) -> str:
    expected = item["expect"]
    if not isinstance(expected, dict):
        return "exact" if answer == expected else "different"
    ends = (answer[0], answer[-1]) if answer else (None, None)
    same = (len(answer), *ends) == (expected["count"], expected.get("first"), expected.get("last"))
    return "exact" if same else "different"


def _judge_audit(item: Item, answer: Any) -> str:
    expected = item["expect"]

    def found(rows: Sequence[Item]) -> set[tuple[Any, Any]]:
        return {(row["id"], row.get("detail")) for row in rows}

    if found(expected["findings"]) != found(answer["findings"]):
        return "other findings"
    return "exact" if expected.get("primary") == answer["primary"] else "other primary"


_JUDGES: dict[str, Callable[[Item, Any], str]] = {
    "when": judge_when,
    "services": judge_service,
    "availability": _judge_availability,
    "audit": _judge_audit,
}
