"""Users, sessions, API keys and throttles in the database."""

from typing import Any

from sqlalchemy import bindparam, delete, select
from whenever import Instant

from handfest.errors import StoreFault
from handfest.model.access import ApiKey, Session, User
from handfest.storage import schema
from handfest.storage.codec import encode
from handfest.storage.moments import instant, millis
from handfest.storage.sql_rows import SqlRows

_USER, _MEMBER, _SESSION = schema.account.c, schema.membership.c, schema.session.c
_KEY, _THROTTLE = schema.api_key.c, schema.throttle.c
USER = select(_USER.body).where(_USER.id == bindparam("wanted"))
USER_BY_LOGIN = select(_USER.body).where(_USER.login == bindparam("wanted"))
USER_BY_SUBJECT = select(_USER.body).where(_USER.subject == bindparam("wanted"))
USERS = select(_USER.body).order_by(_USER.login)
USERS_OF = (
    select(_USER.body)
    .where(_USER.id == _MEMBER.user_id, _MEMBER.business_id == bindparam("business"))
    .order_by(_USER.login)
)
DROP_MEMBERSHIPS = delete(schema.membership).where(_MEMBER.user_id == bindparam("wanted"))
SESSION = select(_SESSION.body).where(_SESSION.digest == bindparam("wanted"))
DROP_SESSION = delete(schema.session).where(_SESSION.digest == bindparam("wanted"))
DROP_SESSIONS = delete(schema.session).where(_SESSION.user_id == bindparam("wanted"))
DROP_STALE_SESSIONS = delete(schema.session).where(_SESSION.until <= bindparam("before"))
KEY = select(_KEY.body).where(_KEY.business_id == bindparam("business"), _KEY.id == bindparam("wanted"))
KEYS = select(_KEY.body).where(_KEY.business_id == bindparam("business")).order_by(_KEY.made_at, _KEY.id)
KEY_BY_DIGEST = select(_KEY.body).where(_KEY.digest == bindparam("wanted"))
THROTTLE = select(_THROTTLE.open_at).where(_THROTTLE.name == bindparam("wanted"))
FORGIVE = delete(schema.throttle).where(_THROTTLE.name == bindparam("wanted"))
DROP_OPEN_THROTTLES = delete(schema.throttle).where(_THROTTLE.open_at <= bindparam("before"))


class AccessRows(SqlRows):
    """See `AccessStore`; methods are documented there."""

    def save_user(self, user: User) -> None:
        """See `AccessStore`."""
        self._lock("access", "users")
        known = [self.user_by_login(user.login), self.user_by_subject(user.subject) if user.subject else None]
        if any(one is not None and one.id != user.id for one in known):
            raise StoreFault("another user has this login or this subject already")
        row = {"id": user.id, "login": user.login, "subject": user.subject, "body": encode(user)}
        self._run(self._inserts.upsert_account, **row)
        self._run(DROP_MEMBERSHIPS, wanted=user.id)
        for one in user.memberships:
            self._run(self._inserts.add_membership, business_id=one.business_id, user_id=user.id)

    def user(self, user_id: str) -> User | None:
        """See `AccessStore`."""
        return self._one(User, USER, wanted=user_id)

    def user_by_login(self, login: str) -> User | None:
        """See `AccessStore`."""
        return self._one(User, USER_BY_LOGIN, wanted=login)

    def user_by_subject(self, subject: str) -> User | None:
        """See `AccessStore`."""
        return self._one(User, USER_BY_SUBJECT, wanted=subject)

    def users(self) -> tuple[User, ...]:
        """See `AccessStore`."""
        return self._all(User, USERS)

    def users_of(self, business_id: str) -> tuple[User, ...]:
        """See `AccessStore`."""
        return self._all(User, USERS_OF, business=business_id)

    def save_session(self, session: Session) -> None:
        """See `AccessStore`."""
        row = {"digest": session.digest, "user_id": session.user_id, "until": millis(session.until)}
        self._run(self._inserts.upsert_session, **row, body=encode(session))

    def session(self, digest: str) -> Session | None:
        """See `AccessStore`."""
        return self._one(Session, SESSION, wanted=digest)

    def drop_session(self, digest: str) -> None:
        """See `AccessStore`."""
        self._run(DROP_SESSION, wanted=digest)

    def drop_sessions(self, user_id: str) -> int:
        """See `AccessStore`."""
        return self._run(DROP_SESSIONS, wanted=user_id)

    def drop_stale_access(self, now: Instant) -> int:
        """See `AccessStore`."""
        before = {"before": millis(now)}
        return self._run(DROP_STALE_SESSIONS, **before) + self._run(DROP_OPEN_THROTTLES, **before)

    def save_key(self, key: ApiKey) -> None:
        """See `AccessStore`."""
        row = {"business_id": key.business_id, "id": key.id, "digest": key.digest}
        self._run(self._inserts.upsert_api_key, **row, made_at=millis(key.made_at), body=encode(key))

    def key(self, business_id: str, key_id: str) -> ApiKey | None:
        """See `AccessStore`."""
        return self._one(ApiKey, KEY, business=business_id, wanted=key_id)

    def keys(self, business_id: str) -> tuple[ApiKey, ...]:
        """See `AccessStore`."""
        return self._all(ApiKey, KEYS, business=business_id)

    def key_by_digest(self, digest: str) -> ApiKey | None:
        """See `AccessStore`."""
        return self._one(ApiKey, KEY_BY_DIGEST, wanted=digest)

    def try_once(self, name: str, now: Instant, *, burst: int, per_seconds: int) -> Instant | None:
        """See `AccessStore`. One moment says it all: when every try of the past is paid for."""
        self._lock("throttle", name)
        kept: Any = self._connection.execute(THROTTLE, {"wanted": name}).scalar()
        cost = per_seconds * 1000
        open_at = max(kept or 0, millis(now)) + cost
        free_at = open_at - burst * cost
        if free_at > millis(now):
            return instant(free_at)
        self._run(self._inserts.upsert_throttle, name=name, open_at=open_at)
        return None

    def forgive(self, name: str) -> None:
        """See `AccessStore`."""
        self._run(FORGIVE, wanted=name)
