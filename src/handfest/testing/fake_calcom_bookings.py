"""Bookings of the fake Cal.com: made, moved, cancelled, confirmed; every no in the server's own words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from whenever import Instant

from handfest.testing.fake_calcom_answers import FakeRequest, bare, enveloped, problem, zod_problem, zulu
from handfest.testing.fake_calcom_slots import host_free
from handfest.testing.fake_calcom_world import EventType, FakeBooking, World

BOOKING_FIELDS = frozenset(
    {
        "start",
        "attendee",
        "eventTypeId",
        "eventTypeSlug",
        "username",
        "teamSlug",
        "organizationSlug",
        "bookingFieldsResponses",
        "guests",
        "location",
        "meetingUrl",
        "metadata",
        "lengthInMinutes",
        "recurrenceCount",
        "routing",
        "emailVerificationCode",
    }
)
BUSY = "User either already has booking at this time or is not available"
BUSY_TEAM = "One of the hosts either already has booking at this time or is not available"
OUT_OF_BOUNDS = (
    "The event type can't be booked at the \"start\" time provided. This could be because it's too soon "
    "(violating the minimum booking notice) or too far in the future (outside the event's scheduling window). "
    "Try fetching available slots first using the GET /v2/slots endpoint and then make a booking with "
    '"start" time equal to one of the available slots.'
)
NO_LENGTHS = (
    "Can't specify 'lengthInMinutes' because event type does not have multiple possible lengths. Please, "
    "remove the 'lengthInMinutes' field from the request."
)
NOT_A_LENGTH = "Provided 'lengthInMinutes' is not one of the possible lengths for the event type."
_LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ123456789"


@dataclass
class Desk:
    """Books in a world. `race_seconds` hides bookings that are younger, as nearly simultaneous requests do."""

    world: World
    race_seconds: float = 0.0
    triggers: list[tuple[str, FakeBooking, FakeBooking | None]] = field(default_factory=list)

    def book(self, request: FakeRequest, now: Instant) -> FakeBooking:
        """POST /v2/bookings. Raises Problem."""
        body = request.json if isinstance(request.json, dict) else {}
        _check_version(request, body, now)
        for name in body:
            if name not in BOOKING_FIELDS:
                raise problem(
                    request, now, 400, f"{name} property is wrong,property {name} should not exist "
                )
        kind = self._event_type(request, body, now)
        start, length = _instant(str(body.get("start", ""))), _length(request, body, kind, now)
        end = start + length * 60
        self._check_time(request, kind, start, now)
        attendee = _attendee(request, body, kind, now)
        if kind.confirmation or kind.round_robin:
            same = self._same_attendee(kind, attendee, start)
            if same is not None:
                return same
        self._check_limit(kind, start)
        host_id = self._host(request, kind, start, end, now)
        return self._add(kind, host_id, start, end, attendee, body, now)

    def cancel(self, request: FakeRequest, uid: str, now: Instant, *, as_owner: bool) -> FakeBooking:
        """POST /v2/bookings/{uid}/cancel. Raises Problem."""
        booking = self.find(request, uid, now)
        reason = (request.json or {}).get("cancellationReason", "")
        if as_owner and not reason:
            raise bare(400, "Cancellation reason is required")
        if not booking.live:
            text = (
                f"Can't cancel booking with uid={uid} because it has been cancelled already. "
                "Please provide uid of a booking that is not cancelled."
            )
            raise problem(request, now, 400, text)
        booking.status, booking.cancellation_reason, booking.updated = "cancelled", reason, now
        self.triggers.append(("BOOKING_CANCELLED", booking, None))
        return booking

    def reschedule(self, request: FakeRequest, uid: str, now: Instant) -> FakeBooking:
        """POST /v2/bookings/{uid}/reschedule: a new booking with a new uid, the old one cancelled."""
        old, body = self.find(request, uid, now), request.json or {}
        if not old.live:
            raise problem(request, now, 400, _gone(old))
        kind = self.world.event_types.get(old.event_type_id)
        if kind is None:
            raise problem(request, now, 404, f"Event type with id {old.event_type_id} not found.")
        start = _instant(str(body.get("start", "")))
        end = start + (old.end - old.start if kind.lengths else kind.length * 60)
        self._check_time(request, kind, start, now)
        kept, old.status = old.status, "cancelled"  # its own time is not in its way
        try:
            host_id = self._host(request, kind, start, end, now)
        finally:
            old.status = kept
        made = self._add(kind, host_id, start, end, old.attendee, {"metadata": dict(old.metadata)}, now, old)
        made.responses = dict(old.responses)
        made.rescheduling_reason = body.get("reschedulingReason")
        if made.rescheduling_reason is not None:
            made.responses["rescheduledReason"] = made.rescheduling_reason
        old.status, old.to_uid, old.updated = "cancelled", made.uid, now
        return made

    def decide(self, request: FakeRequest, uid: str, now: Instant, status: str) -> FakeBooking:
        """POST …/confirm and …/decline, without any overlap guard, as on the real server."""
        booking = self.find(request, uid, now)
        booking.status, booking.updated = status, now
        trigger = "BOOKING_CREATED" if status == "accepted" else "BOOKING_REJECTED"
        self.triggers.append((trigger, booking, None))
        return booking

    def find(self, request: FakeRequest, uid: str, now: Instant) -> FakeBooking:
        """The booking with this uid. Raises Problem."""
        booking = self.world.bookings.get(uid)
        if booking is None:
            raise problem(request, now, 404, f"Booking with uid={uid} was not found in the database")
        return booking

    def listed(self, query: dict[str, str], now: Instant) -> list[FakeBooking]:
        """Bookings by the filters of GET /v2/bookings, in the order asked for."""
        rows = [row for row in self.world.bookings.values() if _passes(row, query, now)]
        key = "created" if "sortCreated" in query else "start"
        if "sortUpdatedAt" in query:
            key = "updated"
        backward = "desc" in (query.get("sortStart"), query.get("sortCreated"), query.get("sortUpdatedAt"))
        return sorted(rows, key=lambda row: (getattr(row, key), row.id), reverse=backward)

    def steal(self, event_type_id: int, start: int, now: Instant) -> None:
        """Somebody else takes the host at this time, by another way than ours."""
        kind = self.world.event_types.get(event_type_id)
        if kind is None:
            return
        end = start + kind.length * 60
        body: dict[str, Any] = {"metadata": {}}
        for host_id in kind.host_ids:
            if host_free(self.world, kind, host_id, start, end, now.timestamp()):
                stranger = {"name": "Fremd", "email": f"web{start}@example.test", "timeZone": "Europe/Berlin"}
                self._add(kind, host_id, start, end, stranger, body, now)

    def _event_type(self, request: FakeRequest, body: dict[str, Any], now: Instant) -> EventType:
        wanted = body.get("eventTypeId")
        if not isinstance(wanted, int):
            raise problem(request, now, 400, "eventTypeId property is wrong,eventTypeId must be a number ")
        kind = self.world.event_types.get(wanted)
        if kind is None:
            raise problem(request, now, 404, f"Event type with id {wanted} not found.")
        if kind.managed_parent:
            text = f"Event type with id={wanted} is the parent managed event type that can't be booked. "
            raise problem(request, now, 400, text + "You have to provide the child event type id.")
        if kind.requires_authentication and request.key is None:
            raise problem(request, now, 401, "checkBookingRequiresAuthentication - authentication required.")
        return kind

    def _check_time(self, request: FakeRequest, kind: EventType, start: int, now: Instant) -> None:
        seconds = now.timestamp()
        if start < seconds:
            raise problem(request, now, 400, "Attempting to book a meeting in the past.")
        last = seconds + kind.booking_window_days * 86400 if kind.booking_window_days is not None else None
        if start < seconds + kind.notice * 60 or (last is not None and start > last):
            raise problem(request, now, 400, OUT_OF_BOUNDS)

    def _check_limit(self, kind: EventType, start: int) -> None:
        if kind.bookings_per_day is None:
            return
        zone = ZoneInfo(self.world.schedules[kind.schedule_id].time_zone)
        day = datetime.fromtimestamp(start, zone).date()
        same = [
            row
            for row in self.world.bookings.values()
            if row.live
            and row.event_type_id == kind.id
            and datetime.fromtimestamp(row.start, zone).date() == day
        ]
        if len(same) >= kind.bookings_per_day:
            raise bare(401, "booking_limit_reached")

    def _host(self, request: FakeRequest, kind: EventType, start: int, end: int, now: Instant) -> int:
        visible = now.timestamp() - self.race_seconds
        free = [host for host in kind.host_ids if host_free(self.world, kind, host, start, end, visible)]
        if not free:
            raise problem(request, now, 400, BUSY_TEAM if len(kind.host_ids) > 1 else BUSY)
        for row in self.world.live(free[0], start, end):
            if row.status == "accepted" and (row.start, row.end) == (start, end) and not kind.confirmation:
                raise bare(409, "booking_conflict_error")
        return free[0]

    def _same_attendee(self, kind: EventType, attendee: dict[str, Any], start: int) -> FakeBooking | None:
        for row in self.world.bookings.values():
            same = row.attendee.get("email") == attendee.get("email")
            if row.live and row.event_type_id == kind.id and row.start == start and same:
                return row
        return None

    def _add(
        self,
        kind: EventType,
        host_id: int,
        start: int,
        end: int,
        attendee: dict[str, Any],
        body: dict[str, Any],
        now: Instant,
        old: FakeBooking | None = None,
    ) -> FakeBooking:
        world = self.world
        host = world.users[host_id]
        responses = {"email": attendee["email"], "name": attendee["name"], "displayEmail": attendee["email"]}
        responses.update(body.get("bookingFieldsResponses") or {})
        if attendee.get("phoneNumber"):
            responses["attendeePhoneNumber"] = attendee["phoneNumber"]
        made = FakeBooking(
            id=world.next_booking,
            uid=made_up_uid(world.next_booking),
            event_type_id=kind.id,
            host_id=host_id,
            start=start,
            end=end,
            status="pending" if kind.confirmation else "accepted",
            attendee=attendee,
            metadata=dict(body.get("metadata") or {}),
            created=now,
            updated=now,
            responses=responses,
            title=f"{kind.title} between {host.name} and {attendee['name']}",
            from_uid=old.uid if old is not None else None,
            ics_uid=(old.ics_uid or old.uid) if old is not None else None,
        )
        world.next_booking += 1
        world.bookings[made.uid] = made
        trigger = "BOOKING_REQUESTED" if kind.confirmation else "BOOKING_CREATED"
        self.triggers.append(("BOOKING_RESCHEDULED" if old is not None else trigger, made, old))
        return made


def booking_json(world: World, row: FakeBooking) -> dict[str, Any]:
    """A booking as the API shows it."""
    host, kind = world.users[row.host_id], world.event_types.get(row.event_type_id)
    place = kind.location if kind is not None else ""
    shown = {
        "id": row.id,
        "uid": row.uid,
        "title": row.title,
        "description": "",
        "hosts": [
            {
                "id": host.id,
                "name": host.name,
                "email": host.email,
                "displayEmail": host.email,
                "username": host.username,
                "timeZone": host.time_zone,
            }
        ],
        "status": row.status,
        "cancellationReason": row.cancellation_reason,
        "cancelledByEmail": "",
        "rescheduledByEmail": None,
        "start": zulu(row.start),
        "end": zulu(row.end),
        "duration": (row.end - row.start) // 60,
        "eventTypeId": row.event_type_id,
        "eventType": {"id": row.event_type_id, "slug": kind.slug if kind is not None else ""},
        "meetingUrl": place,
        "location": place,
        "absentHost": False,
        "createdAt": zulu(row.created),
        "updatedAt": zulu(row.updated),
        "metadata": row.metadata,
        "rating": None,
        "icsUid": f"{row.ics_uid or row.uid}@Cal.com",
        "attendees": [_attendee_json(row)],
        "bookingFieldsResponses": row.responses,
    }
    linked = {
        "reschedulingReason": row.rescheduling_reason,
        "rescheduledFromUid": row.from_uid,
        "rescheduledToUid": row.to_uid,
    }
    shown.update({name: value for name, value in linked.items() if value is not None})
    return shown


def made_up_uid(number: int) -> str:
    """A uid of 22 letters that tells its number to nobody but is the same in every run."""
    value, letters = number * 2654435761 % 2**61 + 58**10, []
    while value:
        value, digit = divmod(value, len(_LETTERS))
        letters.append(_LETTERS[digit])
    return "".join(letters).ljust(22, "x")[:22]


def _attendee_json(row: FakeBooking) -> dict[str, Any]:
    shown = {
        "name": row.attendee["name"],
        "email": row.attendee["email"],
        "displayEmail": row.attendee["email"],
        "timeZone": row.attendee.get("timeZone"),
        "language": row.attendee.get("language", "en"),
        "absent": row.absent,
    }
    if row.attendee.get("phoneNumber"):
        shown["phoneNumber"] = row.attendee["phoneNumber"]
    return shown


def _attendee(request: FakeRequest, body: dict[str, Any], kind: EventType, now: Instant) -> dict[str, Any]:
    """The attendee after the event type's fields have had their say."""
    attendee = dict(body.get("attendee") or {})
    for name, value in (body.get("metadata") or {}).items():
        if not isinstance(value, str):
            found = type(value).__name__.replace("int", "number").replace("bool", "boolean")
            raise zod_problem(request, now, f"metadata.{name} - Expected string, received {found}, ")
    phone = attendee.get("phoneNumber")
    if phone and kind.phone not in (None, "hidden") and not _is_number(phone):
        raise zod_problem(request, now, "responses - {attendeePhoneNumber}invalid_number, ")
    if kind.phone == "required" and not phone:
        raise zod_problem(request, now, "responses - {attendeePhoneNumber}error_required_field, ")
    if not attendee.get("email") and kind.email_required and not kind.email_hidden:
        raise zod_problem(request, now, "responses - {email}error_required_field, ")
    if not attendee.get("email") or kind.email_hidden:
        attendee["email"] = f"{str(phone or '').lstrip('+')}@sms.cal.com"
    given = body.get("bookingFieldsResponses") or {}
    for row in kind.fields:
        if row.get("required") and not row.get("hidden") and not given.get(row["slug"]):
            raise zod_problem(request, now, f"responses - {{{row['slug']}}}error_required_field, ")
    return attendee


