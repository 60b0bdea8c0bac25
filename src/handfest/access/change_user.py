"""Users and what changes about them."""

from collections.abc import Mapping
from dataclasses import replace

from email_validator import EmailNotValidError, validate_email

from handfest.access.deed import Deed
from handfest.model.access import Membership, User
from handfest.model.actor import Role
from handfest.ports import Transaction


class UnfitUserError(ValueError):
    """What was given cannot be a user; the message says why and what can."""


def read_login(said: str) -> str:
    """A login as it is kept: an e-mail address in lower case. Raises UnfitUserError."""
    try:
        checked = validate_email(said.strip(), check_deliverability=False)
    except EmailNotValidError as error:
        raise UnfitUserError(f"a login is an e-mail address, which {said!r} is not: {error}") from error
    return checked.normalized.lower()


def add_user(
    tx: Transaction,
    deed: Deed,
    login: str,
    name: str,
    roles: Mapping[str, Role],
    everywhere: Role | None = None,
    password_hash: str | None = None,
) -> User:
    """Keep a new user. Raises UnfitUserError for a login that is taken, or a business that is not there."""
    if tx.user_by_login(login) is not None:
        raise UnfitUserError(f"there is a user {login} already; give a role with `handfest users role`")
    require_businesses(tx, tuple(roles))
    user = User(
        id=deed.ids.new("usr"),
        login=login,
        name=name,
        memberships=tuple(Membership(business, role) for business, role in sorted(roles.items())),
        made_at=deed.at,
        password_hash=password_hash,
        everywhere=everywhere,
    )
    tx.save_user(user)
    for one in user.memberships:
        deed.log(tx, (one.business_id,), "user_added", user.id, {}, {"role": one.role.value})
    if everywhere is not None:
        deed.log(tx, tx.businesses(), "user_added", user.id, {}, {"everywhere": everywhere.value})
    return user


def set_role(tx: Transaction, deed: Deed, user: User, business_id: str, role: Role | None) -> User:
    """Give the user this role in this business, or none. Sessions get new tokens with their next request."""
    require_businesses(tx, (business_id,))
    before = user.role_in(business_id)
    if before is role:
        return user
    changed = user.with_role(business_id, role)
    tx.save_user(changed)
    values = {"role": before and before.value}, {"role": role and role.value}
    deed.log(tx, (business_id,), "user_role_changed", user.id, *values)
    return changed


def set_everywhere(tx: Transaction, deed: Deed, user: User, role: Role | None) -> User:
    """Give the user this role in every business where they have no other, or none."""
    changed = replace(user, everywhere=role, epoch=user.epoch + 1)
    tx.save_user(changed)
    before = {"everywhere": user.everywhere and user.everywhere.value}
    deed.log(tx, tx.businesses(), "user_role_changed", user.id, before, {"everywhere": role and role.value})
    return changed


def set_password(tx: Transaction, deed: Deed, user: User, password_hash: str) -> User:
    """A new password; whoever is logged in with the old one is logged out."""
    changed = replace(user, password_hash=password_hash)
    tx.save_user(changed)
    tx.drop_sessions(user.id)
    deed.log(tx, _businesses_of(tx, user), "user_password_changed", user.id, {}, {})
    return changed


def set_disabled(tx: Transaction, deed: Deed, user: User, disabled: bool) -> User:
    """Shut the user out, at once and everywhere, or let the user in again."""
    if user.disabled == disabled:
        return user
    changed = replace(user, disabled=disabled, epoch=user.epoch + 1)
    tx.save_user(changed)
    tx.drop_sessions(user.id)
    what = "user_disabled" if disabled else "user_enabled"
    deed.log(tx, _businesses_of(tx, user), what, user.id, {"disabled": not disabled}, {"disabled": disabled})
    return changed


def require_businesses(tx: Transaction, named: tuple[str, ...]) -> None:
    """Raise UnfitUserError unless every one of these businesses is there."""
    known = tx.businesses()
    missing = [business_id for business_id in named if business_id not in known]
    if missing:
        there = ", ".join(known) or "none yet; `handfest apply FILE` makes one"
        raise UnfitUserError(f"there is no business {missing[0]!r}; there is: {there}")


def _businesses_of(tx: Transaction, user: User) -> tuple[str, ...]:
    """Those whose log it belongs in: all of them for somebody who has a role everywhere."""
    if user.everywhere is not None:
        return tx.businesses()
    return tuple(one.business_id for one in user.memberships)
