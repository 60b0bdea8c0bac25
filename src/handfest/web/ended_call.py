"""A call that is over, from a platform that tells nothing of its words: audited by our own trace."""

from handfest.desk.call_news import CallNews
from handfest.diagnosis.story.explain import Story, story_in
from handfest.diagnosis.story.trace_audit import audit_of_trace, shown_by_turns
from handfest.diagnosis.watch.served_audit import tell_audit
from handfest.model.turn import Envelope
from handfest.ports import LineRecord, Transaction
from handfest.wiring import House


async def audit_ended(house: House, line: LineRecord, envelope: Envelope) -> None:
    """Keep and tell what the trace of an ended call shows; once, and only where nothing has been audited yet."""
    call_id = envelope.call_id
    assert call_id is not None, "the route lets no end without a call pass"

    def work(tx: Transaction) -> Story | None:
        call = tx.call(line.business_id, call_id)
        return story_in(tx, call) if call is not None else None

    story = await house.store.read(work)
    if story is None or not story.turns or story.call.audited is not None:
        return
    audited = audit_of_trace(story)
    news = CallNews(key=f"trace_audit:{call_id}", audited=audited)
    if await house.desk.take_news(line, envelope, news):
        counted = shown_by_turns(story.turns)
        tell_audit(house.metrics, house.notifier, line.business_id, call_id, audited, None, counted)
