"""What a Cal.com error means, by status and code. Its texts are evidence, never a switch.

Two envelopes: `{"status": "error", "error": {"code", "message", "details"}}`, and for what the server does not
map a bare `{"statusCode", "message"}`, where the message is the code. One 401 is no credential problem but a
limit of the event type; a 400 `BadRequestException` of a booking says "not possible" for many reasons.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from handfest.calendars.calcom_http import HttpAnswer
from handfest.errors import CalendarFault, OutcomeUnknown, RateLimited, Rejected, Unauthorised, Unreachable

LIMITS = frozenset({"booking_limit_reached", "duration_limit_reached"})


class Kind(StrEnum):
    """What to do about an error."""

    NOT_POSSIBLE = "not_possible"  # taken, outside hours, too soon, done already: look which
    CONFLICT = "conflict"  # lost a race for the same time, or our own earlier attempt won it
    FIELD = "field"  # the attendee or a booking field does not satisfy the event type
    NOT_FOUND = "not_found"
    UNPROCESSABLE = "unprocessable"
    CREDENTIAL = "credential"
    THROTTLED = "throttled"
    BROKEN = "broken"  # 5xx: a write may have been carried out
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ApiProblem:
    """An error answer in plain values. `message` may hold what was sent: for the trace it is cut."""

    status: int
    code: str
    message: str
    validation: bool = False

    @property
    def kind(self) -> Kind:
        """What this is, by status and code."""
        if self.code in LIMITS:
            return Kind.NOT_POSSIBLE
        match self.status:
            case 400 if self.code == "BAD_REQUEST":
                return Kind.FIELD
            case 400 if self.validation:
                return Kind.OTHER
            case 400:
                return Kind.NOT_POSSIBLE
            case 401 | 403:
                return Kind.CREDENTIAL
            case 404 | 410:
                return Kind.NOT_FOUND
            case 409:
                return Kind.CONFLICT
            case 422:
                return Kind.UNPROCESSABLE
            case 429:
                return Kind.THROTTLED
            case status if status >= 500:
                return Kind.BROKEN
            case _:
                return Kind.OTHER

    @property
    def evidence(self) -> str:
        """Status, code and the beginning of the text."""
        return f"{self.status} {self.code}: {self.message[:120]}"

    def fault(self, *, write: bool) -> CalendarFault:
        """The fault this is when nobody can make a no of it. Tokens that Cal.com echoes are not repeated."""
        match self.kind:
            case Kind.CREDENTIAL:
                return Unauthorised(f"Cal.com answered {self.status} {self.code}: is the key of this region?")
            case Kind.THROTTLED:
                return RateLimited("Cal.com answered 429: the rate limit is used up")
            case Kind.BROKEN if write:
                return OutcomeUnknown(f"Cal.com answered {self.status}; the write may have been carried out")
            case Kind.BROKEN:
                return Unreachable(f"Cal.com answered {self.status}")
            case _:
                return Rejected(f"Cal.com answered {self.evidence}")


class ApiRefused(Exception):
    """Cal.com answered with an error; who asked decides what it means."""

    def __init__(self, problem: ApiProblem) -> None:
        super().__init__(problem.evidence)
        self.problem = problem


def problem_of(answer: HttpAnswer) -> ApiProblem:
    """The error in an answer that is none of success, whatever its envelope."""
    body = _json(answer.body)
    error = body.get("error")
    if isinstance(error, dict):
        details = error.get("details")
        validation = isinstance(details, dict) and "errors" in details
        return ApiProblem(
            answer.status, str(error.get("code", "")), str(error.get("message", "")), validation
        )
    message = str(body.get("message", ""))
    return ApiProblem(answer.status, message if " " not in message else "", message)


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
