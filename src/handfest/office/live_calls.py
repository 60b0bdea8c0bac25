"""Live calls: who is on the phone now, what was heard, what is pinned, offered and held."""

from dataclasses import dataclass

from whenever import Instant

from handfest.desk.counter import LIVE_MINUTES
from handfest.model.actor import Actor, Scope
from handfest.model.booking import Booking
from handfest.model.call import Call
from handfest.model.offer import Offer
from handfest.model.turn import TurnRecord
from handfest.office.objection import Objection
from handfest.office.office import Office, enter
from handfest.ports import Transaction


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A call that is going on. `offers` are all of it, `held` those that keep a time from others now.

    `service_name` is the pinned one's; `heard` the words of the last request about a service, a day and a time.
    """

    call: Call
    service_name: str | None
    offers: tuple[Offer, ...]
    held: tuple[Offer, ...]
    bookings: tuple[Booking, ...]
    last_tool: str | None
    last_code: str | None
    last_say: str | None
    heard: tuple[str, ...]


async def live_calls(office: Office, actor: Actor, business_id: str) -> tuple[LiveCall, ...] | Objection:
    """The calls of this business that are going on, the newest first."""
    entered = await enter(office, actor, Scope.READ, business_id)
    if isinstance(entered, Objection):
        return entered
    now = office.clock.now()
    names = {service.id: service.name for service in entered.catalogue.services}

    def work(tx: Transaction) -> tuple[LiveCall, ...]:
        since = now.subtract(minutes=LIVE_MINUTES)
        return tuple(_live(tx, call, names, now) for call in tx.live_calls(business_id, since))

    return await office.store.read(work)


def _live(tx: Transaction, call: Call, names: dict[str, str], now: Instant) -> LiveCall:
    offers = tx.offers(call.business_id, call.id)
    turns = tx.turns(call.business_id, call.id)
    last = turns[-1] if turns else None
    return LiveCall(
        call=call,
        service_name=names.get(call.pin.service_id) if call.pin else None,
        offers=offers,
        held=tuple(offer for offer in offers if offer.holds(now)),
        bookings=tx.bookings_of_call(call.business_id, call.id),
        last_tool=last.tool if last else None,
        last_code=last.code if last else None,
        last_say=str(last.reply.get("say") or "") if last else None,
        heard=_heard(last),
    )


def _heard(turn: TurnRecord | None) -> tuple[str, ...]:
    """What the agent passed on of the caller's words, redacted as the trace is."""
    steps = turn.steps if turn is not None else ()
    arguments = next((step.facts.get("arguments") or {} for step in steps if step.name == "heard"), {})
    return tuple(f"{name}: {value}" for name, value in arguments.items())
