"""The day view: one column for each member of staff and resource, with everything that takes their time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from whenever import Instant

from handfest.booking.search_span import midnight
from handfest.catalogue.compiled import CompiledCatalogue
from handfest.model.actor import Actor, Scope
from handfest.model.booking import Booking
from handfest.model.catalogue import Opening
from handfest.model.slot import Occupied
from handfest.office.objection import Objection, invalid
from handfest.office.office import Office, enter
from handfest.ports import Transaction
from handfest.scheduling.opening_times import opening_of_date

BOOKINGS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Block:
    """Something in a column, [start, end). `kind` is booking | hold | absence | busy.

    [busy_start, busy_end) is what it keeps the column from, buffers included; they are equal to the first two
    where there is no buffer. `subject` is the booking's id, the busy time's, or of a hold the offer's; `call_id`
    the call a hold belongs to, or that a booking was made in.
    """

    kind: str
    start: Instant
    end: Instant
    busy_start: Instant
    busy_end: Instant
    subject: str
    call_id: str | None = None
    booking: Booking | None = None
    label: str | None = None
    expires_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One member of staff, or one resource, on one day. `kind` is staff | resource | anybody."""

    id: str
    name: str
    kind: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class DayView:
    """A local day. `opening` is in minutes of the day; `now` is None on every day but today."""

    day: date
    zone: str
    start: Instant
    end: Instant
    opening: tuple[Opening, ...]
    columns: tuple[Column, ...]
    now: Instant | None


async def day_view(
    office: Office, actor: Actor, business_id: str, day: date, branch_id: str | None = None
) -> DayView | Objection:
    """Everything on this day; a calendar behind a network shows what was booked through handfest."""
    entered = await enter(office, actor, Scope.READ, business_id)
    if isinstance(entered, Objection):
        return entered
    if branch_id is not None and entered.catalogue.branch(branch_id) is None:
        return invalid("there is no such branch", field="branch")
    compiled = office.shelf.compiled(entered.stored, branch_id)
    start, end = midnight(day, compiled.zone), midnight(day + timedelta(days=1), compiled.zone)
    now = office.clock.now()

    def work(tx: Transaction) -> tuple[tuple[Booking, ...], tuple[Occupied, ...], dict[str, Instant]]:
        # What began the evening before may reach into the day.
        rows = tx.bookings(business_id, start.subtract(hours=24), end, BOOKINGS_MAX, booked=True)
        taken = tx.taken(business_id, start, end, now)
        return rows, taken, _expiries(tx, business_id, taken)

    bookings, taken, expiries = await office.store.read(work)
    blocks = [*_of_bookings(bookings), *_of_others(taken, expiries)]
    return DayView(
        day=day,
        zone=compiled.zone.key,
        start=start,
        end=end,
        opening=opening_of_date(compiled.catalogue, compiled.catalogue.branch(branch_id), day),
        columns=tuple(_columns(compiled, [block for block in blocks if _touches(block[1], start, end)])),
        now=now if start <= now < end else None,
    )


def _touches(block: Block, start: Instant, end: Instant) -> bool:
    return block.busy_start < end and start < block.busy_end


def _of_bookings(bookings: tuple[Booking, ...]) -> Iterator[tuple[str | None, Block]]:
    """A booking in the column of whoever serves, and in that of each resource it takes."""
    for booking in bookings:
        spans = {span.resource_id for span in booking.spans}
        named = {booking.staff_id} if booking.staff_id else set()
        columns: list[str | None] = [*sorted(spans | named)]
        for column in columns or [None]:
            own = [span for span in booking.spans if span.resource_id == column]
            end = booking.start.add(minutes=booking.duration_min)
            yield (
                column,
                Block(
                    kind="booking",
                    start=booking.start,
                    end=end,
                    busy_start=min([booking.start, *(_minute(span.start) for span in own)]),
                    busy_end=max([end, *(_minute(span.end) for span in own)]),
                    subject=booking.id,
                    call_id=booking.call_id,
                    booking=booking,
                ),
            )


def _of_others(
    taken: tuple[Occupied, ...], expiries: dict[str, Instant]
) -> Iterator[tuple[str | None, Block]]:
    """Holds and absences; the appointments among what is taken are the bookings' own."""
    for row in taken:
        if row.owner.startswith("event:"):
            continue
        start, end = Instant.from_timestamp(row.start), Instant.from_timestamp(row.end)
        call_id, subject = None, row.owner.split(":", 1)[1]
        if row.kind == "hold":
            call_id, subject = subject.rsplit(":", 1)
        yield (
            row.resource_id,
            Block(
                kind=row.kind,
                start=start,
                end=end,
                busy_start=start,
                busy_end=end,
                subject=subject,
                call_id=call_id,
                label=row.label,
                expires_at=expiries.get(row.owner),
            ),
        )


def _expiries(tx: Transaction, business_id: str, taken: tuple[Occupied, ...]) -> dict[str, Instant]:
    calls = {row.owner.split(":", 1)[1].rsplit(":", 1)[0] for row in taken if row.kind == "hold"}
    offers = (offer for call_id in sorted(calls) for offer in tx.offers(business_id, call_id))
    return {offer.owner: offer.expires_at for offer in offers}


def _columns(compiled: CompiledCatalogue, blocks: list[tuple[str | None, Block]]) -> Iterator[Column]:
    catalogue = compiled.catalogue
    named = [(person.id, person.name, "staff") for person in catalogue.staff]
    named += [(resource.id, resource.name, "resource") for resource in catalogue.resources]
    shown = {column_id for column_id, _name, _kind in named}
    for column_id, name, kind in named:
        own = [block for column, block in blocks if column == column_id]
        yield Column(column_id, name, kind, _in_order(own))
    left = [block for column, block in blocks if column not in shown]
    if left or not named:
        yield Column("", catalogue.business.name, "anybody", _in_order(left))


def _in_order(blocks: list[Block]) -> tuple[Block, ...]:
    return tuple(sorted(blocks, key=lambda block: (block.start, block.subject)))


def _minute(at: int) -> Instant:
    return Instant.from_timestamp(at * 60)
