"""The FollowedCalendar: a calendar of somebody's, read again and again, so that what it says stays in the way."""

from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from whenever import Instant

TAIL = 6
"""So many last characters of the address tell two calendars apart; it has far more."""


ONE_OFF = 1
"""So many failures in a row are nothing to tell: the next try is a minute away."""


@dataclass(frozen=True, slots=True)
class FollowedCalendar:
    """One calendar of one person (`resource_id`), by (business, id); the id is the source of its busy times.

    `address` is a secret: whoever has it reads the calendar. `read_at` is when it was last read well, `until` how far
    and `version` for which catalogue it was last read whole. `failures` counts tries since, `trouble` says why in
    words without the address.
    """

    business_id: str
    id: str
    resource_id: str
    address: str = field(repr=False)
    titles: bool
    made_at: Instant
    due_at: Instant
    read_at: Instant | None = None
    until: Instant | None = None
    version: int = 0
    kept: int = 0
    left_out: int = 0
    etag: str | None = None
    modified: str | None = None
    failures: int = 0
    trouble: str | None = None

    @property
    def shown(self) -> str:
        """The address as people may see it: the host and the last characters."""
        return f"{self.host}/...{self.address[-TAIL:]}"

    @property
    def host(self) -> str:
        """The server that has the calendar."""
        return urlsplit(self.address).hostname or "?"

    @property
    def unread(self) -> bool:
        """Whether it has failed more often in a row than happens to every server."""
        return self.failures > ONE_OFF

    def taken(self, until: Instant) -> "FollowedCalendar":
        """The calendar while one worker reads it; if that one stops, it is due again at `until`."""
        return replace(self, due_at=until)

    def well(self, at: Instant, due_at: Instant) -> "FollowedCalendar":
        """It was read, or has not changed."""
        return replace(self, read_at=at, due_at=due_at, failures=0, trouble=None)

    def failed(self, trouble: str, due_at: Instant) -> "FollowedCalendar":
        """It could not be read; what was known stays."""
        return replace(self, due_at=due_at, failures=self.failures + 1, trouble=trouble)

    def last_good(self) -> Instant:
        """Since when nothing newer is known: the last good read, or the beginning."""
        return self.read_at or self.made_at
