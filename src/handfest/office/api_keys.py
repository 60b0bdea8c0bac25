"""API keys of a business: made and shown once, listed, revoked by its owner."""

from collections.abc import Collection

from handfest.access.change_key import NewKey, add_key, revoke_key
from handfest.access.deed import Deed
from handfest.access.tokens import new_token
from handfest.model.access import ApiKey
from handfest.model.actor import Actor, Scope
from handfest.office.objection import Objection, invalid, not_found
from handfest.office.office import Office, enter

DAYS_MAX = 3650


async def list_keys(office: Office, actor: Actor, business_id: str) -> tuple[ApiKey, ...] | Objection:
    """Every key of this business, oldest first, those that open nothing any more included."""
    entered = await enter(office, actor, Scope.PEOPLE, business_id)
    if isinstance(entered, Objection):
        return entered
    return await office.store.read(lambda tx: tx.keys(business_id))


async def make_key(
    office: Office,
    actor: Actor,
    business_id: str,
    name: str,
    scopes: Collection[Scope],
    days: int | None = None,
) -> NewKey | Objection:
    """A new key that may do what its scopes say, for so many days or until it is revoked.

    Nobody gives a key more than they may do themselves.
    """
    entered = await enter(office, actor, Scope.PEOPLE, business_id)
    if isinstance(entered, Objection):
        return entered
    shown = " ".join(name.split())
    if not shown or len(shown) > 80:
        return invalid("a key has a name of at most 80 characters", field="name")
    given = frozenset(scope for scope in scopes if actor.may(scope, business_id))
    if not given or given != frozenset(scopes):
        return invalid("a key has at least one scope, and none that its maker has not", field="scopes")
    if days is not None and not 1 <= days <= DAYS_MAX:
        return invalid(f"a key ends within {DAYS_MAX} days, or is revoked", field="days")
    deed = Deed(actor, office.clock.now(), office.ids)
    until = deed.at.add(hours=24 * days) if days is not None else None
    return await office.store.write(lambda tx: add_key(tx, deed, new_token, business_id, shown, given, until))


async def end_key(office: Office, actor: Actor, business_id: str, key_id: str) -> ApiKey | Objection:
    """Shut a key's door for good."""
    entered = await enter(office, actor, Scope.PEOPLE, business_id)
    if isinstance(entered, Objection):
        return entered
    deed = Deed(actor, office.clock.now(), office.ids)
    found = await office.store.write(lambda tx: revoke_key(tx, deed, business_id, key_id))
    return found if found is not None else not_found("key")
