"""What Cal.com says, read into values. A shape its contract does not have raises ContractBroken."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whenever import Instant, OffsetDateTime

from handfest.errors import ContractBroken


@dataclass(frozen=True, slots=True)
class CalcomBooking:
    """A booking as Cal.com shows it; `duration_min` in minutes, `host_ids` who serves."""

    uid: str
    event_type_id: int
    start: Instant
    duration_min: int
    status: str
    host_ids: tuple[int, ...]
    metadata: Mapping[str, str]
    number: int
    from_uid: str | None = None
    to_uid: str | None = None
    absent: bool = False

    @property
    def live(self) -> bool:
        """True if it takes place (pending: may take place)."""
        return self.status in ("accepted", "pending")

    @property
    def pending(self) -> bool:
        """True if somebody still has to confirm it."""
        return self.status == "pending"

    @property
    def end(self) -> Instant:
        """When it is over."""
        return self.start.add(minutes=self.duration_min)


@dataclass(frozen=True, slots=True)
class BookingField:
    """A question of an event type's booking form."""

    slug: str
    kind: str
    required: bool
    hidden: bool


@dataclass(frozen=True, slots=True)
class EventTypeFacts:
    """What a gateway must know of an event type. Times in minutes."""

    id: int
    title: str
    length_min: int
    lengths: tuple[int, ...]
    host_ids: tuple[int, ...]
    notice_min: int
    buffer_before_min: int
    buffer_after_min: int
    needs_confirmation: bool
    hidden: bool
    scheduling: str | None
    fields: tuple[BookingField, ...]
    schedule_id: int | None
    requires_authentication: bool
    window: Mapping[str, Any]
    limits: Mapping[str, Any]
    locations: tuple[str, ...]
    seats: int | None

    def field(self, slug: str) -> BookingField | None:
        """The booking field with this slug."""
        return next((row for row in self.fields if row.slug == slug), None)

    @property
    def email_demanded(self) -> bool:
        """True if nobody can book without an e-mail address."""
        row = self.field("email")
        return row is None or (row.required and not row.hidden)

    @property
    def phone_demanded(self) -> bool:
        """True if nobody can book without a phone number."""
        row = self.field("attendeePhoneNumber")
        return row is not None and row.required and not row.hidden

    @property
    def round_robin(self) -> bool:
        """True if Cal.com chooses the host, so that none can be promised."""
        return self.scheduling == "roundRobin" or len(self.host_ids) > 1


def read_booking(data: Any) -> CalcomBooking:
    """A booking from its JSON."""
    try:
        hosts = tuple(int(host["id"]) for host in data.get("hosts") or ())
        return CalcomBooking(
            uid=str(data["uid"]),
            event_type_id=int(data.get("eventTypeId") or data["eventType"]["id"]),
            start=read_instant(data["start"]),
            duration_min=_duration(data),
            status=str(data["status"]),
            host_ids=hosts,
            metadata={str(name): str(value) for name, value in (data.get("metadata") or {}).items()},
            number=int(data["id"]),
            from_uid=data.get("rescheduledFromUid"),
            to_uid=data.get("rescheduledToUid"),
            absent=any(bool(row.get("absent")) for row in data.get("attendees") or ()),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ContractBroken(f"a booking of Cal.com lacks or garbles {error}") from error


def read_slots(data: Any) -> tuple[tuple[Instant, int | None], ...]:
    """(start, minutes) of each slot; minutes where the answer has ends."""
    try:
        return tuple(
            (start, None if end is None else round((end - start).total("minutes")))
            for day in data.values()
            for row in day
            for start, end in [(read_instant(row["start"]), _end(row))]
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ContractBroken(f"the slots of Cal.com have another shape than its contract: {error}") from error


def read_event_type(data: Any) -> EventTypeFacts:
    """An event type from its JSON."""
    try:
        policy = data.get("confirmationPolicy") or {}
        people = data.get("hosts") or data.get("users") or ()
        seats = (data.get("seats") or {}).get("seatsPerTimeSlot")
        return EventTypeFacts(
            id=int(data["id"]),
            title=str(data.get("title") or data.get("slug")),
            length_min=int(data["lengthInMinutes"]),
            lengths=tuple(int(one) for one in data.get("lengthInMinutesOptions") or ()),
            host_ids=tuple(int(row.get("userId") or row["id"]) for row in people),
            notice_min=int(data.get("minimumBookingNotice") or 0),
            buffer_before_min=int(data.get("beforeEventBuffer") or 0),
            buffer_after_min=int(data.get("afterEventBuffer") or 0),
            needs_confirmation=bool(policy) and not policy.get("disabled"),
            hidden=bool(data.get("hidden")),
            scheduling=data.get("schedulingType"),
            fields=tuple(_field(row) for row in data.get("bookingFields") or ()),
            schedule_id=data.get("scheduleId"),
            requires_authentication=bool(data.get("bookingRequiresAuthentication")),
            window=data.get("bookingWindow") or {},
            limits={**_limits(data, "bookingLimitsCount"), **_limits(data, "bookingLimitsDuration")},
            locations=tuple(str(row.get("type")) for row in data.get("locations") or ()),
            seats=seats,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ContractBroken(f"an event type of Cal.com lacks or garbles {error}") from error


def read_instant(text: str) -> Instant:
    """A moment in any of the forms Cal.com writes: Z or an offset, with or without milliseconds."""
    if text.endswith("Z"):
        return Instant.parse_iso(text)
    return OffsetDateTime.parse_iso(text).to_instant()


def utc(at: Instant) -> str:
    """A moment as Cal.com is asked about it: UTC, whole seconds."""
    return Instant.from_timestamp(int(at.timestamp())).format_iso()


def _end(row: Mapping[str, str]) -> Instant | None:
    return read_instant(row["end"]) if "end" in row else None


def _duration(data: Any) -> int:
    minutes = (read_instant(data["end"]) - read_instant(data["start"])).total("minutes")
    stated = data.get("duration")
    # The two agree unless the answer is garbled; then neither can equal an offer.
    return round(minutes) if stated is None or int(stated) == round(minutes) else -1


def _limits(data: Any, name: str) -> dict[str, Any]:
    """Limits by period; one that is switched off says so instead."""
    found = data.get(name) or {}
    kind = name.removeprefix("bookingLimits").lower()
    return {} if found.get("disabled") else {f"{kind} per {span}": most for span, most in found.items()}


def _field(row: Any) -> BookingField:
    if row.get("type") == "unknown":  # edited elsewhere: the API hands the field over as text
        row = json.loads(row["bookingField"]) if str(row.get("bookingField", "")).startswith("{") else row
        row = {**row, "slug": row.get("name", row.get("slug", ""))}
    return BookingField(
        str(row.get("slug", "")), str(row.get("type", "")), bool(row.get("required")), bool(row.get("hidden"))
    )
