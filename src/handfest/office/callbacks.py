"""Callbacks: the requests that ended calls which could not be helped, claimed and closed by somebody."""

from collections.abc import Callable

from handfest.model.actor import Actor, Scope
from handfest.model.call import Callback
from handfest.model.change import Change
from handfest.model.page import Page, Position, page_of
from handfest.office.log_change import change_by
from handfest.office.objection import Objection, ObjectionCode, invalid, not_found
from handfest.office.office import Office, bounded, deny, enter
from handfest.ports import Transaction

RESULT_MAX = 500


async def list_callbacks(
    office: Office,
    actor: Actor,
    business_id: str,
    limit: int = 50,
    after: Position | None = None,
    *,
    still_open: bool = True,
) -> Page[Callback] | Objection:
    """The newest requests first; those already closed only when asked for."""
    entered = await enter(office, actor, Scope.READ, business_id)
    if isinstance(entered, Objection):
        return entered
    most = bounded(limit)
    rows = await office.store.read(
        lambda tx: tx.callbacks_found(business_id, most + 1, after, still_open=still_open)
    )
    return page_of(rows, [Position(row.made_at, row.id) for row in rows], most)


async def claim_callback(
    office: Office, actor: Actor, business_id: str, callback_id: str
) -> Callback | Objection:
    """Say that one sees to it. What somebody else has claimed stays theirs."""

    def claim(row: Callback) -> Callback | Objection:
        if row.claimed_by not in (None, actor.id):
            facts = {"claimed_by": row.claimed_by}
            return Objection(ObjectionCode.CONFLICT, "somebody else sees to it already", facts)
        return row.claim(actor.id)

    change = change_by(office, actor, business_id, "callback_claimed", callback_id)
    return await _change(office, actor, business_id, callback_id, claim, change)


async def close_callback(
    office: Office, actor: Actor, business_id: str, callback_id: str, result: str
) -> Callback | Objection:
    """Close it with what came of it ("erreicht, Termin gemacht"), whoever had claimed it."""
    told = " ".join(result.split())
    if not told or len(told) > RESULT_MAX:
        return invalid(f"say in at most {RESULT_MAX} letters what came of it", field="result")
    now = office.clock.now()
    change = change_by(office, actor, business_id, "callback_closed", callback_id)
    return await _change(
        office, actor, business_id, callback_id, lambda row: row.close(actor.id, now, told), change
    )


async def _change(
    office: Office,
    actor: Actor,
    business_id: str,
    callback_id: str,
    step: Callable[[Callback], Callback | Objection],
    change: Change,
) -> Callback | Objection:
    denied = deny(actor, Scope.DESK, business_id)
    if denied is not None:
        return denied

    def work(tx: Transaction) -> Callback | Objection:
        tx.lock_call(business_id, f"callback:{callback_id}")
        row = tx.callback(business_id, callback_id)
        if row is None:
            return not_found("callback")
        if row.closed_at is not None:
            return Objection(ObjectionCode.CONFLICT, "it is closed already", {"closed_by": row.closed_by})
        changed = step(row)
        if isinstance(changed, Callback) and changed != row:
            tx.add_callback(changed)
            tx.add_change(change)
        return changed

    return await office.store.write(work)
