"""Refuse: end a turn with an expected no, keeping what was understood so far."""

from dataclasses import replace

from handfest.booking.open_turn import Ledger, OpenTurn
from handfest.model.call import Pin
from handfest.model.outcome import Outcome
from handfest.model.refusal import Refusal
from handfest.model.reply import Reply
from handfest.model.turn import TurnRecord


async def refuse(turn: OpenTurn, refusal: Refusal, pin: Pin | None = None) -> tuple[Reply, TurnRecord]:
    """Close the turn with this refusal. A service that was understood stays pinned all the same."""

    def work(ledger: Ledger) -> Outcome:
        if pin is not None:
            ledger.pin(pin)
        options = refusal.facts.get("options")
        if options is not None:
            ledger.call = replace(ledger.call, options=tuple(options))
        ledger.trace.step("refused", code=refusal.code.value, sentence=refusal.sentence)
        return refusal

    return await turn.close(work)
