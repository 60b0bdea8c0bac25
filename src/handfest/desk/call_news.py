"""News of a call that are no tool request: it began, words were said, it ended, it was audited.

They come in any order, more than once, and before or after the tool requests of the same call (B57); what is
kept is the same for every order.
"""

from dataclasses import dataclass, replace

from whenever import Instant

from handfest.booking.call_end import note_end
from handfest.booking.open_turn import Ledger
from handfest.model.call import Call, CallAudited
from handfest.model.transcript import Transcript
from handfest.ports import Transaction
from handfest.trace.recorder import Recorder


@dataclass(frozen=True, slots=True)
class CallNews:
    """One piece of news. `key` is what the same news would come with again; None fields say nothing new."""

    key: str
    started_at: Instant | None = None
    ended: bool = False
    end_reason: str | None = None
    transcript: Transcript | None = None
    audited: CallAudited | None = None


def take_news(tx: Transaction, call: Call, news: CallNews, trace: Recorder, now: Instant) -> bool:
    """Inside one transaction: keep what is new. False if this very news had come before."""
    if not tx.first_sight(call.business_id, news.key, now):
        return False
    tx.lock_call(call.business_id, call.id)
    known = tx.call(call.business_id, call.id)
    tx.drop_transcripts(call.business_id, now)
    if known is None and news.transcript is None and news.audited is None:
        if news.ended:
            note_end(tx, call.business_id, call.id, now)
        return True  # nothing was asked and nothing is known to have been said: nothing to keep
    ledger = Ledger(tx, known or call, trace, now)
    if news.started_at is not None and news.started_at < ledger.call.started_at:
        ledger.call = replace(ledger.call, started_at=news.started_at)
    if news.ended:
        ledger.release_all()
        ledger.call = replace(
            ledger.call,
            ended_at=ledger.call.ended_at or now,
            end_reason=news.end_reason or ledger.call.end_reason,
        )
    if news.audited is not None:
        ledger.call = replace(ledger.call, audited=news.audited)
    tx.save_call(ledger.call)
    _keep_words(tx, news.transcript)
    return True


def _keep_words(tx: Transaction, said: Transcript | None) -> None:
    """The longest record wins while the call runs; the final one wins for good."""
    if said is None:
        return
    kept = tx.transcript(said.business_id, said.call_id)
    if kept is None or (said.final, len(said.lines)) >= (kept.final, len(kept.lines)):
        tx.save_transcript(said)
