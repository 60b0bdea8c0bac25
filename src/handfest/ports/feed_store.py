"""Calendar feeds, as the store keeps them."""

from typing import Protocol

from whenever import Instant


class FeedStore(Protocol):
    """Secret addresses under which a business's bookings can be read. Only a digest of each secret is kept."""

    def save_feed(self, business_id: str, token_hash: str, at: Instant) -> None:
        """Make this the one feed of the business; an earlier one is no more."""

    def drop_feed(self, business_id: str) -> bool:
        """Close the feed of the business; False if there was none."""

    def feed(self, business_id: str) -> str | None:
        """The digest of the business's secret, if it has a feed."""

    def business_of_feed(self, token_hash: str) -> str | None:
        """Whose feed this is; the secret names the business."""
