"""The client of Cal.com API v2: one credential, one version header per resource, deadlines, budget, breaker."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import stamina
from whenever import Instant

from handfest.calendars.calcom_budget import KEPT_FOR_CHECKS, KEPT_FOR_WRITES, Breaker, RateBudget
from handfest.calendars.calcom_errors import ApiRefused, Kind, problem_of
from handfest.calendars.calcom_http import AnswerLost, Http, HttpAnswer, HttpRequest, NotSent
from handfest.calendars.calcom_values import (
    CalcomBooking,
    EventTypeFacts,
    read_booking,
    read_event_type,
    read_slots,
    utc,
)
from handfest.errors import (
    CalendarFault,
    ContractBroken,
    OutcomeUnknown,
    TimedOut,
    Unauthorised,
    Unreachable,
)
from handfest.ports import Clock

SLOTS, BOOKINGS, EVENT_TYPES, SCHEDULES = "2024-09-04", "2024-08-13", "2024-06-14", "2024-06-11"
"""Version headers. An unknown or missing one silently means the oldest contract."""
READ_ATTEMPTS = 2
PAGES_MAX = 5
PAGE = 100


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds: for a connection, one try of a read, one write. All fit into a tool's answer deadline."""

    connect: float = 0.5
    read: float = 0.9
    write: float = 1.9

    @staticmethod
    def within(deadline_ms: int) -> "Deadlines":
        """Deadlines for a tool that must answer within so many milliseconds: two reads fit, or one write."""
        whole = deadline_ms / 1000
        return Deadlines(connect=min(0.5, whole * 0.25), read=whole * 0.42, write=whole * 0.88)


