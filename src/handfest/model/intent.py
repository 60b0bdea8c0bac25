"""The Intent: what a turn is about, understood once by the desk, before any use case runs."""

from dataclasses import dataclass, field

from handfest.model.resolution import Resolution
from handfest.model.wish import WhenReading, Wish


@dataclass(frozen=True, slots=True)
class StaffWish:
    """Who was wished for: ids that the words fit, best first; none of the staff if empty."""

    spoken: str
    staff_ids: tuple[str, ...]


_SPARED = frozenset({"phone", "email"})
_GARBLED = frozenset({"incomplete", "invalid"})


@dataclass(frozen=True, slots=True)
class CustomerWords:
    """What was said about the customer. `problems` name fields that could not be read, with the reason."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    notes: str | None = None
    problems: tuple[tuple[str, str], ...] = ()

    def problem(self, field_name: str) -> str | None:
        """Why this field could not be read, if it was given at all."""
        return dict(self.problems).get(field_name)

    @property
    def unread(self) -> tuple[str, ...]:
        """What was given and could not be read, but that a booking can do without: "phone", "email"."""
        return tuple(name for name, reason in self.problems if name in _SPARED and reason in _GARBLED)


@dataclass(frozen=True, slots=True)
class Intent:
    """A tool request in values. Every field but the tool may be empty; nothing is filled in by guess.

    `service` is the resolution of the service words (None: none said); `service_id` an id of ours that came
    back; `when` the wish for the (new) time, `which` the words for an existing appointment.
    """

    tool: str
    service: Resolution | None = None
    service_id: str | None = None
    when: WhenReading = field(default_factory=Wish)
    which: WhenReading = field(default_factory=Wish)
    staff: StaffWish | None = None
    offer_id: str | None = None
    booking_id: str | None = None
    customer: CustomerWords = field(default_factory=CustomerWords)
    reason: str | None = None
    when_words: str | None = None
