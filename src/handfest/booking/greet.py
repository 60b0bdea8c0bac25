"""What agents of the gateway replaced ask beside our tools: who calls, what a date means, let a time go.

Each of them is one turn like any other: traced, repeatable, and without personal data in the answer.
"""

from dataclasses import replace

from handfest.booking.open_turn import Ledger, OpenTurn
from handfest.booking.refuse import refuse
from handfest.booking.search_span import refuse_reading
from handfest.model.intent import Intent
from handfest.model.outcome import Dated, Greeted, LetGo, Outcome
from handfest.model.refusal import Refusal, RefusalCode
from handfest.model.reply import Reply
from handfest.model.turn import TurnRecord
from handfest.model.wish import Wish


async def greet_caller(turn: OpenTurn, intent: Intent) -> tuple[Reply, TurnRecord]:
    """Whether this number has booked before; None for a withheld one. Never who it belongs to (law 11)."""
    number = turn.call.caller_number
    business_id = turn.call.business_id
    known = None
    if number is not None:
        known = await turn.store.read(lambda tx: tx.knows_caller(business_id, number))
    turn.trace.step("greeted", known=known)
    return await turn.close(lambda _ledger: Greeted(known))


async def read_date(turn: OpenTurn, intent: Intent) -> tuple[Reply, TurnRecord]:
    """Which day the words mean, said back so that the caller can object; it is remembered for what follows."""
    if not isinstance(intent.when, Wish):
        return await refuse(turn, refuse_reading(intent.when))
    wish = intent.when
    if wish.day is None:
        return await refuse(turn, Refusal(RefusalCode.TIME_UNCLEAR, "day_missing"))
    day = wish.day
    if day < turn.now.to_tz(turn.zone.key).date().to_stdlib():
        return await refuse(turn, Refusal(RefusalCode.TIME_PAST, "time_past"))

    def work(ledger: Ledger) -> Outcome:
        ledger.call = replace(ledger.call, wished_day=day.isoformat())
        return Dated(day, wish.at)

    return await turn.close(work)


async def let_go(turn: OpenTurn, intent: Intent) -> tuple[Reply, TurnRecord]:
    """Give back every time this call holds; what was booked stays booked."""

    def work(ledger: Ledger) -> Outcome:
        ledger.release_all()
        return LetGo()

    return await turn.close(work)
