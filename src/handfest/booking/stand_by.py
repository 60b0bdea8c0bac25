"""Stand by: a paused line takes callbacks; nothing is offered or booked on it."""

from handfest.booking.open_turn import Ledger, OpenTurn
from handfest.model.outcome import Outcome
from handfest.model.refusal import Refusal, RefusalCode
from handfest.model.reply import Reply
from handfest.model.turn import TurnRecord

PAUSED = frozenset({"check_availability", "book_appointment", "reschedule_appointment"})
"""What a pause keeps back. Who cancels, asks for the hours or wants to be called back is served as ever."""


async def stand_by(turn: OpenTurn) -> tuple[Reply, TurnRecord]:
    """Say that nothing is booked by telephone just now, ask for the callback, and hold nothing any longer."""

    def work(ledger: Ledger) -> Outcome:
        ledger.release_all()
        ledger.trace.step("refused", code=RefusalCode.TRY_LATER.value, sentence="line_paused")
        return Refusal(RefusalCode.TRY_LATER, "line_paused")

    return await turn.close(work)