class CalcomClient:
    """Requests to one Cal.com with one key. Reads are tried twice, writes once."""

    def __init__(self, http: Http, base_url: str, key: str, clock: Clock) -> None:
        self._http = http
        self._base = base_url
        self._key = key
        self._queries = 0
        self.budget = RateBudget(clock)
        self.breaker = Breaker(clock)
        self.server_date: str | None = None
        self._clock = clock

    @property
    def base_url(self) -> str:
        """Where this client asks."""
        return self._base

    def at(self, base_url: str) -> "CalcomClient":
        """A client with the same key at another address."""
        return CalcomClient(self._http, base_url, self._key, self._clock)

    async def slots(
        self,
        event_type_id: int,
        start: Instant,
        end: Instant,
        deadlines: Deadlines,
        moving_uid: str | None = None,
    ) -> tuple[tuple[Instant, int | None], ...]:
        """(start, minutes) of every slot that starts in [start, end) and ends before a little later than `end`.

        The end asked for differs from query to query: the server keeps answers for two seconds by their text.
        """
        self._queries += 1
        query = {
            "eventTypeId": str(event_type_id),
            "start": utc(start),
            "end": utc(end.add(seconds=1 + self._queries % 59)),
            "timeZone": "UTC",
            "format": "range",
        }
        if moving_uid is not None:
            query["bookingUidToReschedule"] = moving_uid
        rows = read_slots(await self._read("/slots", SLOTS, deadlines, query))
        return tuple(sorted(row for row in rows if start <= row[0] < end))

    async def book(self, body: Mapping[str, Any], deadlines: Deadlines) -> CalcomBooking:
        """Make a booking. Raises ApiRefused for a no, OutcomeUnknown where it may have been made."""
        return read_written(await self._write("/bookings", BOOKINGS, deadlines, body))

    async def reschedule(self, uid: str, start: Instant, reason: str, deadlines: Deadlines) -> CalcomBooking:
        """Move a booking: a new one with a new uid comes back."""
        body = {"start": utc(start), "reschedulingReason": reason}
        return read_written(await self._write(f"/bookings/{uid}/reschedule", BOOKINGS, deadlines, body))

    async def cancel(self, uid: str, reason: str, deadlines: Deadlines) -> CalcomBooking:
        """Cancel a booking; owners must give a reason."""
        body = {"cancellationReason": reason}
        return read_written(await self._write(f"/bookings/{uid}/cancel", BOOKINGS, deadlines, body))

    async def booking(self, uid: str, deadlines: Deadlines) -> CalcomBooking | None:
        """The booking with this uid in any state, None if Cal.com has none."""
        try:
            return read_booking(await self._read(f"/bookings/{uid}", BOOKINGS, deadlines, writes=True))
        except ApiRefused as refused:
            if refused.problem.kind is Kind.NOT_FOUND:
                return None
            raise refused.problem.fault(write=False) from refused

    async def bookings(self, deadlines: Deadlines, **filters: str) -> tuple[CalcomBooking, ...]:
        """All bookings that pass the filters, over all pages."""
        rows: list[CalcomBooking] = []
        for page in range(PAGES_MAX):
            query = {**filters, "take": str(PAGE), "skip": str(page * PAGE)}
            body = await self._asked("/bookings", BOOKINGS, deadlines, query, writes=True)
            rows.extend(read_booking(row) for row in body.get("data") or ())
            if not (body.get("pagination") or {}).get("hasNextPage"):
                break
        return tuple(rows)

    async def reserve(
        self, event_type_id: int, start: Instant, minutes: int, deadlines: Deadlines
    ) -> str | None:
        """Hide a slot for some minutes: the uid to give it back by, None if Cal.com would not."""
        body = {"eventTypeId": event_type_id, "slotStart": utc(start), "reservationDuration": minutes}
        try:
            data = await self._write("/slots/reservations", SLOTS, deadlines, body, keep=KEPT_FOR_CHECKS)
        except ApiRefused:
            return None
        uid = data.get("reservationUid") if isinstance(data, dict) else None
        return uid if isinstance(uid, str) else None

    async def unreserve(self, uid: str, deadlines: Deadlines) -> None:
        """Show a hidden slot again; unknown ones are fine."""
        try:
            await self._write(f"/slots/reservations/{uid}", SLOTS, deadlines, None, method="DELETE")
        except ApiRefused as refused:
            raise refused.problem.fault(write=False) from refused

    async def event_types(self, deadlines: Deadlines) -> tuple[EventTypeFacts, ...]:
        """All event types of the key's account."""
        data = await self._read("/event-types", EVENT_TYPES, deadlines)
        return tuple(read_event_type(row) for row in data)

    async def event_type(self, number: int, deadlines: Deadlines) -> EventTypeFacts | None:
        """One event type with its hidden fields, None if this key sees none with this number."""
        try:
            return read_event_type(await self._read(f"/event-types/{number}", EVENT_TYPES, deadlines))
        except ApiRefused as refused:
            if refused.problem.kind is Kind.NOT_FOUND:
                return None
            raise refused.problem.fault(write=False) from refused

    async def me(self, deadlines: Deadlines) -> Mapping[str, Any]:
        """The account of the key."""
        return dict(await self._read("/me", None, deadlines))

    async def schedules(self, deadlines: Deadlines) -> tuple[Mapping[str, Any], ...]:
        """The working hours of the account."""
        return tuple(await self._read("/schedules", SCHEDULES, deadlines))

    # How a request goes out -----------------------------------------------------------------------

    async def _read(
        self,
        path: str,
        version: str | None,
        deadlines: Deadlines,
        query: Mapping[str, str] | None = None,
        *,
        writes: bool = False,
    ) -> Any:
        body = await self._asked(path, version, deadlines, query or {}, writes=writes)
        return body.get("data")

    async def _asked(
        self,
        path: str,
        version: str | None,
        deadlines: Deadlines,
        query: Mapping[str, str],
        *,
        writes: bool,
    ) -> dict[str, Any]:
        """A read, tried again once if it may help. `writes`: it serves a booking and may use that reserve."""
        keep = 0 if writes else KEPT_FOR_WRITES
        request = self._request("GET", path, version, query, None, deadlines.connect, deadlines.read)
        async for attempt in stamina.retry_context(
            on=_again,
            attempts=READ_ATTEMPTS,
            timeout=None,
            wait_initial=0.02,
            wait_max=0.05,
            wait_jitter=0.03,
        ):
            with attempt:
                try:
                    return self._good(await self._send(request, keep))
                except NotSent as error:
                    raise Unreachable(str(error)) from error
                except AnswerLost as error:
                    raise TimedOut(str(error)) from error
                except ApiRefused as refused:
                    if refused.problem.kind in (Kind.NOT_FOUND, Kind.NOT_POSSIBLE):
                        raise
                    raise refused.problem.fault(write=False) from refused
        raise AssertionError("the loop above returns or raises")

    async def _write(
        self,
        path: str,
        version: str,
        deadlines: Deadlines,
        body: Mapping[str, Any] | None,
        *,
        keep: int = 0,
        method: str = "POST",
    ) -> Any:
        content = None if body is None else json.dumps(body).encode()
        request = self._request(method, path, version, {}, content, deadlines.connect, deadlines.write)
        try:
            return self._good(await self._send(request, keep)).get("data")
        except NotSent as error:
            raise Unreachable(str(error)) from error
        except AnswerLost as error:
            raise OutcomeUnknown(str(error)) from error
        except ContractBroken as error:
            raise OutcomeUnknown(str(error)) from error
        except ApiRefused as refused:
            if refused.problem.kind in (Kind.BROKEN, Kind.CREDENTIAL, Kind.THROTTLED):
                raise refused.problem.fault(write=True) from refused
            raise

    def _request(
        self,
        method: str,
        path: str,
        version: str | None,
        query: Mapping[str, str],
        body: bytes | None,
        connect: float,
        total: float,
    ) -> HttpRequest:
        headers = {"Authorization": f"Bearer {self._key}", "Accept": "application/json"}
        if version is not None:
            headers["cal-api-version"] = version
        if body is not None:
            headers["Content-Type"] = "application/json"
        return HttpRequest(method, self._base + path, headers, query, body, connect, total)

    async def _send(self, request: HttpRequest, keep: int) -> HttpAnswer:
        if not self._key:
            raise Unauthorised("there is no Cal.com key in the variable that the business file names")
        self.breaker.check()
        self.budget.take(keep)
        try:
            answer = await self._http.send(request)
        except (NotSent, AnswerLost):
            self.breaker.failed()
            raise
        if answer.status >= 500:
            self.breaker.failed()
        else:
            self.breaker.succeeded()
        self.server_date = answer.headers.get("date", self.server_date)
        limits = {
            name: answer.headers.get(f"x-ratelimit-{name}-default")
            for name in ("remaining", "limit", "reset")
        }
        if answer.status == 429:
            self.budget.blocked(limits["reset"])
        else:
            self.budget.heard(limits["remaining"], limits["limit"])
        return answer

    def _good(self, answer: HttpAnswer) -> dict[str, Any]:
        if not 200 <= answer.status < 300:
            raise ApiRefused(problem_of(answer))
        try:
            body = json.loads(answer.body)
        except ValueError as error:
            raise ContractBroken("Cal.com answered something that is not JSON") from error
        if not isinstance(body, dict):
            raise ContractBroken("Cal.com answered without its envelope")
        return body


def read_written(data: Any) -> CalcomBooking:
    """The booking in the answer to a write; if it cannot be read, the write may still have happened."""
    try:
        return read_booking(data)
    except ContractBroken as error:
        raise OutcomeUnknown(str(error)) from error


def _again(error: Exception) -> bool:
    """Reads that failed on the way are tried again; a used-up budget or open breaker is not."""
    return (
        isinstance(error, CalendarFault)
        and error.retryable
        and isinstance(error.__cause__, (NotSent, AnswerLost, ApiRefused))
        and error.code != "calendar_rate_limited"
    )
