"""Switches of the fake Cal.com: what can go wrong between it and us, once or at random.

A fault is planned for the next fitting request (`plan`) or drawn by seed (`Storm`), so that a run repeats.
"""

import random
from dataclasses import dataclass, field
from enum import StrEnum

from handfest.testing.fake_calcom_answers import FakeRequest


class FaultKind(StrEnum):
    """Everything that can be switched on."""

    LATENCY = "latency"
    TIMEOUT_BEFORE = "timeout_before"
    TIMEOUT_AFTER = "timeout_after"
    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    RATE_LIMITED = "rate_limited"
    KEY_EXPIRED = "key_expired"
    WRONG_REGION = "wrong_region"
    SLOT_STOLEN = "slot_stolen"
    TYPE_EDITED = "type_edited"
    TYPE_DELETED = "type_deleted"
    WEBHOOK_LOST = "webhook_lost"
    WEBHOOK_DOUBLED = "webhook_doubled"
    WEBHOOK_LATE = "webhook_late"
    CLOCK_MOVED = "clock_moved"


LOSES_ANSWER = frozenset(
    {FaultKind.TIMEOUT_BEFORE, FaultKind.TIMEOUT_AFTER, FaultKind.RESET_BEFORE, FaultKind.RESET_AFTER}
)
BEFORE_WRITE = frozenset(
    {
        FaultKind.TIMEOUT_BEFORE,
        FaultKind.ERROR_BEFORE,
        FaultKind.RESET_BEFORE,
        FaultKind.RATE_LIMITED,
        FaultKind.KEY_EXPIRED,
        FaultKind.WRONG_REGION,
    }
)
BOOKING_ONLY = frozenset({FaultKind.SLOT_STOLEN, FaultKind.TYPE_EDITED, FaultKind.TYPE_DELETED})
WEBHOOKS = frozenset({FaultKind.WEBHOOK_LOST, FaultKind.WEBHOOK_DOUBLED, FaultKind.WEBHOOK_LATE})


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """A fault for the next request that fits; `amount` is milliseconds (latency) or seconds (clock)."""

    kind: FaultKind
    method: str | None = None
    path: str | None = None
    amount: float = 0.0

    def fits(self, request: FakeRequest) -> bool:
        """True if this request is meant."""
        if self.method is not None and self.method != request.method:
            return False
        if self.path is not None:
            return self.path in request.path
        return fits_kind(self.kind, request)


def is_booking(request: FakeRequest) -> bool:
    """True for the request that makes a booking."""
    return request.method == "POST" and request.path.endswith("/bookings")


def is_write(request: FakeRequest) -> bool:
    """True for requests that change bookings."""
    return request.method == "POST" and "/bookings" in request.path


def fits_kind(kind: FaultKind, request: FakeRequest) -> bool:
    """Where a kind of fault can happen at all."""
    if kind in BOOKING_ONLY:
        return is_booking(request)
    if kind in WEBHOOKS:
        return is_write(request)
    return True


@dataclass
class Faults:
    """The plan: faults in order, each used up by one request, and the storm behind them."""

    planned: list[PlannedFault] = field(default_factory=list)
    storm: "Storm | None" = None
    seen: dict[str, int] = field(default_factory=dict)

    def plan(
        self, kind: FaultKind, *, method: str | None = None, path: str | None = None, amount: float = 0.0
    ) -> None:
        """Let the next fitting request meet this fault."""
        self.planned.append(PlannedFault(kind, method, path, amount))

    def next_for(self, request: FakeRequest) -> PlannedFault | None:
        """The fault that this request meets, if any; it is used up."""
        found = next((fault for fault in self.planned if fault.fits(request)), None)
        if found is not None:
            self.planned.remove(found)
        elif self.storm is not None:
            found = self.storm.draw(request)
        if found is not None:
            self.seen[found.kind] = self.seen.get(found.kind, 0) + 1
        return found


class Storm:
    """Faults drawn at a rate (0..1) by a seed; the same seed gives the same storm."""

    def __init__(self, seed: int, rate: float, kinds: tuple[FaultKind, ...] = tuple(FaultKind)) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a storm is to be repeated, not to be secret
        self._rate = rate
        self._kinds = kinds

    def draw(self, request: FakeRequest) -> PlannedFault | None:
        """A fault for this request, or none."""
        if self._random.random() >= self._rate:
            return None
        fitting = [kind for kind in self._kinds if fits_kind(kind, request)]
        if not fitting:
            return None
        kind = self._random.choice(fitting)
        amount = self._random.uniform(50, 400) if kind is not FaultKind.CLOCK_MOVED else 0.0
        if kind is FaultKind.CLOCK_MOVED:
            amount = self._random.uniform(-90, 90)
        return PlannedFault(kind, amount=amount)
