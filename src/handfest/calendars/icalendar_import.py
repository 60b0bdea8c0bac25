"""Import of an iCalendar feed as busy time of one person: a calendar people already keep blocks what it should."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from whenever import Instant

from handfest.calendars.icalendar_event import read_events, take_place
from handfest.calendars.icalendar_text import NotAFeed, cut
from handfest.catalogue.compiled import CompiledCatalogue
from handfest.ports import BusyTime, Store

BEYOND_DAYS = 62
"""How far beyond the last bookable day is looked ahead, so that a feed need not be read again every day."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import led to: how many busy times are kept now, how many it replaced, and what was left out."""

    source: str
    kept: int
    replaced: int
    until: Instant
    left_out: Counter[str]


@dataclass(frozen=True, slots=True)
class FeedTarget:
    """Whose time a feed takes, and under which name it is kept. Titles are private and kept only if asked for."""

    resource_id: str
    source: str
    titles: bool = False


def source_of(location: str, resource_id: str) -> str:
    """A name for the feed at a location. The location itself may be a secret and is not kept."""
    return f"ics:{resource_id}:{sha256(location.encode()).hexdigest()[:12]}"


async def import_feed(
    store: Store, compiled: CompiledCatalogue, target: FeedTarget, lines: Iterable[str], now: Instant
) -> Imported | NotAFeed:
    """Replace what an earlier import of the same source kept by what the feed says now, in one transaction.

    Looks from `now` to some time after the last bookable day; floating times and whole days are of the
    business's zone.
    """
    zone, business_id = compiled.zone, compiled.catalogue.business.id
    text = cut(lines, now.to_tz(zone.key).date().to_stdlib())
    if isinstance(text, NotAFeed):
        return text
    until = now.add(hours=24 * (_bookable_days(compiled) + BEYOND_DAYS))
    events, unreadable = read_events(text, zone)
    times, not_taking_place = take_place(events, now, until)
    rows = [
        BusyTime(
            business_id,
            _busy_id(target.source, number),
            target.resource_id,
            taken.start,
            taken.end,
            "busy",
            taken.title if target.titles else None,
            target.source,
        )
        for number, taken in enumerate(times)
    ]
    replaced = await store.write(lambda tx: tx.replace_busy(business_id, target.source, rows))
    left_out = text.left_out + unreadable + not_taking_place
    return Imported(target.source, len(rows), replaced, until, left_out)


def _bookable_days(compiled: CompiledCatalogue) -> int:
    own = [service.max_advance_days or 0 for service in compiled.catalogue.services]
    return max([compiled.catalogue.rules.max_advance_days, *own])


def _busy_id(source: str, number: int) -> str:
    return f"{source.replace(':', '_')}_{number}"
