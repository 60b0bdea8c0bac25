"""Invite a user: a link by which they choose their password, by mail or shown once to whoever invites."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from whenever import Instant

from handfest.access.deed import Deed
from handfest.access.tokens import digest, new_token
from handfest.catalogue.parse import parse_business
from handfest.model.access import User
from handfest.model.catalogue import Catalogue
from handfest.model.invite import OPEN, Invite, InviteState
from handfest.ports import Transaction

DAYS = 7
"""So long a link is good."""
USER_BURST, USER_SECONDS = 3, 3600
"""Invitations of one user: so many at once, then one every so many seconds."""
MAKER_BURST, MAKER_SECONDS = 30, 120
"""The same for whoever invites, whomever they invite."""


@dataclass(frozen=True, slots=True)
class Inviting:
    """How people are invited here: by mail where there is a mail server and an address for the link."""

    by_mail: bool
    tokens: Callable[[], str] = new_token


@dataclass(frozen=True, slots=True)
class Invited:
    """An invite that was made. `token` is for the link that is shown; None where a mail brings it."""

    invite: Invite
    token: str | None


@dataclass(frozen=True, slots=True)
class TooManyInvites:
    """Too many invitations in a short time; the next may be made then."""

    again_at: Instant


def invite_user(
    tx: Transaction,
    deed: Deed,
    user: User,
    business_id: str | None,
    inviting: Inviting,
    language: str | None = None,
) -> Invited | TooManyInvites:
    """Keep a new invite, which ends the earlier ones; in the log of each business of the user."""
    again_at = _count(tx, deed, user)
    if again_at is not None:
        return TooManyInvites(again_at)
    for earlier in tx.invites_of(user.id):
        if earlier.state in OPEN:
            tx.save_invite(replace(earlier, state=InviteState.REPLACED))
    sender, spoken = _host(tx, business_id)
    token = None if inviting.by_mail else inviting.tokens()
    invite = Invite(
        id=deed.ids.new("inv"),
        user_id=user.id,
        business_id=business_id,
        sender=sender,
        language=language or spoken,
        made_by=deed.actor.id,
        made_at=deed.at,
        until=deed.at.add(hours=24 * DAYS),
        due_at=deed.at,
        state=InviteState.WAITING if token is None else InviteState.SHOWN,
        digest=digest(token) if token is not None else None,
    )
    tx.save_invite(invite)
    log_invite(tx, deed, user, "user_invited", {"by": "mail" if token is None else "link"})
    return Invited(invite, token)


def log_invite(tx: Transaction, deed: Deed, user: User, what: str, after: dict[str, str]) -> None:
    """One line in the log of each business of the user, of all for somebody with a role everywhere."""
    own = tuple(one.business_id for one in user.memberships)
    deed.log(tx, tx.businesses() if user.everywhere is not None else own, what, user.id, {}, after)


def _count(tx: Transaction, deed: Deed, user: User) -> Instant | None:
    by_user = tx.try_once(f"invite:{user.id}", deed.at, burst=USER_BURST, per_seconds=USER_SECONDS)
    if by_user is not None:
        return by_user
    maker = f"inviter:{deed.actor.id}"
    return tx.try_once(maker, deed.at, burst=MAKER_BURST, per_seconds=MAKER_SECONDS)


def _host(tx: Transaction, business_id: str | None) -> tuple[str, str]:
    """Who invites, and in which language."""
    stored = tx.catalogue(business_id) if business_id is not None else None
    read = parse_business(stored.source) if stored is not None else None
    if not isinstance(read, Catalogue):
        return "handfest", "de"
    return read.business.name, read.business.language
