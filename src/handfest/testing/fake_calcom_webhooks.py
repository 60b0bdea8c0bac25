"""Webhooks of the fake Cal.com: payloads like the recorded ones, signed over the raw body."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from whenever import Instant

from handfest.testing.fake_calcom_answers import zulu
from handfest.testing.fake_calcom_world import FakeBooking, Subscription, World


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook on its way: where to, the raw body, its headers."""

    url: str
    body: bytes
    headers: dict[str, str]


def deliveries(
    world: World, trigger: str, row: FakeBooking, old: FakeBooking | None, now: Instant
) -> list[Delivery]:
    """What is sent for one event, to each subscriber of it."""
    body = json.dumps(
        {"triggerEvent": trigger, "createdAt": zulu(now), "payload": _payload(world, trigger, row, old)}
    )
    return [
        signed(subscription, body.encode())
        for subscription in world.subscriptions
        if trigger in subscription.triggers
    ]


def signed(subscription: Subscription, body: bytes) -> Delivery:
    """The delivery of this body with its signature: hex HMAC-SHA256, no prefix, no time in it."""
    digest = hmac.new(subscription.secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-Cal-Signature-256": digest if subscription.secret else "no-secret-provided",
        "X-Cal-Webhook-Version": "2021-10-20",
    }
    return Delivery(subscription.url, body, headers)


def _payload(world: World, trigger: str, row: FakeBooking, old: FakeBooking | None) -> dict[str, Any]:
    host, kind = world.users[row.host_id], world.event_types.get(row.event_type_id)
    payload: dict[str, Any] = {
        "type": kind.slug if kind is not None else "",
        "title": row.title,
        "startTime": zulu(row.start),
        "endTime": zulu(row.end),
        "organizer": {
            "id": host.id,
            "name": host.name,
            "email": host.email,
            "username": host.username,
            "timeZone": host.time_zone,
        },
        "attendees": [{"name": row.attendee["name"], "email": row.attendee["email"]}],
        "uid": row.uid,
        "bookingId": row.id,
        "eventTypeId": row.event_type_id,
        "length": (row.end - row.start) // 60,
        "status": row.status.upper(),
    }
    if trigger == "BOOKING_CANCELLED":
        payload["cancellationReason"] = row.cancellation_reason
    else:  # the cancellation carries no metadata
        payload["metadata"] = row.metadata
    if old is not None:
        payload.update(
            rescheduleUid=old.uid,
            rescheduleId=old.id,
            rescheduleStartTime=zulu(old.start),
            rescheduleEndTime=zulu(old.end),
        )
    return payload
