"""Secret addresses of calendar feeds in memory."""

from whenever import Instant

from handfest.storage.memory_rows import MemoryRows


class MemoryFeeds(MemoryRows):
    """See `FeedStore`; methods are documented there."""

    def save_feed(self, business_id: str, token_hash: str, at: Instant) -> None:
        """See `FeedStore`."""
        self._rows.feeds[business_id] = token_hash

    def drop_feed(self, business_id: str) -> bool:
        """See `FeedStore`."""
        return self._rows.feeds.pop(business_id, None) is not None

    def feed(self, business_id: str) -> str | None:
        """See `FeedStore`."""
        return self._rows.feeds.get(business_id)

    def business_of_feed(self, token_hash: str) -> str | None:
        """See `FeedStore`."""
        return next((owner for owner, digest in self._rows.feeds.items() if digest == token_hash), None)
