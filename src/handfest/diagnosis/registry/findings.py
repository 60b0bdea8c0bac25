"""The registry of findings: stable ids with what they mean, whose move it is, and what to do.

One data file a range (`findings_4xx.toml`, ...) in one format; ids are never renumbered or reused.
"""

import tomllib
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any


class Owner(StrEnum):
    """Who can remove the cause of a finding."""

    BUSINESS = "business"
    AGENT_BUILDER = "agent_builder"
    PLATFORM = "platform"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class FindingKind:
    """One kind of finding. `means` and `remedy` are sentences by language (`de`, `en`); `name` is for machines.

    `details` are causes that have a meaning and a remedy of their own.
    """

    id: str
    name: str
    title: dict[str, str]
    owner: Owner
    means: dict[str, str]
    remedy: dict[str, str]
    reserved: bool = False
    details: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)

    def of(self, detail: str | None) -> "FindingKind":
        """The same with the meaning and the remedy of this detail, where it has some of its own."""
        own = self.details.get(detail or "")
        return replace(self, means=own["means"], remedy=own["remedy"]) if own is not None else self


@cache
def finding_kinds() -> dict[str, FindingKind]:
    """Every known finding by id, over all ranges, in the order of the ids.

    Raises ValueError where two files claim the same id.
    """
    kinds: dict[str, FindingKind] = {}
    folder = resources.files("handfest.diagnosis.registry")
    names = sorted(entry.name for entry in folder.iterdir() if _is_range(entry.name))
    for name in names:
        for row in tomllib.loads(folder.joinpath(name).read_text("utf-8"))["finding"]:
            if row["id"] in kinds:
                raise ValueError(f"finding {row['id']} stands twice, again in {name}")
            kinds[row["id"]] = _kind(row)
    return kinds


def _is_range(name: str) -> bool:
    return name.startswith("findings_") and name.endswith(".toml")


def _kind(row: dict[str, Any]) -> FindingKind:
    return FindingKind(
        id=row["id"],
        name=row["name"],
        title={"en": row["name"].replace("_", " "), **row["title"]},
        owner=Owner(row["owner"]),
        means=row["means"],
        remedy=row["remedy"],
        reserved=row.get("reserved", False),
        details=row.get("details", {}),
    )
