"""A turn being served: what is known when it begins, and the one transaction it ends in."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from whenever import Instant

from handfest.booking.call_end import ended_since
from handfest.booking.write_letter import with_letters
from handfest.catalogue.compiled import CompiledCatalogue
from handfest.model.call import Call, Pin
from handfest.model.catalogue import Catalogue
from handfest.model.offer import Offer, OfferState
from handfest.model.outcome import Outcome
from handfest.model.reply import Reply
from handfest.model.turn import Envelope, TurnRecord
from handfest.ports import Calendar, IdSource, Post, Store, Transaction
from handfest.trace.recorder import Recorder

T = TypeVar("T")


class Ledger:
    """What a use case writes in: the transaction, the call as it is now, and the trace."""

    def __init__(self, tx: Transaction, call: Call, trace: Recorder, now: Instant) -> None:
        self.tx = tx
        self.call = call
        self.trace = trace
        self.now = now
        self._offers: dict[str, Offer] | None = None

    def pin(self, pin: Pin) -> None:
        """Pin the call to a service. Another service than before voids every offer made so far (law 2)."""
        if self.call.pin is not None and self.call.pin.service_id != pin.service_id:
            self.let_go(OfferState.VOIDED)
        self.call = replace(self.call, pin=pin, options=())

    def offers(self) -> tuple[Offer, ...]:
        """The offers of this call in the order they were made."""
        if self._offers is None:
            found = self.tx.offers(self.call.business_id, self.call.id) if self.call.offers_made else ()
            self._offers = {offer.id: offer for offer in found}
        return tuple(self._offers.values())

    def save_offer(self, offer: Offer) -> None:
        """Keep a new or changed offer of this call."""
        self.tx.save_offer(offer)
        if self._offers is not None:
            self._offers[offer.id] = offer

    def release_all(self) -> None:
        """Give up every hold of the call: it has ended."""
        self.let_go(OfferState.RELEASED)

    def let_go(self, state: OfferState, but: str | None = None) -> None:
        """Release the holds of all live offers but one; VOIDED reaches the released ones too."""
        gone = []
        for offer in self.offers():
            live = offer.state is OfferState.LIVE
            voidable = state is OfferState.VOIDED and offer.state is OfferState.RELEASED
            if offer.id == but or not (live or voidable):
                continue
            self.tx.release(offer.business_id, offer.owner)
            self.save_offer(offer.become(state))
            gone.append(offer.id)
        if gone:
            self.trace.step("released", offers=gone, state=state.value)


class Renderer(Protocol):
    """Puts an outcome into words (the desk does)."""

    def __call__(self, outcome: Outcome, turn: "OpenTurn", call: Call) -> Reply:
        """The reply for this outcome."""


@dataclass(frozen=True, slots=True)
class OpenTurn:
    """One turn while it is served.

    `call` and `offers` are as the turn found them; the closing transaction reads the call again. `key` is the
    idempotency key of the invocation. The request came at `came_at` and is served at `now`; between the two it
    waits for the turns of its call before it. `spoken` is false where nobody hears the reply: staff act in a call.
    `unread` are the fields of the customer that were given and not understood.
    """

    envelope: Envelope
    tool: str
    compiled: CompiledCatalogue
    call: Call
    offers: tuple[Offer, ...]
    came_at: Instant
    now: Instant
    key: str | None
    store: Store
    calendar: Calendar
    ids: IdSource
    trace: Recorder
    render: Renderer
    post: Post
    spoken: bool = True
    unread: tuple[str, ...] = ()

    @property
    def catalogue(self) -> Catalogue:
        """What this line's branch offers."""
        return self.compiled.catalogue

    @property
    def zone(self) -> ZoneInfo:
        """The zone times are spoken in."""
        return self.compiled.zone

    @property
    def language(self) -> str:
        """The language of the sentences."""
        return self.compiled.language

    async def write(self, work: Callable[[Ledger], T]) -> T:
        """Run `work` in a transaction of its own, without ending the turn (the intent before the calendar)."""

        def transact(tx: Transaction) -> tuple[T, Recorder]:
            ledger = self._ledger(tx)
            result = work(ledger)
            tx.save_call(ledger.call)
            return result, ledger.trace

        result, trace = await self.store.write(transact)
        self.trace.become(trace)
        return result

    async def close(self, work: Callable[[Ledger], Outcome]) -> tuple[Reply, TurnRecord]:
        """End the turn: `work`, the trace and the reply become durable together, or nothing does."""

        def transact(tx: Transaction) -> tuple[Reply, TurnRecord]:
            ledger = self._ledger(tx)
            ledger.call = ledger.call.next_turn(self.now)
            outcome = with_letters(work(ledger), tx, ledger.trace, self.post, self.catalogue, self.now)
            self._heed_the_end(ledger)
            reply = self.render(outcome, self, ledger.call)
            if self.spoken:
                _record_notices(ledger)
            ledger.trace.step("answered", code=reply.code, next=reply.next)
            tx.save_call(ledger.call)
            record = TurnRecord(
                business_id=ledger.call.business_id,
                call_id=ledger.call.id,
                number=ledger.call.turns,
                tool=self.tool,
                key=None if self._answered(tx) else self.key,
                at=self.now,
                took_ms=ledger.trace.elapsed_ms(),
                code=reply.code,
                reply=reply.as_dict(),
                steps=ledger.trace.steps,
            )
            tx.add_turn(record)
            return reply, record

        return await self.store.write(transact)

    def _heed_the_end(self, ledger: Ledger) -> None:
        """Hold nothing for a caller who hung up while this request waited or was looked up.

        A request that came after the end proves that it was none: events come in any order (B57).
        """
        ended_at = ledger.call.ended_at
        if ended_at is None:
            return
        if self.call.ended_at is None or self.came_at < ended_at:
            ledger.release_all()
        else:
            ledger.call = replace(ledger.call, ended_at=None)

    def _first_kept(self, tx: Transaction) -> Call:
        """The call as it is kept for the first time: over already, if the caller hung up during this very request."""
        call = self.call
        over = ended_since(tx, call.business_id, call.id, self.came_at)
        return replace(call, ended_at=self.now) if over else call

    def _answered(self, tx: Transaction) -> bool:
        """True if another worker has answered this invocation meanwhile: the key is that turn's."""
        call = self.call
        return self.key is not None and tx.turn_by_key(call.business_id, call.id, self.key) is not None

    def _ledger(self, tx: Transaction) -> Ledger:
        tx.lock_call(self.call.business_id, self.call.id)
        call = tx.call(self.call.business_id, self.call.id) or self._first_kept(tx)
        return Ledger(tx, call, self.trace.branch(), self.now)


def _record_notices(ledger: Ledger) -> None:
    """What staff have changed is told with this answer, and is in the trace of the turn that told it."""
    if not ledger.call.notices:
        return
    for notice in ledger.call.notices:
        ledger.trace.step(
            "told",
            what=notice.kind.value,
            subject=notice.subject,
            was=notice.start.to_tz(notice.zone).format_iso(),
            moved_to=notice.moved_to.to_tz(notice.zone).format_iso() if notice.moved_to else None,
            successor=notice.successor,
        )
    ledger.call = replace(ledger.call, notices=())
