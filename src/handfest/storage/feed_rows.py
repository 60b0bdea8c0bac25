"""Secret addresses of calendar feeds in the database."""

from whenever import Instant

from handfest.storage import statements as sql
from handfest.storage.moments import millis
from handfest.storage.sql_rows import SqlRows


class FeedRows(SqlRows):
    """See `FeedStore`; methods are documented there."""

    def save_feed(self, business_id: str, token_hash: str, at: Instant) -> None:
        """See `FeedStore`."""
        self._run(
            self._inserts.upsert_feed, business_id=business_id, token_hash=token_hash, made_at=millis(at)
        )

    def drop_feed(self, business_id: str) -> bool:
        """See `FeedStore`."""
        return self._run(sql.DROP_FEED, business=business_id) > 0

    def feed(self, business_id: str) -> str | None:
        """See `FeedStore`."""
        digest: str | None = self._connection.execute(sql.FEED, {"business": business_id}).scalar()
        return digest

    def business_of_feed(self, token_hash: str) -> str | None:
        """See `FeedStore`."""
        found: str | None = self._connection.execute(sql.BUSINESS_OF_FEED, {"wanted": token_hash}).scalar()
        return found
