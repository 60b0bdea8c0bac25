"""What a use case comes back with, before it is put into words."""

from dataclasses import dataclass
from datetime import date, time

from whenever import Instant

from handfest.model.booking import Booking
from handfest.model.call import Callback
from handfest.model.catalogue import Opening, Service
from handfest.model.letter import LetterWay
from handfest.model.offer import Offer
from handfest.model.refusal import Refusal
from handfest.model.wish import Wish


@dataclass(frozen=True, slots=True)
class Offered:
    """Times that are held for this call.

    `sentence` names how they are spoken; `asked` is the time that was wished for and is not free, `why` the
    reason; `wish` the days or the part of the day in which nothing is free. One offer asks for a yes, several
    for a choice.
    """

    offers: tuple[Offer, ...]
    sentence: str
    asked: Instant | None = None
    why: str | None = None
    offered_before: str | None = None
    wish: Wish | None = None

    @property
    def next(self) -> str:
        """confirm for the one time asked for, offer for a choice."""
        return "confirm" if len(self.offers) == 1 and self.asked is None else "offer"


@dataclass(frozen=True, slots=True)
class Booked:
    """A durable booking, confirmed by the calendar and equal to its offer.

    `pending`: the provider has taken it as a request that is still to be confirmed. `staff_wished`: the caller
    asked for this member of staff and hears the name. `told`: the ways by which a confirmation is on its way.
    """

    booking: Booking
    pending: bool = False
    staff_wished: bool = False
    told: frozenset[LetterWay] = frozenset()


@dataclass(frozen=True, slots=True)
class Changed:
    """A booking that has taken the place of another; `pending` and `told` as for `Booked`."""

    booking: Booking
    old: Booking
    pending: bool = False
    told: frozenset[LetterWay] = frozenset()


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A booking that was cancelled, by the calendar's own word; `told` as for `Booked`."""

    booking: Booking
    told: frozenset[LetterWay] = frozenset()


@dataclass(frozen=True, slots=True)
class Appointments:
    """The caller's own coming bookings."""

    bookings: tuple[Booking, ...]


@dataclass(frozen=True, slots=True)
class ServiceList:
    """What the business offers; `more` when not all are spoken."""

    services: tuple[Service, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class OpeningTimes:
    """Opening times of one date, or of the week (pairs of weekdays with the same times)."""

    day: date | None
    spans: tuple[tuple[tuple[int, ...], tuple[Opening, ...]], ...]


@dataclass(frozen=True, slots=True)
class CallbackTaken:
    """A request to be called back that is durable."""

    callback: Callback


@dataclass(frozen=True, slots=True)
class Greeted:
    """Whether the caller's number has booked before; None where the number is withheld."""

    known: bool | None


@dataclass(frozen=True, slots=True)
class Dated:
    """The day, and the wall time if one was said, that words were understood as."""

    day: date
    at: time | None = None


@dataclass(frozen=True, slots=True)
class LetGo:
    """Every hold of the call was given back."""


@dataclass(frozen=True, slots=True)
class Pending:
    """The answer is not known within the deadline; the same request later tells it."""

    kind: str
    booking: Booking | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """We could not do our job: the fault's code, and the sentence that offers a way on."""

    code: str
    sentence: str


Outcome = (
    Offered
    | Booked
    | Changed
    | Cancelled
    | Appointments
    | ServiceList
    | OpeningTimes
    | CallbackTaken
    | Greeted
    | Dated
    | LetGo
    | Pending
    | Failed
    | Refusal
)
