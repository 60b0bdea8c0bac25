"""A stateful Cal.com API v2 without a network: requests in, answers out, as the measured server gives them.

`fake_calcom_server` puts it behind HTTP (`handfest fake-calcom`); tests and simulations call it directly.
"""

from collections import deque
from dataclasses import dataclass, field, replace
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from whenever import Instant, TimeDelta

from handfest.ports import Clock
from handfest.testing.fake_calcom_answers import (
    FakeAnswer,
    FakeRequest,
    Problem,
    local,
    problem,
    success,
    zulu,
)
from handfest.testing.fake_calcom_bookings import Desk, booking_json, made_up_uid
from handfest.testing.fake_calcom_event_types import event_type_json, schedule_json, user_json
from handfest.testing.fake_calcom_faults import (
    BEFORE_WRITE,
    LOSES_ANSWER,
    FaultKind,
    Faults,
    PlannedFault,
    is_booking,
)
from handfest.testing.fake_calcom_slots import free_starts, read_bound
from handfest.testing.fake_calcom_webhooks import Delivery, deliveries
from handfest.testing.fake_calcom_world import FakeBooking, Reservation, World, salon_world

LIMIT, LIMIT_SECONDS = 120, 60
CACHE_SECONDS = 2.0
RESERVATION_MINUTES = 5
_REFUSED = {
    FaultKind.RATE_LIMITED: (429, "ThrottlerException: Too Many Requests"),
    FaultKind.KEY_EXPIRED: (401, "Your api key is expired"),
    FaultKind.WRONG_REGION: (401, "CustomThrottlerGuard - Invalid API Key"),
}


@dataclass(frozen=True, slots=True)
class Served:
    """What a request met: the answer (None: lost on the way), the delay before it, webhooks to deliver."""

    answer: FakeAnswer | None
    delay_ms: float = 0.0
    hangs: bool = False
    webhooks: tuple[Delivery, ...] = ()
    late_webhooks: tuple[Delivery, ...] = ()


