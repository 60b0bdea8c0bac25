"""Ask the calendar once, and put what is free in the order in which it should be offered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from whenever import Instant

from handfest.booking.open_turn import OpenTurn
from handfest.booking.search_span import SearchSpan
from handfest.model.booking import Booking
from handfest.model.catalogue import Service
from handfest.model.slot import Slot
from handfest.ports import SlotQuestion
from handfest.scheduling.rank import rank
from handfest.scheduling.unavailable import unavailable_because

SPARE = 4
"""How many more slots than offers are ranked, for those that another caller takes in between."""
SPARE_NEAR = 16
"""The same for alternatives: every caller who lost the same slot in the same moment tries the same ones."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found. `wanted` fits the wish as it was said, `others` are alternatives, best first.

    `near` works out alternatives to what was wanted: needed only if another caller takes it in between.
    """

    wanted: tuple[Slot, ...]
    others: tuple[Slot, ...]
    near: Callable[[], tuple[Slot, ...]]
    why: str | None = None


async def find_slots(
    turn: OpenTurn, service: Service, staff_id: str | None, span: SearchSpan, moving: Booking | None = None
) -> Findings:
    """One question to the calendar; the answer split into what was wished for and what is near it."""
    question = SlotQuestion(
        catalogue=turn.catalogue,
        service=service,
        start=span.start,
        end=span.until,
        now=turn.now,
        staff_id=staff_id,
        branch_id=turn.compiled.branch_id,
        own_call=turn.call.id,
        own_event=moving.uid if moving else None,
    )
    before = turn.trace.elapsed_ms()
    slots = await turn.calendar.free_slots(question)
    turn.trace.step(
        "slots",
        found=len(slots),
        provider=turn.catalogue.calendar.provider,
        service_id=service.id,
        binding=service.binding.for_staff(staff_id),
        duration_min=service.duration_min,
        start=span.start.format_iso(),
        end=span.until.format_iso(),
        calendar_ms=round(turn.trace.elapsed_ms() - before, 3),
    )
    found = _split(turn, span, slots)
    if span.exact is None or found.wanted:
        return found
    why = unavailable_because(
        turn.catalogue,
        service,
        at=span.exact,
        now=turn.now,
        staff_id=staff_id,
        branch_id=turn.compiled.branch_id,
    )
    return replace(found, why=why)


def _split(turn: OpenTurn, span: SearchSpan, slots: Sequence[Slot]) -> Findings:
    zone = turn.zone
    limit = turn.catalogue.rules.offers * SPARE

    def near() -> tuple[Slot, ...]:
        return _near(turn, span, slots)

    if span.exact is not None:
        wanted = tuple(slot for slot in slots if slot.start == span.exact)
        return Findings(wanted, () if wanted else near(), near)
    inside = [slot for slot in slots if slot.start < span.end and _fits(span, slot, zone.key)]
    if inside:
        return Findings(tuple(_spread(inside, turn.catalogue.rules.offers, span.earliest))[:limit], (), near)
    return Findings((), near(), near)


def _fits(span: SearchSpan, slot: Slot, zone: str) -> bool:
    if span.minute is None and span.window is None:
        return True
    local = slot.start.to_tz(zone)
    minute = local.hour * 60 + local.minute
    if span.minute is not None:
        return minute == span.minute
    assert span.window is not None
    return span.window.start <= minute < span.window.end


def _near(turn: OpenTurn, span: SearchSpan, slots: Sequence[Slot]) -> tuple[Slot, ...]:
    ranked = rank(
        slots,
        wished_day=span.day or (span.days.first if span.days else None),
        wished_minute=span.minute,
        window=span.window,
        zone=turn.zone,
        limit=turn.catalogue.rules.offers * SPARE_NEAR,
        exclude=span.exact,
    )
    by_start: dict[Instant, list[Slot]] = {}
    for slot in slots:
        by_start.setdefault(slot.start, []).append(slot)
    # Every able member of staff of each start: if one is taken in between, the next one is tried.
    return tuple(slot for nearest in ranked for slot in by_start[nearest.start])


def _spread(slots: Sequence[Slot], offers: int, earliest: bool) -> list[Slot]:
    """For an open wish: times spread over what is free, so that a choice is one; the rest behind them."""
    starts = list(dict.fromkeys(slot.start for slot in slots))
    if earliest or len(starts) <= offers:
        return list(slots)
    picked = {starts[index * (len(starts) - 1) // max(offers - 1, 1)] for index in range(offers)}
    first = [slot for slot in slots if slot.start in picked]
    return first + [slot for slot in slots if slot.start not in picked]
