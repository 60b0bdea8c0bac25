"""The porter: lets users in by password, knows them again by their session, and machines by their key.

A session is a random token in a cookie; the store has its digest. It ends when it was not used for `idle`, or
`longest` after logging in, or when the user logs out, is disabled or changes the password.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from whenever import Instant

from handfest.access.passwords import Passwords
from handfest.access.tokens import digest, new_token
from handfest.model.access import Session, User, Viewer
from handfest.ports import Clock, Store, Transaction

LOGIN_BURST, LOGIN_SECONDS = 10, 60
"""Tries of one user: so many at once, then one every so many seconds."""
ADDRESS_BURST, ADDRESS_SECONDS = 30, 10
"""The same for one address, whatever the users."""
TOUCH_SECONDS = 300
"""A session's use is noted no more often than this, so that looking around writes nothing."""
GRACE_SECONDS = 30
"""So long an old token is still good after a new one took its place: pages load many things at once."""
KEY_PREFIX = "hf_"


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A session begun. `token` is for the cookie and is kept nowhere."""

    token: str
    session: Session
    user: User


@dataclass(frozen=True, slots=True)
class NotLoggedIn:
    """`wrong` (one answer for every cause) or `too_many`, with the moment of the next try."""

    code: str
    again_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Resumed:
    """Who a session belongs to; `token` is a new one for the cookie, where the old one has to go."""

    viewer: Viewer
    session: Session
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Porter:
    """Decides who somebody is. `idle` and `longest` are how long sessions live, in seconds."""

    store: Store
    clock: Clock
    passwords: Passwords
    idle: float
    longest: float
    tokens: Callable[[], str] = new_token

    async def log_in(self, login: str, password: str, address: str) -> LoggedIn | NotLoggedIn:
        """By login and password from an address. Each try is counted before the password is looked at."""
        now, wanted = self.clock.now(), login.strip().lower()
        names = (f"login:{digest(wanted)}", f"address:{digest(address)}")
        again_at = await self.store.write(lambda tx: _count(tx, names, now))
        if again_at is not None:
            return NotLoggedIn("too_many", again_at)
        user = await self.store.read(lambda tx: tx.user_by_login(wanted))
        checked = await self.passwords.check(password, user.password_hash if user else None)
        if user is None or user.disabled or not checked.right:
            return NotLoggedIn("wrong")
        await self.store.write(lambda tx: tx.forgive(names[0]))
        if checked.renewed is not None:
            await self._renew_hash(user, checked.renewed)
        return await self.admit(user)

    async def _renew_hash(self, user: User, renewed: str) -> None:
        def work(tx: Transaction) -> None:
            current = tx.user(user.id)
            if current is not None and current.password_hash == user.password_hash:
                tx.save_user(replace(current, password_hash=renewed))

        await self.store.write(work)

    async def admit(self, user: User) -> LoggedIn:
        """Begin a session of somebody who has proved to be this user; always with a token of its own."""
        now, token = self.clock.now(), self.tokens()
        until = now.add(seconds=min(self.idle, self.longest))
        session = Session(digest(token), user.id, self.tokens(), user.epoch, now, now, until)
        await self.store.write(lambda tx: tx.save_session(session))
        return LoggedIn(token, session, user)

    async def resume(self, token: str) -> Resumed | None:
        """Who a token belongs to; None for a token that is none, or no more."""
        now, wanted = self.clock.now(), digest(token)

        def look(tx: Transaction) -> tuple[Session, User] | None:
            session = tx.session(wanted)
            user = tx.user(session.user_id) if session is not None else None
            return (session, user) if session is not None and user is not None else None

        found = await self.store.read(look)
        if found is None or found[0].until <= now or found[1].disabled:
            return None
        session, user = found
        viewer = Viewer(user.actor, user, session.csrf)
        if session.epoch != user.epoch and not session.replaced:
            return Resumed(viewer, *await self._replace(session, user, now))
        if not session.replaced and now >= session.seen_at.add(seconds=TOUCH_SECONDS):
            session = await self._touch(session, now)
        return Resumed(viewer, session)

    async def _touch(self, session: Session, now: Instant) -> Session:
        until = min(now.add(seconds=self.idle), session.made_at.add(seconds=self.longest))

        def work(tx: Transaction) -> Session:
            current = tx.session(session.digest)
            if current is None or current.replaced:
                return session  # logged out or replaced in between: nothing to bring back
            touched = replace(current, seen_at=now, until=until)
            tx.save_session(touched)
            return touched

        return await self.store.write(work)

    async def _replace(self, session: Session, user: User, now: Instant) -> tuple[Session, str | None]:
        """A new token, because the user's roles are not what they were when the old one was given."""
        token = self.tokens()
        fresh = replace(session, digest=digest(token), epoch=user.epoch, seen_at=now)

        def work(tx: Transaction) -> Session | None:
            current = tx.session(session.digest)
            if current is None or current.replaced:
                return None  # another request of the same page was first
            tx.save_session(replace(current, replaced=True, until=now.add(seconds=GRACE_SECONDS)))
            tx.save_session(fresh)
            return fresh

        kept = await self.store.write(work)
        return (kept, token) if kept is not None else (session, None)

    async def log_out(self, token: str) -> None:
        """End the session of this token."""
        await self.store.write(lambda tx: tx.drop_session(digest(token)))

    async def log_out_everywhere(self, user_id: str) -> int:
        """End every session of the user; how many there were."""
        return await self.store.write(lambda tx: tx.drop_sessions(user_id))

    async def by_key(self, token: str) -> Viewer | None:
        """The machine that an API key belongs to; None for a key that is none, or no more."""
        if not token.startswith(KEY_PREFIX):
            return None
        now, wanted = self.clock.now(), digest(token)
        key = await self.store.read(lambda tx: tx.key_by_digest(wanted))
        return Viewer(key.actor) if key is not None and key.opens(now) else None


def _count(tx: Transaction, names: tuple[str, str], now: Instant) -> Instant | None:
    """Count a try of the user and of the address; when the next may be made, if this one may not."""
    by_address = tx.try_once(names[1], now, burst=ADDRESS_BURST, per_seconds=ADDRESS_SECONDS)
    if by_address is not None:
        return by_address
    return tx.try_once(names[0], now, burst=LOGIN_BURST, per_seconds=LOGIN_SECONDS)
