"""Callback: the way on that cannot fail."""

from dataclasses import replace

from handfest.booking.open_turn import Ledger, OpenTurn
from handfest.booking.refuse import refuse
from handfest.model.call import Callback
from handfest.model.intent import Intent
from handfest.model.outcome import CallbackTaken, Outcome
from handfest.model.refusal import Refusal, RefusalCode
from handfest.model.reply import Reply
from handfest.model.turn import TurnRecord


async def request_callback(turn: OpenTurn, intent: Intent) -> tuple[Reply, TurnRecord]:
    """Note that the caller wants to be called back; only a number to call is needed."""
    phone = intent.customer.phone or turn.call.caller_number
    if phone is None:
        name = "phone_unclear" if intent.customer.problem("phone") else "phone_missing"
        missing = Refusal(RefusalCode.CUSTOMER_INCOMPLETE, name, facts={"missing": "phone"})
        return await refuse(turn, missing)
    return await turn.close(lambda ledger: _note(ledger, turn, intent, phone))


def _note(ledger: Ledger, turn: OpenTurn, intent: Intent, phone: str) -> Outcome:
    earlier = [row for row in ledger.tx.callbacks(ledger.call.business_id) if row.call_id == ledger.call.id]
    if earlier:
        return CallbackTaken(earlier[0])
    pin = ledger.call.pin
    callback = Callback(
        business_id=ledger.call.business_id,
        id=turn.ids.new("cb"),
        call_id=ledger.call.id,
        made_at=ledger.now,
        name=intent.customer.name,
        phone=phone,
        reason=intent.reason,
        wish=intent.when_words,
        service_id=pin.service_id if pin else None,
    )
    ledger.tx.add_callback(callback)
    if ledger.call.outcome == "open":
        ledger.call = replace(ledger.call, outcome="callback")
    ledger.trace.step("callback", callback=callback.id)
    return CallbackTaken(callback)
