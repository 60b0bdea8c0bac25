"""Event types, schedules and users of the fake Cal.com as the API shows them."""

import json
from typing import Any

from handfest.testing.fake_calcom_world import WEEKDAYS, EventType, Schedule, User, World


def user_json(user: User) -> dict[str, Any]:
    """GET /v2/me."""
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "avatarUrl": None,
        "bio": None,
        "timeFormat": 12,
        "defaultScheduleId": user.schedule_id,
        "weekStart": "Monday",
        "timeZone": user.time_zone,
        "username": user.username,
        "organizationId": None,
    }


def schedule_json(schedule: Schedule) -> dict[str, Any]:
    """One of GET /v2/schedules; weekdays with the same hours share a row."""
    rows: dict[tuple[int, int], list[str]] = {}
    for day in sorted(schedule.weekdays):
        for span in schedule.weekdays[day]:
            rows.setdefault(span, []).append(WEEKDAYS[day])
    return {
        "id": schedule.id,
        "ownerId": schedule.owner_id,
        "name": schedule.name,
        "timeZone": schedule.time_zone,
        "availability": [
            {"days": days, "startTime": _clock(start), "endTime": _clock(end)}
            for (start, end), days in rows.items()
        ],
        "isDefault": True,
        "overrides": [
            {"date": day.isoformat(), "startTime": _clock(start), "endTime": _clock(end)}
            for day, spans in schedule.overrides.items()
            for start, end in spans
        ],
    }


def event_type_json(world: World, kind: EventType, owner: User, *, alone: bool = False) -> dict[str, Any]:
    """One event type; the fields a gateway reads are the world's, the others stay as recorded.

    Asked for `alone` it shows the hidden booking fields too.
    """
    policy: dict[str, Any] = {"disabled": True}
    if kind.confirmation:
        policy = {"type": "always", "blockUnconfirmedBookingsInBooker": False}
    shown: dict[str, Any] = {
        "id": kind.id,
        "ownerId": owner.id,
        "lengthInMinutes": kind.length,
        "title": kind.title,
        "slug": kind.slug,
        "description": "",
        "locations": [_location(kind)],
        "bookingFields": _unknown_fields(kind) if kind.fields_unknown else _fields(kind, alone),
        "recurrence": None,
        "disableGuests": False,
        "slotInterval": kind.slot_interval,
        "minimumBookingNotice": kind.notice,
        "beforeEventBuffer": kind.buffer_before,
        "afterEventBuffer": kind.buffer_after,
        "metadata": {"multipleDuration": list(kind.lengths)} if kind.lengths else {},
        "price": 0,
        "currency": "usd",
        "users": [_host(world.users[number]) for number in kind.host_ids],
        "scheduleId": kind.schedule_id,
        "offsetStart": 0,
        "bookingWindow": _window(kind),
        "confirmationPolicy": policy,
        "seats": {"disabled": True} if kind.seats is None else {"seatsPerTimeSlot": kind.seats},
        "hidden": kind.hidden,
        "bookingRequiresAuthentication": kind.requires_authentication,
        "bookerActiveBookingsLimit": {"disabled": True},
        "bookingUrl": f"http://127.0.0.1:3000/{owner.username}/{kind.slug}",
        "disableCancelling": {"disabled": False},
        "disableRescheduling": {"disabled": False},
        **_RECORDED,
    }
    if kind.lengths:
        shown["lengthInMinutesOptions"] = list(kind.lengths)
    if kind.bookings_per_day is not None:
        shown["bookingLimitsCount"] = {"day": kind.bookings_per_day}
    if kind.managed_parent:
        shown["schedulingType"] = "managed"
    elif kind.round_robin:
        shown["schedulingType"] = "roundRobin"
    return shown


def _location(kind: EventType) -> dict[str, Any]:
    if kind.location_type != "address":
        return {"type": kind.location_type}
    return {"type": "address", "address": kind.location, "public": False}


_RECORDED: dict[str, Any] = {
    "lockTimeZoneToggleOnBookingPage": False,
    "forwardParamsSuccessRedirect": True,
    "successRedirectUrl": None,
    "isInstantEvent": False,
    "onlyShowFirstAvailableSlot": False,
    "calVideoSettings": {"sendTranscriptionEmails": True},
    "requiresBookerEmailVerification": False,
    "hideCalendarNotes": False,
    "useDestinationCalendarEmail": False,
    "hideCalendarEventDetails": False,
    "hideOrganizerEmail": False,
    "interfaceLanguage": None,
    "allowReschedulingPastBookings": False,
    "allowReschedulingCancelledBookings": False,
    "showOptimizedSlots": False,
}


def _window(kind: EventType) -> dict[str, Any]:
    if kind.booking_window_days is None:
        return {"disabled": True}
    return {"type": "calendarDays", "value": kind.booking_window_days, "rolling": True}


def _host(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "name": user.name,
        "username": user.username,
        "avatarUrl": None,
        "brandColor": None,
        "darkBrandColor": None,
        "weekStart": "Monday",
        "metadata": {},
    }


def _unknown_fields(kind: EventType) -> list[dict[str, Any]]:
    """Fields that were edited in the database: the API shows them as text it does not understand."""
    source = [{"id": "default", "type": "default", "label": "Default"}]
    optional = "system-but-optional"
    phone = {"name": "attendeePhoneNumber", "type": "phone", "hidden": kind.phone == "hidden"}
    options = {"phone": {"type": "phone", "required": True, "placeholder": ""}}
    location = {"name": "location", "type": "radioInput", "sources": source, "editable": "system"}
    rows: list[dict[str, Any]] = [
        {"name": "name", "type": "name", "sources": source, "editable": "system", "required": True},
        {"name": "email", "type": "email", "sources": source, "editable": optional},
        {**phone, "sources": source, "editable": optional, "required": kind.phone == "required"},
        {**location, "required": False, "getOptionsAt": "locations", "optionsInputs": options},
    ]
    rows[1]["required"] = kind.email_required
    return [
        {"type": "unknown", "slug": "unknown", "bookingField": json.dumps(row, separators=(",", ":"))}
        for row in rows
    ]


def _fields(kind: EventType, alone: bool) -> list[dict[str, Any]]:
    rows = [
        {"type": "name", "slug": "name", "required": True},
        {"type": "email", "slug": "email", "required": kind.email_required, "hidden": kind.email_hidden},
    ]
    if kind.phone is not None or alone:
        required, hidden = kind.phone == "required", kind.phone in (None, "hidden")
        rows.append({"type": "phone", "slug": "attendeePhoneNumber", "required": required, "hidden": hidden})
    rows += [
        {"type": "radioInput", "slug": "location", "required": False, "hidden": False},
        *([{"type": "text", "slug": "title", "required": True, "hidden": True}] if alone else []),
        *({"isDefault": False, **row} for row in kind.fields),
        {"type": "textarea", "slug": "notes", "required": False, "hidden": False},
        {"type": "multiemail", "slug": "guests", "required": False, "hidden": False},
        {"type": "textarea", "slug": "rescheduleReason", "required": False, "hidden": False},
    ]
    shown = []
    for row in rows:
        full = {"isDefault": True, "disableOnPrefill": False, **row}
        if row["slug"] == "location":
            full.pop("disableOnPrefill")
        shown.append(full)
    return shown


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
