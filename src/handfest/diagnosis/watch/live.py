"""What happens right now, for pages that are open: told at once in this process, found in the store otherwise.

News say only that something has changed and where; a page then reads what is true. So a piece of news that is told
twice does no harm, and one that could not be told is made good by looking again.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from whenever import Instant

from handfest.desk.counter import LIVE_MINUTES
from handfest.model.turn import TurnRecord
from handfest.ports import Clock, Store, Transaction

QUEUE_MAX = 256
"""News that one page may have waiting; beyond them it is told to look again, which is as good."""
CALLS_WATCHED = 50
"""The newest calls of a business in which news of other processes are looked for, besides all that are on the phone."""


@dataclass(frozen=True, slots=True)
class News:
    """Something changed in a business: a turn of a call (`number` > 0), or anything else (`call_id` None: anywhere)."""

    business_id: str
    call_id: str | None = None
    number: int = 0


@dataclass(eq=False, slots=True)
class Listener:
    """One open page. `missed` once more had come than it could keep."""

    businesses: frozenset[str]
    queue: "asyncio.Queue[News | None]" = field(default_factory=lambda: asyncio.Queue(QUEUE_MAX))
    missed: bool = False

    def tell(self, news: News | None) -> None:
        """Put it in the queue; never waits."""
        if self.queue.full():
            self.missed = True
            return
        self.queue.put_nowait(news)


State = dict[str, tuple[object, ...]]
"""What was last seen of a business: for each of its newest calls what a page would show anew."""


class LiveBoard:
    """A `TraceSink` that passes news on to open pages.

    `look` finds in the store what other processes did; it costs nothing while no page is open.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._listeners: set[Listener] = set()
        self._seen: dict[str, State] = {}
        self.closed = False

    def turn(self, record: TurnRecord) -> None:
        """See `TraceSink`."""
        self._tell(News(record.business_id, record.call_id, record.number))

    def changed(self, business_id: str, call_id: str | None = None) -> None:
        """Something that is no turn has changed: a booking was moved, a line paused, a version applied."""
        self._tell(News(business_id, call_id))

    @contextmanager
    def listening(self, businesses: Collection[str]) -> Iterator[Listener]:
        """A place to hear the news of these businesses, for as long as it is held."""
        listener = Listener(frozenset(businesses))
        self._listeners.add(listener)
        if self.closed:
            listener.tell(None)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    async def look(self) -> None:
        """Compare the store with what was last seen and tell what is new."""
        watched = sorted({one for listener in self._listeners for one in listener.businesses})
        for gone in self._seen.keys() - set(watched):
            del self._seen[gone]
        for business_id in watched:
            since = self._clock.now().subtract(minutes=LIVE_MINUTES)
            state = await self._store.read(partial(_state, business_id=business_id, since=since))
            before = self._seen.get(business_id)
            self._seen[business_id] = state
            if before is None:
                continue
            # What is gone was on the phone and no longer is, or has grown old; then a look too many does no harm.
            for key in sorted(key for key in state | before if before.get(key) != state.get(key)):
                self._tell(News(business_id, key or None))

    def close(self) -> None:
        """The process ends: every open page is let go at once, and none is kept any more."""
        self.closed = True
        for listener in self._listeners:
            while listener.queue.full():
                listener.queue.get_nowait()
            listener.tell(None)

    def _tell(self, news: News) -> None:
        for listener in self._listeners:
            if news.business_id in listener.businesses:
                listener.tell(news)


async def news_for(listener: Listener, quiet_s: float) -> AsyncIterator[News | None]:
    """The news as they come; None after so many seconds without any. Ends when the board is closed."""
    while True:
        try:
            async with asyncio.timeout(quiet_s):
                news = await listener.queue.get()
        except TimeoutError:
            yield None
            continue
        if news is None:
            return
        yield news
        if listener.missed and listener.queue.empty():
            listener.missed = False
            for business_id in sorted(listener.businesses):
                yield News(business_id)


def _state(tx: Transaction, business_id: str, since: Instant) -> State:
    """What a page shows of a business, as far as another process may change it; "" stands for all but calls."""
    calls = (*tx.live_calls(business_id, since), *tx.calls(business_id, CALLS_WATCHED))
    changes = tx.changes(business_id, 1)
    active = tx.catalogue(business_id)
    state: State = {
        call.id: (call.turns, call.outcome, call.ended_at, call.audited is not None) for call in calls
    }
    state[""] = (changes[0].id if changes else None, active.version if active else None)
    return state
