"""Where everything is put together: the one place that names concrete stores, calendars and clocks."""

import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from whenever import Instant, TimeDelta

from handfest.calendars.embedded import EmbeddedCalendar
from handfest.catalogue.compiled import Shelf
from handfest.desk.front_desk import FrontDesk
from handfest.errors import ConfigurationError
from handfest.model.catalogue import Catalogue
from handfest.ports import Calendar, Calendars, Clock, IdSource, Notifier, Store, TraceSink
from handfest.settings import Settings
from handfest.storage.opening import open_store
from handfest.turn_log import AlarmLog, TurnLog


class SystemClock:
    """The machine's clock."""

    def now(self) -> Instant:
        """See `Clock`."""
        return Instant.now()

    def elapsed_ms(self) -> float:
        """See `Clock`."""
        return time.perf_counter() * 1000


class ShiftedClock:
    """Starts at a given moment and runs on from there."""

    def __init__(self, start: Instant) -> None:
        self._start = start
        self._began = time.monotonic()

    def now(self) -> Instant:
        """See `Clock`."""
        return self._start + TimeDelta(seconds=time.monotonic() - self._began)

    def elapsed_ms(self) -> float:
        """See `Clock`."""
        return time.monotonic() * 1000


class RandomIds:
    """Ids that nobody can guess: 80 random bits in lower-case base 32."""

    _LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"

    def new(self, prefix: str) -> str:
        """See `IdSource`."""
        return f"{prefix}_" + "".join(secrets.choice(self._LETTERS) for _ in range(16))


class CalendarDirectory:
    """Chooses the calendar that a business names in its file."""

    def __init__(self, embedded: Calendar) -> None:
        self._embedded = embedded

    def of(self, catalogue: Catalogue) -> Calendar:
        """See `Calendars`."""
        if catalogue.calendar.provider == "embedded":
            return self._embedded
        raise ConfigurationError(
            f"business {catalogue.business.id} names the calendar provider "
            f'{catalogue.calendar.provider!r}, which this version does not have; use "embedded"'
        )


@dataclass(frozen=True, slots=True)
class House:
    """A running handfest: its desk, what the desk works with, and where secrets are read."""

    settings: Settings
    store: Store
    clock: Clock
    ids: IdSource
    calendars: Calendars
    shelf: Shelf
    desk: FrontDesk
    notifier: Notifier
    secret: Callable[[str], str | None]

    async def close(self) -> None:
        """Finish what was begun."""
        await self.store.close()


def build(
    settings: Settings,
    *,
    store: Store | None = None,
    calendars: Calendars | None = None,
    clock: Clock | None = None,
    ids: IdSource | None = None,
    sink: TraceSink | None = None,
    notifier: Notifier | None = None,
    secret: Callable[[str], str | None] | None = None,
) -> House:
    """A house on these settings; every part can be replaced, which is how tests run the real wiring."""
    store = store if store is not None else open_store(settings.database)
    clock = clock or SystemClock()
    ids = ids or RandomIds()
    notifier = notifier or AlarmLog()
    calendars = calendars or CalendarDirectory(EmbeddedCalendar(store, clock))
    shelf = Shelf()
    desk = FrontDesk(store, calendars, clock, ids, sink or TurnLog(), notifier, shelf)
    return House(
        settings=settings,
        store=store,
        clock=clock,
        ids=ids,
        calendars=calendars,
        shelf=shelf,
        desk=desk,
        notifier=notifier,
        secret=secret or os.environ.get,
    )


def clock_from(now: str | None) -> Clock:
    """The machine's clock, or (for tests) one that starts at an ISO moment with offset and runs on."""
    if now is None:
        return SystemClock()
    try:
        return ShiftedClock(Instant.parse_iso(now))
    except ValueError as error:
        raise ConfigurationError(
            f"--now needs an ISO moment with its offset, such as 2025-10-21T10:00:00+02:00, not {now!r}"
        ) from error
