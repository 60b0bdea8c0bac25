"""Import of an iCalendar feed as busy time of one person: a calendar people already keep blocks what it should."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from zoneinfo import ZoneInfo

from whenever import Instant

from handfest.calendars.icalendar_event import TakenTime, read_events, take_place
from handfest.calendars.icalendar_text import NotAFeed, cut
from handfest.catalogue.compiled import CompiledCatalogue
from handfest.ports import BusyTime, Store, Transaction

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
class FeedRead:
    """What a feed says: the busy times that it leads to, how far it was looked ahead, and what was left out."""

    business_id: str
    source: str
    rows: tuple[BusyTime, ...]
    until: Instant
    left_out: Counter[str]

    def keep(self, tx: Transaction) -> Imported:
        """Make it what is kept of this source."""
        replaced = tx.replace_busy(self.business_id, self.source, self.rows)
        return Imported(self.source, len(self.rows), replaced, self.until, self.left_out)


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
    """Replace what an earlier import of the same source kept by what the feed says now, in one transaction."""
    read = read_within(frame_of(compiled, target, now), lines)
    return read if isinstance(read, NotAFeed) else await store.write(read.keep)


@dataclass(frozen=True, slots=True)
class FeedFrame:
    """All that reading a feed needs to know: whose it is, the zone of floating times, and how far to look.

    `days` are the days ahead that can be booked; it is looked some time further.
    """

    business_id: str
    zone: str
    days: int
    target: FeedTarget
    now: Instant


def frame_of(compiled: CompiledCatalogue, target: FeedTarget, now: Instant) -> FeedFrame:
    """The frame of a feed of this business."""
    business_id, days = compiled.catalogue.business.id, bookable_days(compiled)
    return FeedFrame(business_id, compiled.zone.key, days, target, now)


def read_within(frame: FeedFrame, lines: Iterable[str]) -> FeedRead | NotAFeed:
    """What the feed says, as busy times; nothing is kept yet.

    Looks from `now` to some time after the last bookable day; floating times and whole days are of the
    business's zone.
    """
    now, target = frame.now, frame.target
    text = cut(lines, now.to_tz(frame.zone).date().to_stdlib())
    if isinstance(text, NotAFeed):
        return text
    until = now.add(hours=24 * (frame.days + BEYOND_DAYS))
    events, unreadable = read_events(text, ZoneInfo(frame.zone))
    times, not_taking_place = take_place(events, now, until)
    rows = {
        row.id: row for row in (_busy(frame.business_id, target, taken) for taken in times)
    }  # what takes the same time twice is kept once
    left_out = text.left_out + unreadable + not_taking_place
    return FeedRead(frame.business_id, target.source, tuple(rows.values()), until, left_out)


def bookable_days(compiled: CompiledCatalogue) -> int:
    """How many days ahead the business can be booked at most."""
    own = [service.max_advance_days or 0 for service in compiled.catalogue.services]
    return max([compiled.catalogue.rules.max_advance_days, *own])


def _busy(business_id: str, target: FeedTarget, taken: TakenTime) -> BusyTime:
    """The busy time, named by what it says: it keeps its id as long as the calendar says the same."""
    title = taken.title if target.titles else None
    said = f"{taken.start.timestamp()} {taken.end.timestamp()} {title or ''}"
    busy_id = f"{target.source.replace(':', '_')}_{sha256(said.encode()).hexdigest()[:16]}"
    return BusyTime(
        business_id, busy_id, target.resource_id, taken.start, taken.end, "busy", title, target.source
    )
