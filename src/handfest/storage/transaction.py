"""One database transaction behind the port, put together from its rooms: one file of rows each."""

from handfest.storage.access_rows import AccessRows
from handfest.storage.booking_rows import BookingRows
from handfest.storage.call_list_rows import CallListRows
from handfest.storage.call_rows import CallRows
from handfest.storage.catalogue_rows import CatalogueRows
from handfest.storage.change_rows import ChangeRows
from handfest.storage.desk_rows import DeskRows
from handfest.storage.erasure_rows import ErasureRows
from handfest.storage.feed_rows import FeedRows
from handfest.storage.follow_rows import FollowRows
from handfest.storage.invite_rows import InviteRows
from handfest.storage.outbox_rows import OutboxRows


class SqlTransaction(
    CatalogueRows,
    CallRows,
    BookingRows,
    FeedRows,
    FollowRows,
    InviteRows,
    ChangeRows,
    CallListRows,
    DeskRows,
    AccessRows,
    OutboxRows,
    ErasureRows,
):
    """The port's reads and writes on one open connection."""
