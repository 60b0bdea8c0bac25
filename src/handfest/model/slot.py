"""Slots: times that are free, with everything that booking one would occupy."""

from dataclasses import dataclass
from typing import NamedTuple

from whenever import Instant


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """One resource (staff member, chair, room, ...) taken for [start, end) in epoch minutes on one seat.

    In a group appointment `door` is the seat that an appointment of anything else would take: all guests keep
    it shut together, whoever of them came first and whoever leaves. None for one guest alone.
    """

    resource_id: str
    seat: int
    start: int
    end: int
    door: int | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A free start with the staff who would serve and the spans a booking would occupy (buffers included).

    `duration_min` is the time the caller spends; the spans may be longer (buffers) or shorter (phases in
    which the staff is free).
    """

    start: Instant
    duration_min: int
    staff_id: str | None
    spans: tuple[Span, ...]


class Occupied(NamedTuple):
    """A resource in use for [start, end) in epoch seconds, whatever the reason.

    `kind` is hold | booking | busy | absence; `owner` names whose it is ("offer:...", "event:...").
    `service_id` and `group_start` (epoch seconds) tell which seats belong to one group appointment. A tuple, as
    a database row is one: a question over weeks reads hundreds.
    """

    resource_id: str
    seat: int
    start: int
    end: int
    kind: str
    owner: str
    service_id: str | None = None
    group_start: int | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What is to be taken: all buckets of `spans` for `owner`, until a moment or (None) for good.

    `besides` owns buckets that count as free: the appointment that is being moved. What the owner has already is
    given up for it, unless `renews` is False: then it is known to have nothing.
    """

    owner: str
    kind: str
    spans: tuple[Span, ...]
    service_id: str | None = None
    group_start: Instant | None = None
    until: Instant | None = None
    besides: str | None = None
    renews: bool = True


BUCKET_MIN = 5
"""Claims are kept in buckets of five minutes of epoch time."""


def buckets(span: Span) -> range:
    """The bucket numbers that a span touches, rounded outward, ascending."""
    return range(span.start // BUCKET_MIN, -(-span.end // BUCKET_MIN))