@dataclass
class FakeCalcom:
    """One Cal.com. `clock` is the outside world's; faults may move its own against it."""

    clock: Clock
    world: World = field(default_factory=salon_world)
    faults: Faults = field(default_factory=Faults)
    cache_seconds: float = CACHE_SECONDS
    limit: int = LIMIT
    race_seconds: float = 0.0
    served: int = 0
    _skew: float = 0.0
    _cache: dict[str, tuple[float, FakeAnswer]] = field(default_factory=dict)
    _requests: dict[str, deque[float]] = field(default_factory=dict)
    _desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self._desk = Desk(self.world, self.race_seconds)

    @property
    def now(self) -> Instant:
        """The server's own idea of the time."""
        return self.clock.now() + TimeDelta(seconds=self._skew)

    def move_clock(self, seconds: float) -> None:
        """Let the server's clock be ahead (or behind) by this much."""
        self._skew = seconds

    def serve(self, request: FakeRequest) -> Served:
        """Answer a request, through the faults that are planned for it."""
        fault = self.faults.next_for(request)
        if fault is None:
            return self._finish(self.handle(request), None)
        if fault.kind is FaultKind.CLOCK_MOVED:
            self.move_clock(fault.amount)
        if fault.kind in BEFORE_WRITE:
            return self._refuse(request, fault)
        with _Broken(self, request, fault):
            answer = self.handle(request)
        return self._finish(answer, fault)

    def handle(self, request: FakeRequest) -> FakeAnswer:
        """Answer a request as if nothing ever went wrong on the way."""
        self.served += 1
        number = f"req-{self.served}"
        try:
            limits = self._throttle(request)
        except Problem as error:
            headers = {"X-RateLimit-Limit-Default": str(self.limit), "X-RateLimit-Remaining-Default": "0"}
            headers["X-RateLimit-Reset-Default"] = str(LIMIT_SECONDS)
            return replace(error.answer, headers={"X-Request-Id": number, "Date": self._date(), **headers})
        try:
            answer = self._route(request)
        except Problem as error:
            answer = error.answer
        headers = {"X-Request-Id": number, "Date": self._date(), **limits, **answer.headers}
        return replace(answer, headers=headers)

    def _date(self) -> str:
        return format_datetime(self.now.to_stdlib(), usegmt=True)

    # Faults ---------------------------------------------------------------------------------------

    def _refuse(self, request: FakeRequest, fault: PlannedFault) -> Served:
        """The request never got to where it would have changed anything."""
        if fault.kind in LOSES_ANSWER:
            return Served(None, hangs=fault.kind is FaultKind.TIMEOUT_BEFORE)
        if fault.kind is FaultKind.ERROR_BEFORE:
            return Served(FakeAnswer(500, {"statusCode": 500, "message": "Internal server error"}))
        status, message = _REFUSED[fault.kind]
        headers = {"X-RateLimit-Reset-Default": "5"} if status == 429 else {}
        return Served(replace(problem(request, self.now, status, message).answer, headers=headers))

    def _finish(self, answer: FakeAnswer, fault: PlannedFault | None) -> Served:
        sent = [one for event in self._desk.triggers for one in deliveries(self.world, *event, self.now)]
        self._desk.triggers.clear()
        kind = fault.kind if fault is not None else None
        late: tuple[Delivery, ...] = ()
        if kind is FaultKind.WEBHOOK_LOST:
            sent = []
        elif kind is FaultKind.WEBHOOK_DOUBLED:
            sent = sent * 2
        elif kind is FaultKind.WEBHOOK_LATE:
            sent, late = [], tuple(sent)
        if kind is FaultKind.ERROR_AFTER:
            answer = FakeAnswer(500, {"statusCode": 500, "message": "Internal server error"})
        delay = fault.amount if fault is not None and kind is FaultKind.LATENCY else 0.0
        lost = kind in LOSES_ANSWER
        return Served(None if lost else answer, delay, kind is FaultKind.TIMEOUT_AFTER, tuple(sent), late)

    # Who may, and how often -----------------------------------------------------------------------

    def _throttle(self, request: FakeRequest) -> dict[str, str]:
        who = request.key or request.headers.get("x-forwarded-for", "ip")
        if request.key is not None and request.key in self.world.expired_keys:
            raise problem(request, self.now, 401, "Your api key is expired")
        if request.key is not None and request.key not in self.world.keys:
            raise problem(request, self.now, 401, "CustomThrottlerGuard - Invalid API Key")
        now, times = self.now.timestamp(), self._requests.setdefault(who, deque())
        while times and times[0] <= now - LIMIT_SECONDS:
            times.popleft()
        if len(times) >= self.limit:
            raise problem(request, self.now, 429, "ThrottlerException: Too Many Requests")
        times.append(now)
        return {
            "X-RateLimit-Limit-Default": str(self.limit),
            "X-RateLimit-Remaining-Default": str(self.limit - len(times)),
            "X-RateLimit-Reset-Default": str(max(1, int(times[0] + LIMIT_SECONDS - now))),
        }

    def _owner(self, request: FakeRequest) -> int:
        if request.key is None:
            text = (
                "PermissionsGuard - no authentication provided. Provide either authorization bearer token "
                "containing managed user access token or oAuth client id in 'x-cal-client-id' header."
            )
            raise problem(request, self.now, 403, text)
        return self.world.keys[request.key]

    # Routes ---------------------------------------------------------------------------------------

    def _route(self, request: FakeRequest) -> FakeAnswer:
        parts = request.path.removeprefix("/api").strip("/").split("/")
        match (request.method, *parts[1:]):
            case ("GET", "me"):
                return success(user_json(self.world.users[self._owner(request)]))
            case ("GET", "event-types"):
                return self._event_types(request)
            case ("GET", "event-types", number):
                return self._event_type(request, number)
            case ("GET", "schedules"):
                owner = self._owner(request)
                rows = [row for row in self.world.schedules.values() if row.owner_id == owner]
                return success([schedule_json(row) for row in rows])
            case ("GET", "slots") if request.version == "2024-09-04":
                return self._slots(request)
            case (method, "slots", "reservations", *rest) if request.version == "2024-09-04":
                return self._reservation(request, method, rest[0] if rest else None)
            case (method, "bookings", *rest):
                return self._bookings(request, method, rest)
            case _:
                raise problem(request, self.now, 404, f"Cannot {request.method} {request.address}")

    def _event_types(self, request: FakeRequest) -> FakeAnswer:
        owner = self._owner(request)
        user = self.world.users[owner]
        rows = [kind for kind in self.world.event_types.values() if owner in kind.host_ids]
        return success([event_type_json(self.world, kind, user) for kind in rows])

    def _event_type(self, request: FakeRequest, number: str) -> FakeAnswer:
        user = self.world.users[self._owner(request)]
        kind = self.world.event_types.get(int(number)) if number.isdigit() else None
        if kind is None:
            raise problem(request, self.now, 404, f"Event type with id {number} not found")
        return success(event_type_json(self.world, kind, user, alone=True))

    def _slots(self, request: FakeRequest) -> FakeAnswer:
        key, now = request.address, self.now.timestamp()
        kept = self._cache.get(key)
        if kept is not None and now < kept[0] + self.cache_seconds:
            return kept[1]
        answer = success(self._days(request))
        self._cache = {name: row for name, row in self._cache.items() if now < row[0] + self.cache_seconds}
        self._cache[key] = (now, answer)
        return answer

    def _days(self, request: FakeRequest) -> dict[str, list[dict[str, str]]]:
        query, now = request.query, self.now
        number = query.get("eventTypeId", "")
        kind = self.world.event_types.get(int(number)) if number.isdigit() else None
        if kind is None:
            raise problem(request, now, 404, "Event Type not found")
        if "eventTypeSlug" in query:
            raise problem(request, now, 400, "property eventTypeSlug should not exist")
        start, end = self._bounds(request)
        zone = self._zone(request)
        length = int(query.get("duration") or kind.length)
        seconds = int(now.timestamp())
        for uid in [row.uid for row in self.world.reservations.values() if row.until <= seconds]:
            del self.world.reservations[uid]
        if kind.managed_parent or start > end:
            return {}
        starts = free_starts(
            self.world, kind, start, end, seconds, length, query.get("bookingUidToReschedule")
        )
        return days_of(starts, zone, length if query.get("format") == "range" else None)

    def _bounds(self, request: FakeRequest) -> tuple[int, int]:
        bounds = []
        for name in ("start", "end"):
            try:
                bounds.append(read_bound(request.query.get(name, ""), end=name == "end"))
            except ValueError:
                text = f"{name} property is wrong,{name} must be a valid ISO 8601 date string "
                raise problem(request, self.now, 400, text) from None
        return bounds[0], bounds[1]

    def _zone(self, request: FakeRequest) -> ZoneInfo:
        try:
            return ZoneInfo(request.query.get("timeZone", "UTC"))
        except (ZoneInfoNotFoundError, ValueError):
            text = "timeZone property is wrong,timeZone must be a valid IANA time-zone "
            raise problem(request, self.now, 400, text) from None

    def _reservation(self, request: FakeRequest, method: str, uid: str | None) -> FakeAnswer:
        if method == "POST" and uid is None:
            return success(self._reserve(request), 201)
        kept = self.world.reservations.get(uid or "")
        match method:
            case "GET":
                return success(_reservation_json(kept) if kept is not None else None)
            case "PATCH":
                return success(self._reserve(request))
            case "DELETE":
                self.world.reservations.pop(uid or "", None)
                return FakeAnswer(200, {"status": "success"})
            case _:
                raise problem(request, self.now, 404, f"Cannot {method} {request.address}")

    def _reserve(self, request: FakeRequest) -> dict[str, Any]:
        body, now = request.json or {}, self.now
        kind = self.world.event_types.get(body.get("eventTypeId", 0))
        if kind is None:
            raise problem(request, now, 404, f"Event Type with ID={body.get('eventTypeId')} not found")
        minutes = body.get("reservationDuration", RESERVATION_MINUTES)
        if "reservationDuration" in body and request.method == "POST":
            self._owner(request)
        if not isinstance(minutes, int):
            text = "reservationDuration property is wrong,reservationDuration must be an integer number "
            raise problem(request, now, 400, text)
        start = read_bound(str(body.get("slotStart", "")), end=False)
        end = start + int(body.get("slotDuration") or kind.length) * 60
        self._check_reservable(request, kind.id, start, end)
        number = f"00000000-0000-4000-8000-{self.world.next_booking:06d}{len(self.world.reservations):06d}"
        uid = f"{number[:-12]}{made_up_uid(self.served)[:12]}"
        until = now.timestamp() + minutes * 60
        kept = Reservation(uid, kind.id, start, end, until, minutes)
        self.world.reservations[uid] = kept
        return {**_reservation_json(kept), "reservationDuration": minutes}

    def _check_reservable(self, request: FakeRequest, event_type_id: int, start: int, end: int) -> None:
        """Only this event type is looked at, and a reservation is in its own way (the PATCH quirk)."""
        seconds = self.now.timestamp()
        if any(
            row.live and row.event_type_id == event_type_id and row.start < end and start < row.end
            for row in self.world.bookings.values()
        ):
            raise problem(request, self.now, 422, "Can't reserve a slot if the event is already booked.")
        if any(
            row.until > seconds and row.event_type_id == event_type_id and row.start < end and start < row.end
            for row in self.world.reservations.values()
        ):
            text = "This time slot is already reserved by another user. Please choose a different time."
            raise problem(request, self.now, 422, text)

    def _bookings(self, request: FakeRequest, method: str, rest: list[str]) -> FakeAnswer:
        now, desk = self.now, self._desk
        desk.race_seconds = self.race_seconds
        match (method, *rest):
            case ("POST",):
                return success(self._made(desk.book(request, now)), 201)
            case ("GET",):
                self._owner(request)
                return self._list(request)
            case ("GET", uid):
                return success(booking_json(self.world, desk.find(request, uid, now)))
            case ("POST", uid, "cancel"):
                done = desk.cancel(request, uid, now, as_owner=request.key is not None)
                return success(booking_json(self.world, done))
            case ("POST", uid, "reschedule"):
                return success(self._made(desk.reschedule(request, uid, now)), 201)
            case ("POST", uid, "confirm" | "decline" as decision):
                self._owner(request)
                status = "accepted" if decision == "confirm" else "rejected"
                return success(booking_json(self.world, desk.decide(request, uid, now, status)))
            case _:
                raise problem(request, now, 404, f"Cannot {method} {request.address}")

    def _made(self, booking: FakeBooking) -> dict[str, Any]:
        """A booking that was just made is shown with one field more."""
        return {**booking_json(self.world, booking), "isPlatformManagedUserBooking": False}

    def _list(self, request: FakeRequest) -> FakeAnswer:
        rows = self._desk.listed(request.query, self.now)
        take, skip = int(request.query.get("take", 100)), int(request.query.get("skip", 0))
        page = rows[skip : skip + take]
        pages = max(1, -(-len(rows) // take))
        current = skip // take + 1
        pagination = {
            "returnedItems": len(page),
            "totalItems": len(rows),
            "itemsPerPage": take,
            "remainingItems": max(0, len(rows) - skip - len(page)),
            "currentPage": current,
            "totalPages": pages,
            "hasNextPage": skip + take < len(rows),
            "hasPreviousPage": skip > 0,
        }
        return success([booking_json(self.world, row) for row in page], pagination=pagination)

    def steal(self, request: FakeRequest) -> None:
        """Somebody takes the very slot that this request is about to book."""
        body = request.json or {}
        start = read_bound(str(body.get("start", "")), end=False)
        self._desk.steal(int(body.get("eventTypeId", 0)), start, self.now)


class _Broken:
    """Something in the account is different while one request is served."""

    def __init__(self, fake: FakeCalcom, request: FakeRequest, fault: PlannedFault) -> None:
        self._fake, self._request, self._fault = fake, request, fault
        self._kept: Any = None

    def __enter__(self) -> None:
        if not is_booking(self._request):
            return
        number = int((self._request.json or {}).get("eventTypeId", 0))
        self._kept = self._fake.world.event_types.get(number)
        match self._fault.kind:
            case FaultKind.SLOT_STOLEN:
                self._fake.steal(self._request)
            case FaultKind.TYPE_EDITED if self._kept is not None:
                self._fake.world.event_types[number] = replace(self._kept, length=self._kept.length + 15)
            case FaultKind.TYPE_DELETED:
                self._fake.world.event_types.pop(number, None)

    def __exit__(self, *_error: object) -> None:
        if self._kept is not None:
            self._fake.world.event_types[self._kept.id] = self._kept


def days_of(starts: list[int], zone: ZoneInfo, length: int | None) -> dict[str, list[dict[str, str]]]:
    """Starts by their local day; with a length also where each slot ends."""

    days: dict[str, list[dict[str, str]]] = {}
    for at in starts:
        text = local(at, zone)
        slot = {"start": text}
        if length is not None:
            slot["end"] = local(at + length * 60, zone)
        days.setdefault(text[:10], []).append(slot)
    return days


def _reservation_json(kept: Reservation) -> dict[str, Any]:
    return {
        "eventTypeId": kept.event_type_id,
        "slotStart": zulu(kept.start),
        "slotEnd": zulu(kept.end),
        "slotDuration": (kept.end - kept.start) // 60,
        "reservationUid": kept.uid,
        "reservationUntil": zulu(kept.until),
    }
