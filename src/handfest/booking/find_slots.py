"""Ask the calendar once, and put what is free in the order in which it should be offered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from whenever import Instant, TimeDelta

from handfest.booking.open_turn import OpenTurn
from handfest.booking.search_span import SearchSpan
from handfest.model.booking import Booking
from handfest.model.catalogue import Service
from handfest.model.offer import OfferState
from handfest.model.slot import Slot
from handfest.ports import SlotQuestion
from handfest.scheduling.rank import rank
from handfest.scheduling.unavailable import unavailable_because

NEAR = TimeDelta(hours=4 * 24)
WIDE = TimeDelta(hours=8 * 24)
SPARE = 4
"""How many more slots than offers are ranked, for those that another caller takes in between."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found. `wanted` fits the wish as it was said, `others` are alternatives, best first."""

    wanted: tuple[Slot, ...]
    others: tuple[Slot, ...]
    why: str | None = None


async def find_slots(
    turn: OpenTurn,
    service: Service,
    staff_id: str | None,
    span: SearchSpan,
    moving: Booking | None = None,
    *,
    without: Instant | None = None,
    lost: tuple[Slot, ...] = (),
) -> Findings:
    """What the calendar has for this wish, split into what was wished for and what is near it.

    `without` is a start that was just lost, though a calendar may still list it.

    A calendar at hand is asked about the wished time first and about more only if that is not free; one
    behind a network is asked once, about everything. `lost` are slots that this turn has just lost to other
    callers; a calendar that knows nothing of our holds would name them again.
    """
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
    # What staff took from this caller is not named to them again, though it may look free.
    gone = {without, *(offer.start for offer in turn.offers if offer.state is OfferState.TAKEN)}
    # An appointment is in nobody's way when it moves, but its own time is none to move it to.
    if moving is not None and staff_id in (None, moving.staff_id):
        gone.add(moving.start)
    found = Findings((), ())
    for start, end in _widening(span, remote=turn.calendar.remote):
        slots = await _ask(turn, replace(question, start=start, end=end))
        left = [slot for slot in slots if slot not in lost and slot.start not in gone]
        found = _split(turn, span, left)
        if found.wanted or len({slot.start for slot in found.others}) >= turn.catalogue.rules.offers:
            break
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


async def _ask(turn: OpenTurn, question: SlotQuestion) -> tuple[Slot, ...]:
    before = turn.trace.elapsed_ms()
    slots = await turn.calendar.free_slots(question)
    turn.trace.step(
        "slots",
        found=len(slots),
        provider=turn.catalogue.calendar.provider,
        service_id=question.service.id,
        binding=question.service.binding.for_staff(question.staff_id),
        duration_min=question.service.duration_min,
        start=question.start.format_iso(),
        end=question.end.format_iso(),
        calendar_ms=round(turn.trace.elapsed_ms() - before, 3),
    )
    return slots


def _widening(span: SearchSpan, *, remote: bool) -> Iterator[tuple[Instant, Instant]]:
    """The spans to ask about, one after the other, until something is found."""
    if not remote:
        if span.exact is not None:
            yield span.exact, span.exact.add(minutes=1)
        wished = min(span.end, span.start + WIDE)
        yield span.start, wished
        if wished < span.until:
            yield span.start, min(span.until, max(wished + NEAR, span.end))
    yield span.start, span.until


def _split(turn: OpenTurn, span: SearchSpan, slots: Sequence[Slot]) -> Findings:
    zone = turn.zone
    limit = turn.catalogue.rules.offers * SPARE

    if span.exact is not None:
        wanted = tuple(slot for slot in slots if slot.start == span.exact)
        return Findings(wanted, () if wanted else _near(turn, span, slots))
    inside = [slot for slot in slots if slot.start < span.end and _fits(span, slot, zone.key)]
    if inside:
        return Findings(
            tuple(_spread(inside, turn.catalogue.rules.offers, span.earliest or span.minute is not None))[
                :limit
            ],
            (),
        )
    return Findings((), _near(turn, span, slots))


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
        limit=turn.catalogue.rules.offers * SPARE,
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
