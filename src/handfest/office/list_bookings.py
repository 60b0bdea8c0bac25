"""List bookings: found by name or number, or of some days."""

from dataclasses import dataclass

from whenever import Instant

from handfest.model.actor import Actor, Scope
from handfest.model.booking import Booking
from handfest.model.page import Page, Position, page_of
from handfest.model.search_text import searched_words
from handfest.office.objection import Objection, invalid
from handfest.office.office import Office, bounded, enter

WORDS_MAX = 6
DAYS_MAX = 62
OF_DAYS_MAX = 2_000


async def find_bookings(
    office: Office,
    actor: Actor,
    business_id: str,
    text: str = "",
    limit: int = 50,
    after: Position | None = None,
) -> Page[Booking] | Objection:
    """Bookings in any state, the latest start first, whose customer's name or number has every word of `text`."""
    entered = await enter(office, actor, Scope.READ, business_id)
    if isinstance(entered, Objection):
        return entered
    most, words = bounded(limit), searched_words(text)[:WORDS_MAX]
    rows = await office.store.read(lambda tx: tx.bookings_found(business_id, words, most + 1, after))
    return page_of(rows, [Position(row.start, row.id) for row in rows], most)


@dataclass(frozen=True, slots=True)
class Days:
    """[first, last) as moments."""

    first: Instant
    last: Instant


async def bookings_of_days(
    office: Office, actor: Actor, business_id: str, days: Days, *, every: bool = False
) -> tuple[Booking, ...] | Objection:
    """The bookings that stand in these days by their start; with `every` also those that do not."""
    entered = await enter(office, actor, Scope.READ, business_id)
    if isinstance(entered, Objection):
        return entered
    hours = (days.last - days.first).total("hours")
    if not 0 < hours <= 24 * DAYS_MAX:
        return invalid(f"give a period of at most {DAYS_MAX} days that ends after it begins", field="last")
    return await office.store.read(
        lambda tx: tx.bookings(business_id, days.first, days.last, OF_DAYS_MAX, booked=not every)
    )
