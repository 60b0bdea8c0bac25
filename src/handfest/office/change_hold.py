"""Take or move a time that is held for somebody on the phone; the agent is told in its next answer."""

from typing import Any

from whenever import Instant

from handfest.model.actor import Actor, Scope
from handfest.model.call import Call
from handfest.model.offer import Offer
from handfest.office.desk_outcome import objection_of
from handfest.office.log_change import change_by, log_change
from handfest.office.objection import Objection, invalid, not_found
from handfest.office.office import Office, OpenBusiness, enter
from handfest.ports import Transaction


async def drop_hold(
    office: Office, actor: Actor, business_id: str, call_id: str, offer_id: str
) -> Offer | Objection:
    """Take a held time from a caller: it is free for somebody else now, and not named to them again."""
    found = await _held(office, actor, business_id, call_id, offer_id)
    if isinstance(found, Objection):
        return found
    entered, call, _offer = found
    done = await office.counter.drop_hold(entered.stored, call, offer_id)
    if done.offer is None:
        return objection_of(done)
    subject, before = f"{call_id}:{offer_id}", _plain(done.offer)
    await log_change(office, change_by(office, actor, business_id, "hold_dropped", subject, before))
    return done.offer


async def move_hold(
    office: Office,
    actor: Actor,
    business_id: str,
    call_id: str,
    offer_id: str,
    start: Instant,
    staff_id: str | None = None,
) -> Offer | Objection:
    """Hold another time for the caller instead; what comes back is the offer that now holds it."""
    found = await _held(office, actor, business_id, call_id, offer_id)
    if isinstance(found, Objection):
        return found
    entered, call, offer = found
    if start <= office.clock.now():
        return invalid("this time is over", field="start")
    if staff_id is not None and entered.catalogue.staff_member(staff_id) is None:
        return invalid("there is no such member of staff here", field="staff_id")
    who = staff_id or (offer.staff_id if offer.staff_wished else None)
    done = await office.counter.move_hold(entered.stored, call, offer, start, who)
    if done.code != "held" or done.offer is None:
        return objection_of(done)
    subject, after = f"{call_id}:{offer_id}", {**_plain(done.offer), "offer": done.offer.id}
    await log_change(
        office, change_by(office, actor, business_id, "hold_moved", subject, _plain(offer), after)
    )
    return done.offer


async def _held(
    office: Office, actor: Actor, business_id: str, call_id: str, offer_id: str
) -> tuple[OpenBusiness, Call, Offer] | Objection:
    entered = await enter(office, actor, Scope.DESK, business_id)
    if isinstance(entered, Objection):
        return entered

    def work(tx: Transaction) -> tuple[Call, Offer] | None:
        call = tx.call(business_id, call_id)
        offers = tx.offers(business_id, call_id) if call is not None else ()
        offer = next((one for one in offers if one.id == offer_id), None)
        return None if call is None or offer is None else (call, offer)

    found = await office.store.read(work)
    return not_found("held time") if found is None else (entered, *found)


def _plain(offer: Offer) -> dict[str, Any]:
    start = offer.local_start.format_iso().split("[")[0]
    return {"service": offer.service_id, "start": start, "staff": offer.staff_id}
