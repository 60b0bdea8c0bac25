"""The port to where appointments live."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from whenever import Instant

from handfest.model.booking import Booking, Confirmation, Declined
from handfest.model.catalogue import Catalogue, Service
from handfest.model.offer import Offer
from handfest.model.slot import Slot
from handfest.ports.store import Transaction


@dataclass(frozen=True, slots=True)
class SlotQuestion:
    """What a calendar is asked: which starts of `service` are free in [start, end).

    `own_call` and `own_event` are not in the way: a caller's holds, and the appointment being moved.
    """

    catalogue: Catalogue
    service: Service
    start: Instant
    end: Instant
    now: Instant
    staff_id: str | None = None
    branch_id: str | None = None
    own_call: str | None = None
    own_event: str | None = None


class Calendar(Protocol):
    """Where appointments live. One contract suite runs on every implementation.

    Every method may raise a `CalendarFault`; a write whose outcome is not known raises `OutcomeUnknown`.
    `remote` calendars are behind a network: one wide question costs less than two narrow ones.
    """

    remote: bool

    async def free_slots(self, question: SlotQuestion) -> tuple[Slot, ...]:
        """Free slots ordered by start; one per start and able staff member."""

    async def hide(self, offer: Offer) -> None:
        """Best effort: keep an offered slot from being shown elsewhere while the offer lives."""

    async def reveal(self, offer: Offer) -> None:
        """Undo `hide`; unknown offers are fine."""

    async def book(self, booking: Booking, offer_owner: str) -> Confirmation | Declined:
        """Book exactly this. Idempotent by `booking.id`: a repeat gives the first confirmation."""

    async def find(self, booking: Booking) -> Confirmation | None:
        """The live appointment that `booking.id` led to, if there is one."""

    async def cancel(self, booking: Booking) -> Confirmation | Declined:
        """Cancel the appointment `booking.uid`; idempotent."""

    async def move(self, booking: Booking, old: Booking, offer_owner: str) -> Confirmation | Declined:
        """Put `booking` in the place of `old`, atomically: the old one is given up only for the new one."""


@runtime_checkable
class KeptInStore(Protocol):
    """A calendar whose appointments are in the store itself, and can be made in a transaction with other things."""

    def book_within(self, tx: Transaction, booking: Booking, offer_owner: str) -> Confirmation | Declined:
        """As `Calendar.book`, inside `tx`. After a Declined the transaction has to be given up."""


@dataclass(frozen=True, slots=True)
class ProviderState:
    """How a provider behind a network does, as far as this process knows.

    `answers` is false after several failures in a row; `left` of `per_minute` requests may still go out now.
    """

    answers: bool
    left: int
    per_minute: int


@runtime_checkable
class TellsState(Protocol):
    """A calendar behind a network, which can be away or have enough of us."""

    def state(self) -> ProviderState:
        """How the provider does now."""


class Calendars(Protocol):
    """Chooses the calendar of a business."""

    def of(self, catalogue: Catalogue) -> Calendar:
        """The calendar this business keeps its appointments in."""