def _is_number(phone: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(phone))
    except phonenumbers.NumberParseException:
        return False


def _length(request: FakeRequest, body: dict[str, Any], kind: EventType, now: Instant) -> int:
    wanted = body.get("lengthInMinutes")
    if wanted is None:
        return kind.length
    if not kind.lengths:
        raise problem(request, now, 400, NO_LENGTHS)
    if wanted not in kind.lengths:
        raise problem(request, now, 400, NOT_A_LENGTH)
    return int(wanted)


def _check_version(request: FakeRequest, body: dict[str, Any], now: Instant) -> None:
    """Without the version header the oldest contract answers, which wants other fields."""
    if request.version == "2024-08-13":
        return
    target = {name: body[name] for name in ("start", "eventTypeId") if name in body}
    wants = (
        ("timeZone", "isTimeZone", "timeZone must be a valid IANA time-zone"),
        ("language", "isString", "language must be a string"),
        ("metadata", "isObject", "metadata must be an object"),
    )
    errors = [
        {"target": target, "property": name, "children": [], "constraints": {rule: text}}
        for name, rule, text in wants
        if name not in body
    ]
    raise enveloped(request, now, 400, "BadRequestException", "Bad Request Exception", {"errors": errors})


def _gone(old: FakeBooking) -> str:
    if old.to_uid is None:
        return f"Can't reschedule booking with uid={old.uid} because it has been cancelled. "
    return (
        f"Can't reschedule booking with uid={old.uid} because it has been cancelled and rescheduled already to "
        f"booking with uid={old.to_uid}. You probably want to reschedule {old.to_uid} instead by passing it "
        "within the request URL."
    )


