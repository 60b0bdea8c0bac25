"""Accept an invite: whoever holds the link chooses a password, once, and is logged in."""

from whenever import Instant

from handfest.access.change_user import set_password
from handfest.access.deed import Deed
from handfest.access.invite_user import log_invite
from handfest.access.porter import ADDRESS_BURST, ADDRESS_SECONDS, LoggedIn, NotLoggedIn, Porter
from handfest.access.tokens import digest
from handfest.model.access import User
from handfest.ports import IdSource, Transaction


async def invited_user(porter: Porter, token: str) -> User | None:
    """Whom a link is for; None if it is none, or good no more. Looking uses nothing up."""
    now = porter.clock.now()
    return await porter.store.read(lambda tx: _user_of(tx, token, now))


async def accept_invite(
    porter: Porter, ids: IdSource, token: str, password: str, address: str
) -> LoggedIn | NotLoggedIn:
    """Set the password and log in; `gone` for a link that is good no more. Each try of an address is counted."""
    now = porter.clock.now()
    name = f"address:{digest(address)}"
    again_at = await porter.store.write(
        lambda tx: tx.try_once(name, now, burst=ADDRESS_BURST, per_seconds=ADDRESS_SECONDS)
    )
    if again_at is not None:
        return NotLoggedIn("too_many", again_at)
    if await invited_user(porter, token) is None:
        return NotLoggedIn("gone")
    hashed = await porter.passwords.hashed(password)

    def work(tx: Transaction) -> User | None:
        used = tx.use_invite(digest(token), now)
        user = tx.user(used.user_id) if used is not None else None
        if user is None:
            return None  # used meanwhile
        deed = Deed(user.actor, now, ids)
        log_invite(tx, deed, user, "invite_accepted", {})
        return set_password(tx, deed, user, hashed)

    user = await porter.store.write(work)
    return await porter.admit(user) if user is not None else NotLoggedIn("gone")


def _user_of(tx: Transaction, token: str, now: Instant) -> User | None:
    invite = tx.invite_by_digest(digest(token))
    if invite is None or not invite.opens(now):
        return None
    user = tx.user(invite.user_id)
    return user if user is not None and not user.disabled else None
