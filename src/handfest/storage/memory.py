"""The memory twin of the store: the same port, the same contract suite, no durability.

A transaction works on the live dictionaries and keeps a copy to go back to, so that a failing `work` leaves
nothing behind.
"""

from collections.abc import Callable
from typing import TypeVar

from handfest.ports import Transaction
from handfest.storage.memory_access import MemoryAccess
from handfest.storage.memory_bookings import MemoryBookings
from handfest.storage.memory_call_lists import MemoryCallLists
from handfest.storage.memory_calls import MemoryCalls
from handfest.storage.memory_catalogues import MemoryCatalogues
from handfest.storage.memory_changes import MemoryChanges
from handfest.storage.memory_desk import MemoryDesk
from handfest.storage.memory_erasure import MemoryErasure
from handfest.storage.memory_feeds import MemoryFeeds
from handfest.storage.memory_followed import MemoryFollowed
from handfest.storage.memory_invites import MemoryInvites
from handfest.storage.memory_outbox import MemoryOutbox
from handfest.storage.memory_rows import Rows

T = TypeVar("T")


class MemoryTransaction(
    MemoryCatalogues,
    MemoryCalls,
    MemoryBookings,
    MemoryFeeds,
    MemoryFollowed,
    MemoryInvites,
    MemoryChanges,
    MemoryCallLists,
    MemoryDesk,
    MemoryAccess,
    MemoryOutbox,
    MemoryErasure,
):
    """One transaction over the rows."""


class MemoryStore:
    """The store of tests and simulations: everything in dictionaries, one transaction at a time."""

    def __init__(self) -> None:
        self._rows = Rows()

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """See `Store`."""
        return work(MemoryTransaction(self._rows))

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """See `Store`."""
        before = self._rows.copy()
        done = False
        try:
            result = work(MemoryTransaction(self._rows))
            done = True
        finally:
            if not done:
                self._rows = before
        return result

    async def close(self) -> None:
        """See `Store`."""
