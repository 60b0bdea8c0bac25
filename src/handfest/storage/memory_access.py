"""Users, sessions, API keys and throttles in memory."""

from whenever import Instant

from handfest.errors import StoreFault
from handfest.model.access import ApiKey, Session, User
from handfest.storage.memory_rows import MemoryRows


class MemoryAccess(MemoryRows):
    """See `AccessStore`; methods are documented there."""

    def save_user(self, user: User) -> None:
        """See `AccessStore`."""
        known = [self.user_by_login(user.login), self.user_by_subject(user.subject) if user.subject else None]
        if any(one is not None and one.id != user.id for one in known):
            raise StoreFault("another user has this login or this subject already")
        self._rows.users[user.id] = user

    def user(self, user_id: str) -> User | None:
        """See `AccessStore`."""
        return self._rows.users.get(user_id)

    def user_by_login(self, login: str) -> User | None:
        """See `AccessStore`."""
        return next((one for one in self._rows.users.values() if one.login == login), None)

    def user_by_subject(self, subject: str) -> User | None:
        """See `AccessStore`."""
        return next((one for one in self._rows.users.values() if one.subject == subject), None)

    def users(self) -> tuple[User, ...]:
        """See `AccessStore`."""
        return tuple(sorted(self._rows.users.values(), key=lambda one: one.login))

    def users_of(self, business_id: str) -> tuple[User, ...]:
        """See `AccessStore`."""
        return tuple(one for one in self.users() if one.role_in(business_id) is not None)

    def save_session(self, session: Session) -> None:
        """See `AccessStore`."""
        self._rows.sessions[session.digest] = session

    def session(self, digest: str) -> Session | None:
        """See `AccessStore`."""
        return self._rows.sessions.get(digest)

    def drop_session(self, digest: str) -> None:
        """See `AccessStore`."""
        self._rows.sessions.pop(digest, None)

    def drop_sessions(self, user_id: str) -> int:
        """See `AccessStore`."""
        mine = [digest for digest, one in self._rows.sessions.items() if one.user_id == user_id]
        for digest in mine:
            del self._rows.sessions[digest]
        return len(mine)

    def drop_stale_access(self, now: Instant) -> int:
        """See `AccessStore`."""
        over = [digest for digest, one in self._rows.sessions.items() if one.until <= now]
        paid = [name for name, open_at in self._rows.throttles.items() if open_at <= now]
        for digest in over:
            del self._rows.sessions[digest]
        for name in paid:
            del self._rows.throttles[name]
        return len(over) + len(paid)

    def save_key(self, key: ApiKey) -> None:
        """See `AccessStore`."""
        self._rows.api_keys[key.business_id, key.id] = key

    def key(self, business_id: str, key_id: str) -> ApiKey | None:
        """See `AccessStore`."""
        return self._rows.api_keys.get((business_id, key_id))

    def keys(self, business_id: str) -> tuple[ApiKey, ...]:
        """See `AccessStore`."""
        rows = [one for one in self._rows.api_keys.values() if one.business_id == business_id]
        return tuple(sorted(rows, key=lambda one: (one.made_at, one.id)))

    def key_by_digest(self, digest: str) -> ApiKey | None:
        """See `AccessStore`."""
        return next((one for one in self._rows.api_keys.values() if one.digest == digest), None)

    def try_once(self, name: str, now: Instant, *, burst: int, per_seconds: int) -> Instant | None:
        """See `AccessStore`."""
        open_at = max(self._rows.throttles.get(name, now), now).add(seconds=per_seconds)
        free_at = open_at.subtract(seconds=burst * per_seconds)
        if free_at > now:
            return free_at
        self._rows.throttles[name] = open_at
        return None

    def forgive(self, name: str) -> None:
        """See `AccessStore`."""
        self._rows.throttles.pop(name, None)
