"""The calendar follower: reads followed calendars again and again, so that a real calendar keeps blocking.

What cannot be read keeps what was last known. One worker at a time has a calendar, by the lease in its due time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import structlog
from whenever import Instant

from handfest.calendars.feed_download import Answer, Downloaded, NotDownloaded, Stamp, Unchanged
from handfest.calendars.icalendar_import import (
    BEYOND_DAYS,
    FeedFrame,
    FeedRead,
    FeedTarget,
    bookable_days,
    frame_of,
)
from handfest.calendars.icalendar_text import NotAFeed
from handfest.calendars.read_apart import understand
from handfest.catalogue.compiled import CompiledCatalogue, Shelf
from handfest.errors import Fault
from handfest.model.followed_calendar import FollowedCalendar
from handfest.ports import Clock, Notifier, Store, Transaction

PAUSES_SECONDS = (60, 300, 900, 3600, 3 * 3600)
"""How long is waited after each try in a row that failed; the last one for good, or the interval if it is longer."""
LEASE_SECONDS = 120
"""So long a calendar belongs to the worker that reads it: longer than a download may take."""
BATCH, AT_ONCE = 20, 2
JITTER = 0.1
"""Reads are due up to this share of the interval earlier or later, so that they do not all come at once."""

_LOG = structlog.get_logger("handfest.calendars")

UNREAD, BACK = "HF323", "followed_calendar_back"
"""What people are told: once when a calendar stays unreadable, and once when it is read again."""

Download = Callable[[str, Stamp | None], Awaitable[Answer]]
Understand = Callable[[FeedFrame, Downloaded], Awaitable[FeedRead | NotAFeed]]


@dataclass(frozen=True, slots=True)
class CalendarFollower:
    """Reads what is due. `chance` draws from [0, 1); `seconds` is the interval between two good reads."""

    store: Store
    shelf: Shelf
    clock: Clock
    download: Download
    chance: Callable[[], float]
    seconds: float
    notifier: Notifier
    understand: Understand = understand

    async def read_forever(self, pause: Callable[[], Awaitable[None]]) -> None:
        """Read what is due after each pause; a round that fails is not the last."""
        while True:
            try:
                await self.read_due()
            except Fault as fault:
                _LOG.error("reading followed calendars failed", code=fault.code)
            await pause()

    async def read_due(self) -> int:
        """Read what is due; how many calendars were read well."""
        now = self.clock.now()
        due = await self.store.read(lambda tx: tx.due_followed(now, BATCH))
        few = asyncio.Semaphore(AT_ONCE)

        async def one(calendar: FollowedCalendar) -> bool:
            async with few:
                return await self._take(calendar)

        # Whatever becomes of one of them, the others are read to their end.
        done = await asyncio.gather(*(one(calendar) for calendar in due), return_exceptions=True)
        for outcome in done:
            if isinstance(outcome, BaseException):
                code = outcome.code if isinstance(outcome, Fault) else type(outcome).__name__
                _LOG.error("a followed calendar was left out this time", code=code)
        return sum(outcome is True for outcome in done)

    async def follow(self, calendar: FollowedCalendar) -> FollowedCalendar | str:
        """Read a calendar for the first time and follow it from now on; the cause if it cannot be read."""
        read = await self._read(calendar)
        if read.trouble is not None:
            return read.trouble

        def keep(tx: Transaction) -> FollowedCalendar:
            read.keep(tx)
            return read.calendar

        return await self.store.write(keep)

    async def _take(self, due: FollowedCalendar) -> bool:
        now = self.clock.now()
        until = now.add(seconds=LEASE_SECONDS)
        calendar = await self.store.write(lambda tx: tx.take_followed(due, now, until))
        if calendar is None:
            return False
        # A defect in reading one calendar is a trouble of that calendar, told like every other.
        [tried] = await asyncio.gather(self._read(calendar), return_exceptions=True)
        read = tried if isinstance(tried, _Read) else self._broken(calendar, tried)

        def keep(tx: Transaction) -> bool:
            current = tx.followed(calendar.business_id, calendar.id)
            if current is None or current.due_at != calendar.due_at:
                return False  # it is followed no longer, or another worker has it
            read.keep(tx)
            return True

        if not await self.store.write(keep):
            return False
        self._tell(calendar, read)
        return read.trouble is None

    def _tell(self, before: FollowedCalendar, read: "_Read") -> None:
        """The log hears of every failure, people of the one that lasts and of its end."""
        facts: dict[str, object] = {"business": before.business_id, "calendar": before.id}
        if read.trouble is not None:
            failures = read.calendar.failures
            _LOG.warning(
                "a followed calendar could not be read", failures=failures, cause=read.trouble, **facts
            )
        elif before.failures:
            _LOG.info("a followed calendar is read again", failures=before.failures, **facts)
        if before.unread != read.calendar.unread:
            self.notifier.alarm(UNREAD if read.calendar.unread else BACK, facts)

    def _broken(self, calendar: FollowedCalendar, error: BaseException) -> "_Read":
        return self._failed(calendar, f"reading it went wrong: {type(error).__name__}")

    async def _read(self, calendar: FollowedCalendar) -> "_Read":
        stored = await self.store.read(lambda tx: tx.catalogue(calendar.business_id))
        if stored is None:
            return self._failed(calendar, "the business has no version that is active")
        compiled = self.shelf.compiled(stored, None)
        now = self.clock.now()
        known = _stamp(calendar, compiled, stored.version, now)
        answer = await self.download(calendar.address, known)
        if isinstance(answer, NotDownloaded):
            return self._failed(calendar, answer.cause)
        if isinstance(answer, Unchanged):
            if known is None:
                return self._failed(calendar, "the feed's server answers that nothing has changed, unasked")
            return _Read(calendar.well(now, self._next(now)))
        target = FeedTarget(calendar.resource_id, calendar.id, calendar.titles)
        found = await self.understand(frame_of(compiled, target, now), answer)
        if isinstance(found, NotAFeed):
            return self._failed(calendar, found.cause)
        whole = replace(
            calendar.well(now, self._next(now)),
            until=found.until,
            version=stored.version,
            kept=len(found.rows),
            left_out=found.left_out.total(),
            etag=answer.stamp.etag,
            modified=answer.stamp.modified,
        )
        return _Read(whole, found)

    def _failed(self, calendar: FollowedCalendar, cause: str) -> "_Read":
        pause = PAUSES_SECONDS[min(calendar.failures, len(PAUSES_SECONDS) - 1)]
        if calendar.failures >= len(PAUSES_SECONDS):
            pause = max(pause, int(self.seconds))
        return _Read(calendar.failed(cause, self.clock.now().add(seconds=self._about(pause))))

    def _next(self, now: Instant) -> Instant:
        return now.add(seconds=self._about(self.seconds))

    def _about(self, seconds: float) -> float:
        return round(seconds * (1 + JITTER * (2 * self.chance() - 1)), 3)


@dataclass(frozen=True, slots=True)
class _Read:
    """What became of one read; `found` is None where nothing new was said."""

    calendar: FollowedCalendar
    found: FeedRead | None = None

    @property
    def trouble(self) -> str | None:
        return self.calendar.trouble

    def keep(self, tx: Transaction) -> None:
        if self.found is not None:
            self.found.keep(tx)
        tx.save_followed(self.calendar)


def _stamp(
    calendar: FollowedCalendar, compiled: CompiledCatalogue, version: int, now: Instant
) -> Stamp | None:
    """What to ask with: nothing where the feed has to be read whole, though it may be unchanged.

    Repeating events are known up to some day only, and zone and bookable days are the catalogue's.
    """
    enough = now.add(hours=24 * (bookable_days(compiled) + BEYOND_DAYS // 2))
    if calendar.version != version or calendar.until is None or calendar.until < enough:
        return None
    if calendar.etag is None and calendar.modified is None:
        return None
    return Stamp(calendar.etag, calendar.modified)
