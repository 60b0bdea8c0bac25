"""Webhooks of Cal.com: the signature over the raw body, and which booking it speaks of.

The signature carries no time, so an old one verifies for ever: a webhook is a hint to look, never a fact.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass

TRIGGERS = frozenset(
    {
        "BOOKING_CREATED",
        "BOOKING_REQUESTED",
        "BOOKING_RESCHEDULED",
        "BOOKING_CANCELLED",
        "BOOKING_REJECTED",
        "BOOKING_NO_SHOW_UPDATED",
    }
)


@dataclass(frozen=True, slots=True)
class Hint:
    """Something happened to these bookings. `key` is the same for the same delivery."""

    trigger: str
    uids: tuple[str, ...]
    key: str


def signed_by(raw: bytes, signature: str | None, secret: str) -> bool:
    """True if the raw body was signed with this secret. Without a secret nothing is."""
    if not secret or not signature:
        return False
    expected = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature.strip().lower())


def read_hint(raw: bytes) -> Hint | None:
    """The hint in a webhook's body; None for events that are none of ours and bodies that are none."""
    try:
        body = json.loads(raw)
    except ValueError:
        return None
    payload = body.get("payload") if isinstance(body, dict) else None
    if not isinstance(payload, dict) or body.get("triggerEvent") not in TRIGGERS:
        return None
    named = (payload.get("uid"), payload.get("bookingUid"), payload.get("rescheduleUid"))
    uids = tuple(dict.fromkeys(uid for uid in named if isinstance(uid, str) and uid))
    return Hint(body["triggerEvent"], uids, hashlib.sha256(raw).hexdigest()[:32]) if uids else None