def _instant(text: str) -> int:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _passes(row: FakeBooking, query: dict[str, str], now: Instant) -> bool:
    return all(_filters(row, query, now))


def _filters(row: FakeBooking, query: dict[str, str], now: Instant) -> Iterator[bool]:
    if "attendeeEmail" in query:
        yield row.attendee.get("email") == query["attendeeEmail"]
    if "bookingUid" in query:
        yield row.uid == query["bookingUid"]
    wanted = query.get("eventTypeIds") or query.get("eventTypeId")
    if wanted:
        yield str(row.event_type_id) in wanted.split(",")
    if "afterStart" in query:
        yield row.start >= _instant(query["afterStart"])
    if "beforeEnd" in query:
        yield row.end <= _instant(query["beforeEnd"])
    if "afterUpdatedAt" in query:
        yield row.updated.timestamp() >= _instant(query["afterUpdatedAt"])
    if "afterCreatedAt" in query:
        yield row.created.timestamp() >= _instant(query["afterCreatedAt"])
    if "status" in query:
        yield any(_has_status(row, status, now) for status in query["status"].split(","))


def _has_status(row: FakeBooking, status: str, now: Instant) -> bool:
    match status:
        case "upcoming":
            return row.live and row.end >= now.timestamp()  # pending ones are upcoming too
        case "past":
            return row.status == "accepted" and row.end < now.timestamp()
        case "cancelled":
            return row.status in ("cancelled", "rejected")
        case "unconfirmed":
            return row.status == "pending"
        case _:
            return False
