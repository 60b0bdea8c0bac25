"""Refusals: expected no's, as values. Each has a code, a sentence and a trace step (law 10)."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class RefusalCode(StrEnum):
    """The stable codes of a no that the agent acts on."""

    SERVICE_UNKNOWN = "service_unknown"
    SERVICE_AMBIGUOUS = "service_ambiguous"
    TIME_UNCLEAR = "time_unclear"
    TIME_PAST = "time_past"
    TOO_SOON = "too_soon"
    OUTSIDE_HOURS = "outside_hours"
    NO_OPENINGS = "no_openings"
    SLOT_TAKEN = "slot_taken"
    OFFER_UNKNOWN = "offer_unknown"
    OFFER_EXPIRED = "offer_expired"
    OFFER_USED = "offer_used"
    CUSTOMER_INCOMPLETE = "customer_incomplete"
    BOOKING_NOT_FOUND = "booking_not_found"
    BOOKING_NOT_YOURS = "booking_not_yours"
    UNSUPPORTED = "unsupported"
    TRY_LATER = "try_later"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One no. `sentence` names the sentence to speak (a key of the sentence data), `facts` fill it."""

    code: RefusalCode
    sentence: str
    next: str = "ask"
    facts: dict[str, Any] = field(default_factory=dict)
