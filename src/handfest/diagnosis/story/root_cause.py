"""Why a served call ended as it did: one cause, its remedy and whose move it is."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from handfest.diagnosis.registry.findings import Owner, finding_kinds
from handfest.diagnosis.story.served_findings import ServedFinding
from handfest.model.call import AuditNote

_COMPANIONS = frozenset({"HF414", "HF416", "HF421", "HF423"})
"""Findings that accompany a loss more often than they cause it; a cause only where nothing else is left."""


@dataclass(frozen=True, slots=True)
class RootCause:
    """`code` is a finding's id, or the reply code that the call ended on; texts by language (`de`, `en`).

    `detail` says more of a finding, such as which failure of the calendar it was.
    """

    code: str
    cause: dict[str, str]
    remedy: dict[str, str]
    owner: Owner | None
    steps: tuple[int, ...] = ()
    detail: str | None = None


def root_cause(
    findings: tuple[ServedFinding, ...], last_code: str | None, *, done: bool, heard: AuditNote | None = None
) -> RootCause | None:
    """None for a call that got what it wanted; else its first cause, else what its last answer says.

    `heard` is the first cause by the audit of the transcript, which stands where the trace shows none.
    """
    if done:
        return None
    causes = [one for one in findings if one.id not in _COMPANIONS] or list(findings)
    if causes:
        return _of_finding(causes[0].id, causes[0].detail, causes[0].steps)
    if heard is not None:
        return _of_finding(heard.id, heard.detail)
    row = _ends().get(last_code or "", _ends()["none"])
    owner = Owner(row["owner"]) if "owner" in row else None
    return RootCause(last_code or "none", row["cause"], row["remedy"], owner)


def _of_finding(id_: str, detail: str | None, steps: tuple[int, ...] = ()) -> RootCause:
    kind = finding_kinds()[id_].of(detail)
    return RootCause(
        id_, kind.means, kind.remedy, kind.owner, steps, detail if detail in kind.details else None
    )


@cache
def _ends() -> dict[str, Any]:
    return tomllib.loads(
        resources.files("handfest.diagnosis.story").joinpath("call_ends.toml").read_text("utf-8")
    )
