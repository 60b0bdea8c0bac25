"""Every seam of handfest as a Protocol. Cores and edges meet here and nowhere else.

One file a seam; the store's is put together from one file for each kind of thing it keeps.
"""

from handfest.ports.access_store import AccessStore
from handfest.ports.booking_store import BookingStore, BusyTime, CalendarEvent
from handfest.ports.calendar import Calendar, Calendars, KeptInStore, ProviderState, SlotQuestion, TellsState
from handfest.ports.call_list_store import CallListStore
from handfest.ports.call_store import CallStore
from handfest.ports.catalogue_store import CatalogueStore, LineRecord, StoredCatalogue
from handfest.ports.change_store import ChangeStore
from handfest.ports.clock import Clock, IdSource
from handfest.ports.desk_store import DeskStore
from handfest.ports.erasure_store import ErasureStore
from handfest.ports.feed_store import FeedStore
from handfest.ports.follow_store import FollowStore
from handfest.ports.invite_store import InviteStore
from handfest.ports.outbox_store import OutboxStore
from handfest.ports.post import NoPost, Post
from handfest.ports.store import Store, Transaction
from handfest.ports.watchers import Notifier, TraceSink

__all__ = [
    "AccessStore",
    "BookingStore",
    "BusyTime",
    "Calendar",
    "CalendarEvent",
    "Calendars",
    "CallListStore",
    "CallStore",
    "CatalogueStore",
    "ChangeStore",
    "Clock",
    "DeskStore",
    "ErasureStore",
    "FeedStore",
    "FollowStore",
    "IdSource",
    "InviteStore",
    "KeptInStore",
    "LineRecord",
    "NoPost",
    "Notifier",
    "OutboxStore",
    "Post",
    "ProviderState",
    "SlotQuestion",
    "Store",
    "StoredCatalogue",
    "TellsState",
    "TraceSink",
    "Transaction",
]
