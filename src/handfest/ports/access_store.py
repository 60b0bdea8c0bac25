"""Who may come in, as the store keeps it. Of tokens and keys only digests are kept.

Users, sessions and throttles belong to no single business: a user may have a role in many.
"""

from typing import Protocol

from whenever import Instant

from handfest.model.access import ApiKey, Session, User


class AccessStore(Protocol):
    """Users, sessions, API keys, and how often somebody has tried."""

    def save_user(self, user: User) -> None:
        """Keep the user as it is now. Another user with the same login or subject is a StoreFault."""

    def user(self, user_id: str) -> User | None:
        """This user."""

    def user_by_login(self, login: str) -> User | None:
        """The user with this login, in lower case."""

    def user_by_subject(self, subject: str) -> User | None:
        """The user whom the sign-on provider knows under this subject."""

    def users(self) -> tuple[User, ...]:
        """All users by login: an operator's overview."""

    def users_of(self, business_id: str) -> tuple[User, ...]:
        """Whoever has a role in this business, by login."""

    def save_session(self, session: Session) -> None:
        """Keep the session as it is now."""

    def session(self, digest: str) -> Session | None:
        """The session of the token with this digest."""

    def drop_session(self, digest: str) -> None:
        """Forget a session; unknown ones are fine."""

    def drop_sessions(self, user_id: str) -> int:
        """Forget every session of the user; how many there were."""

    def drop_stale_access(self, now: Instant) -> int:
        """Forget sessions that are over and throttles that are open again; how many there were."""

    def save_key(self, key: ApiKey) -> None:
        """Keep the key as it is now."""

    def key(self, business_id: str, key_id: str) -> ApiKey | None:
        """This key, if it is this business's."""

    def keys(self, business_id: str) -> tuple[ApiKey, ...]:
        """The keys of this business, oldest first."""

    def key_by_digest(self, digest: str) -> ApiKey | None:
        """The key with this digest; it names the business."""

    def try_once(self, name: str, now: Instant, *, burst: int, per_seconds: int) -> Instant | None:
        """Count a try of `name`: None if it may be made, else when the next one may.

        `burst` tries at once, then one every `per_seconds`. A refused try costs nothing.
        """

    def forgive(self, name: str) -> None:
        """Forget the tries of `name`."""
