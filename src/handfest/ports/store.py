"""The Store is synchronous inside a transaction and asynchronous around it.

A use case hands over a function, which runs in one transaction and decides on what it reads there (so nothing is
checked in one place and written in another).
"""

from collections.abc import Callable
from typing import Protocol, TypeVar

from handfest.ports.access_store import AccessStore
from handfest.ports.booking_store import BookingStore
from handfest.ports.call_list_store import CallListStore
from handfest.ports.call_store import CallStore
from handfest.ports.catalogue_store import CatalogueStore
from handfest.ports.change_store import ChangeStore
from handfest.ports.desk_store import DeskStore
from handfest.ports.erasure_store import ErasureStore
from handfest.ports.feed_store import FeedStore
from handfest.ports.follow_store import FollowStore
from handfest.ports.invite_store import InviteStore
from handfest.ports.outbox_store import OutboxStore

T = TypeVar("T")


class Transaction(
    CatalogueStore,
    CallStore,
    BookingStore,
    FeedStore,
    FollowStore,
    InviteStore,
    ChangeStore,
    CallListStore,
    DeskStore,
    AccessStore,
    OutboxStore,
    ErasureStore,
    Protocol,
):
    """Everything a transaction can read and write. Each call names its business: nothing crosses.

    Only users belong to no single business (see `AccessStore`).
    """


class Store(Protocol):
    """Where everything is kept. SQLite, PostgreSQL and the memory twin pass one contract suite."""

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` on one consistent state."""

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one transaction, durable when this returns; if it raises, nothing of it is kept.

        `work` may run more than once (a lost race is retried), so it must not act outside the transaction.
        """

    async def close(self) -> None:
        """Finish what was begun and let go of the database."""
