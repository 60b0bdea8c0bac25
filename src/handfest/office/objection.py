"""The Objection: the office's expected no, a value with a code."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from handfest.catalogue.problem import Problem


class ObjectionCode(StrEnum):
    """Why something is not done."""

    NOT_ALLOWED = "not_allowed"  # the actor may not do this in this business
    NOT_FOUND = "not_found"  # there is no such thing, or it is another business's
    NOT_FREE = "not_free"  # the time is not free; `facts` say why, and what is near
    NOT_POSSIBLE = "not_possible"  # what it is about is not in a state for it
    CONFLICT = "conflict"  # somebody else has changed it since it was read
    INVALID = "invalid"  # what was given cannot be used; `facts` say what and why
    UNSETTLED = "unsettled"  # it was begun and its outcome is not known yet; it is looked up
    TRY_LATER = "try_later"  # the calendar takes nothing at the moment


@dataclass(frozen=True, slots=True)
class Objection:
    """One no. `detail` is a sentence for people, in English; `facts` are plain values.

    `problems` are those of a business file that is in the way, and can be told in every language.
    """

    code: ObjectionCode
    detail: str
    facts: dict[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def not_found(what: str) -> Objection:
    """There is no such thing in this business."""
    return Objection(ObjectionCode.NOT_FOUND, f"there is no such {what} in this business")


def invalid(detail: str, **facts: Any) -> Objection:
    """What was given cannot be used."""
    return Objection(ObjectionCode.INVALID, detail, facts)
