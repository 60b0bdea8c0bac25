"""Slots: times that are free, with everything that booking one would occupy."""

from dataclasses import dataclass

from whenever import Instant


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """One resource (staff member, chair, room, ...) taken for [start, end) in epoch minutes on one seat."""

    resource_id: str
    seat: int
    start: int
    end: int


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
