"""Free slots from one range request per event type, less what our own store holds for other callers."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from whenever import Instant

from handfest.calendars.calcom_client import CalcomClient, Deadlines
from handfest.calendars.calcom_errors import ApiRefused, Kind
from handfest.calendars.calcom_event_types import EventTypes
from handfest.calendars.calcom_values import EventTypeFacts
from handfest.errors import Rejected
from handfest.model.slot import Occupied, Slot, Span
from handfest.ports import SlotQuestion

SEATS_MAX = 20


@dataclass(frozen=True, slots=True)
class Target:
    """An event type to ask, and who is promised if it is theirs alone."""

    event_type_id: int
    staff_id: str | None


def targets(question: SlotQuestion) -> tuple[Target, ...]:
    """Which event types are asked. One that several staff share promises nobody: slots never name the host."""
    binding, catalogue = question.service.binding, question.catalogue
    able = [person.id for person in catalogue.staff if question.service.id in person.services]
    own = dict(binding.by_staff)
    if question.staff_id is not None:
        number = binding.for_staff(question.staff_id)
        alone = question.staff_id in own or able == [question.staff_id]
        found = [] if number is None else [Target(number, question.staff_id if alone else None)]
    elif binding.event_type_id is not None:
        only = able[0] if len(able) == 1 and able[0] not in own else None
        found = [Target(binding.event_type_id, only)]
    else:
        found = [Target(own[staff_id], staff_id) for staff_id in able if staff_id in own]
    if not found:
        raise Rejected(f"service {question.service.id} has no event type in the business file")
    return tuple(found)


async def ask_slots(
    client: CalcomClient, kinds: EventTypes, question: SlotQuestion, deadlines: Deadlines
) -> tuple[tuple[Target, EventTypeFacts | None, tuple[Instant, ...]], ...]:
    """What Cal.com lists for each target, with what is known of its event type."""
    rows = await asyncio.gather(
        *(_ask_one(client, kinds, question, target, deadlines) for target in targets(question))
    )
    return tuple(rows)


async def _ask_one(
    client: CalcomClient, kinds: EventTypes, question: SlotQuestion, target: Target, deadlines: Deadlines
) -> tuple[Target, EventTypeFacts | None, tuple[Instant, ...]]:
    number, service = target.event_type_id, question.service
    facts = await kinds.facts(number, deadlines)
    # Only slots that end before the query's end are listed: ask wider, keep what was asked for.
    wider = question.end.add(minutes=service.duration_min)
    try:
        rows = await client.slots(number, question.start, wider, deadlines, question.own_event)
    except ApiRefused as refused:
        if refused.problem.kind is Kind.NOT_FOUND:
            kinds.forget(number)
            raise Rejected(f"Cal.com has no event type {number}") from refused
        raise refused.problem.fault(write=False) from refused
    lengths = {minutes for _, minutes in rows if minutes is not None}
    variable = facts is not None and service.duration_min in facts.lengths
    if lengths - {service.duration_min} and not variable:
        kinds.forget(number)
        raise Rejected(
            f"event type {number} lasts {sorted(lengths)} minutes, service {service.id} "
            f"{service.duration_min}: nothing is offered that would be booked differently"
        )
    return target, facts, tuple(start for start, _ in rows if start < question.end)


def slots_of(
    question: SlotQuestion,
    target: Target,
    facts: EventTypeFacts | None,
    starts: tuple[Instant, ...],
    taken: tuple[Occupied, ...],
) -> Iterator[Slot]:
    """The slots of one target that nobody holds in our store, and that notice will still allow when booked."""
    service = question.service
    busy: dict[tuple[str, int], list[Occupied]] = {}
    for row in taken:
        busy.setdefault((row.resource_id, row.seat), []).append(row)
    earliest = _earliest(question, facts)
    resource, seats = resource_of(target.event_type_id, facts)
    for start in starts:
        if start < earliest:
            continue
        first, last = _occupied_minutes(start, service.duration_min, facts)
        for seat in range(seats):
            rows = busy.get((resource, seat), ())
            if not any(row.start < last * 60 and first * 60 < row.end for row in rows):
                span = Span(resource, seat, first, last)
                yield Slot(start, service.duration_min, target.staff_id, (span,))


def resource_of(event_type_id: int, facts: EventTypeFacts | None) -> tuple[str, int]:
    """What our store serialises by, and how many at once: the host whatever the event type, or its hosts' number.

    Cal.com accepts overlapping bookings of two event types of one host within some 100 ms; one claim per host
    keeps our own callers out of that.
    """
    if facts is None:
        return f"calcom:{event_type_id}", 1
    if facts.seats is not None and facts.seats > 1:
        return f"calcom:{event_type_id}", min(facts.seats, SEATS_MAX)
    if len(facts.host_ids) == 1:
        return f"calcom:host:{facts.host_ids[0]}", 1
    return f"calcom:{event_type_id}", max(1, min(len(facts.host_ids), SEATS_MAX))


def _earliest(question: SlotQuestion, facts: EventTypeFacts | None) -> Instant:
    """The first start that may be offered: by our rules, and by the event type's notice even after the hold (B70)."""
    rules, service = question.catalogue.rules, question.service
    own = service.min_notice_min if service.min_notice_min is not None else rules.min_notice_min
    earliest = question.now.add(minutes=own)
    if facts is not None and facts.notice_min:
        theirs = question.now.add(minutes=facts.notice_min, seconds=rules.hold_seconds)
        earliest = max(earliest, theirs)
    return earliest


def _occupied_minutes(start: Instant, duration_min: int, facts: EventTypeFacts | None) -> tuple[int, int]:
    minute = int(start.timestamp()) // 60
    before = facts.buffer_before_min if facts is not None else 0
    after = facts.buffer_after_min if facts is not None else 0
    return minute - before, minute + duration_min + after
