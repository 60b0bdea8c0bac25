"""API keys: made once, shown once, revoked for good."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from whenever import Instant

from handfest.access.deed import Deed
from handfest.access.porter import KEY_PREFIX
from handfest.access.tokens import digest
from handfest.model.access import ApiKey
from handfest.model.actor import Scope
from handfest.ports import Transaction


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key and its token, which is seen here and never again."""

    key: ApiKey
    token: str


def add_key(
    tx: Transaction,
    deed: Deed,
    tokens: Callable[[], str],
    business_id: str,
    name: str,
    scopes: frozenset[Scope],
    until: Instant | None = None,
) -> NewKey:
    """Keep a new key to this business."""
    token = KEY_PREFIX + tokens()
    key = ApiKey(
        business_id=business_id,
        id=deed.ids.new("key"),
        name=name,
        digest=digest(token),
        scopes=scopes,
        made_at=deed.at,
        made_by=deed.actor.id,
        until=until,
    )
    tx.save_key(key)
    given = {"name": name, "scopes": sorted(scope.value for scope in scopes)}
    deed.log(tx, (business_id,), "key_added", key.id, {}, given)
    return NewKey(key, token)


def revoke_key(tx: Transaction, deed: Deed, business_id: str, key_id: str) -> ApiKey | None:
    """Shut the key's door for good; None if the business has no such key."""
    key = tx.key(business_id, key_id)
    if key is None or key.revoked_at is not None:
        return key
    revoked = replace(key, revoked_at=deed.at)
    tx.save_key(revoked)
    deed.log(tx, (business_id,), "key_revoked", key_id, {}, {})
    return revoked
