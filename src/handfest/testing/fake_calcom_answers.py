"""The shapes Cal.com answers in: the success envelope, both error envelopes, its times."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from whenever import Instant

REASONS = {
    400: ("BadRequestException", "Bad Request"),
    401: ("UnauthorizedException", "Unauthorized"),
    403: ("ForbiddenException", "Forbidden"),
    404: ("NotFoundException", "Not Found"),
    409: ("ConflictException", "Conflict"),
    422: ("UnprocessableEntityException", "Unprocessable Entity"),
    429: ("ThrottlerException", "Too Many Requests"),
}


@dataclass(frozen=True, slots=True)
class FakeRequest:
    """A request as it came in; header names in lower case."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    json: Any = None

    @property
    def key(self) -> str | None:
        """The bearer token."""
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token if kind == "Bearer" and token else None

    @property
    def version(self) -> str | None:
        """The API version asked for; an unknown one silently means the oldest, as on the real server."""
        return self.headers.get("cal-api-version")

    @property
    def address(self) -> str:
        """Path and query as the error envelope repeats them."""
        query = "&".join(f"{name}={value}" for name, value in self.query.items())
        return f"{self.path}?{query}" if query else self.path


@dataclass(frozen=True, slots=True)
class FakeAnswer:
    """An answer as it goes out."""

    status: int
    json: Any
    headers: dict[str, str] = field(default_factory=dict)


class Problem(Exception):
    """An error answer on its way out."""

    def __init__(self, answer: FakeAnswer) -> None:
        super().__init__(str(answer.json))
        self.answer = answer


def success(data: Any, status: int = 200, **more: Any) -> FakeAnswer:
    """The success envelope."""
    return FakeAnswer(status, {"status": "success", "data": data, **more})


def problem(request: FakeRequest, now: Instant, status: int, message: str) -> Problem:
    """The error envelope of an HttpException."""
    code, name = REASONS[status]
    details: Any = {"message": message, "error": name, "statusCode": status}
    return enveloped(request, now, status, code, message, details)


def zod_problem(request: FakeRequest, now: Instant, message: str) -> Problem:
    """The envelope of a booking field that does not fit: another code, no details."""
    return enveloped(request, now, 400, "BAD_REQUEST", message, None)


def enveloped(
    request: FakeRequest, now: Instant, status: int, code: str, message: str, details: Any
) -> Problem:
    """Any error in the envelope."""
    error = {"code": code, "message": message}
    if details is not None:
        error["details"] = details
    body = {"status": "error", "timestamp": zulu(now), "path": request.address, "error": error}
    return Problem(FakeAnswer(status, body))


def bare(status: int, message: str) -> Problem:
    """The answer without an envelope, for what the server does not map."""
    return Problem(FakeAnswer(status, {"statusCode": status, "message": message}))


def zulu(at: Instant | int | float) -> str:
    """A moment as Cal.com writes it: milliseconds and Z."""
    seconds = at.timestamp(unit="millisecond") / 1000 if isinstance(at, Instant) else at
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local(seconds: int, zone: ZoneInfo) -> str:
    """A slot's start in the zone asked for."""
    return datetime.fromtimestamp(seconds, zone).isoformat(timespec="milliseconds")
