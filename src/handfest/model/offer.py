"""The Offer: the only bookable thing (law 1)."""

from dataclasses import dataclass, replace
from enum import StrEnum

from whenever import Instant, ZonedDateTime

from handfest.model.slot import Span


class OfferState(StrEnum):
    """A live offer holds its slot; every other state has let go of it."""

    LIVE = "live"
    RELEASED = "released"  # the wish moved on within the same service; bookable again if still free
    VOIDED = "voided"  # the caller wished for another service; never bookable again
    TAKEN = "taken"  # staff took the time from the caller; neither bookable nor offered again in this call
    USED = "used"


@dataclass(frozen=True, slots=True)
class Offer:
    """One time that was offered in one call, complete: booking it needs nothing else but the customer.

    `id` is short and unique in its call ("A1"); `turn` is the number of the turn that spoke it; `start` is
    exact, `zone` the zone it is spoken in; `spans` is what it occupies, buffers included; `event_type_id`
    lives in `binding` as the provider's object, never named by its foreign word here. `hidden_as` is the
    provider's id of the slot that `Calendar.hide` keeps from being shown elsewhere.
    """

    business_id: str
    call_id: str
    id: str
    turn: int
    service_id: str
    service_name: str
    binding: int | None
    duration_min: int
    staff_id: str | None
    staff_name: str | None
    staff_wished: bool
    start: Instant
    zone: str
    price: str | None
    catalogue_version: int
    branch_id: str | None
    spans: tuple[Span, ...]
    made_at: Instant
    expires_at: Instant
    state: OfferState = OfferState.LIVE
    replaces: str | None = None
    hidden_as: str | None = None

    @property
    def local_start(self) -> ZonedDateTime:
        """The start as the caller hears it."""
        return self.start.to_tz(self.zone)

    @property
    def local_expires_at(self) -> ZonedDateTime:
        """The moment until which it is held, on the clock of the business."""
        return self.expires_at.to_tz(self.zone)

    @property
    def owner(self) -> str:
        """The name under which the store keeps this offer's hold."""
        return f"offer:{self.call_id}:{self.id}"

    def holds(self, now: Instant) -> bool:
        """True while the offer keeps its slot from others."""
        return self.state is OfferState.LIVE and now < self.expires_at

    def is_(self, service_id: str, start: Instant) -> bool:
        """True if this offer is for that service at that time."""
        return self.service_id == service_id and self.start == start

    def become(self, state: OfferState) -> "Offer":
        """The same offer in another state."""
        return replace(self, state=state)
