"""What Retell tells about calls: kept once, whatever order it comes in; an ended call is audited."""

from dataclasses import dataclass

from handfest.desk.call_news import CallNews
from handfest.diagnosis.audit.audit import audit_call
from handfest.diagnosis.recording.audit_catalogue import AuditCatalogue
from handfest.diagnosis.recording.call_export import UnreadableCallError
from handfest.diagnosis.recording.served_turns import with_turns
from handfest.diagnosis.story.trace_audit import shown_by_turns
from handfest.diagnosis.watch.served_audit import tell_audit
from handfest.model.call import AuditNote, Call, CallAudited
from handfest.model.catalogue import Catalogue
from handfest.model.transcript import Transcript
from handfest.model.turn import Envelope, TurnRecord
from handfest.ports import LineRecord, StoredCatalogue, Transaction
from handfest.voice.retell_events import RetellEvent, transcript_lines
from handfest.web.ended_call import audit_ended
from handfest.wiring import House


@dataclass(frozen=True, slots=True)
class _Known:
    """What is kept about the call and its business when an event comes."""

    stored: StoredCatalogue | None
    names: tuple[str, ...]
    call: Call | None
    turns: tuple[TurnRecord, ...]


async def take_event(house: House, line: LineRecord, envelope: Envelope, event: RetellEvent) -> bool:
    """Keep what this event says about its call. False if it had been said before."""
    assert envelope.call_id is not None, "the route lets no event without a call pass"
    call_id = envelope.call_id

    def work(tx: Transaction) -> _Known:
        business = line.business_id
        names = _names(tx, business, call_id, envelope.caller_number)
        turns = tx.turns(business, call_id) if event.ended else ()
        return _Known(tx.catalogue(business), names, tx.call(business, call_id), turns)

    known = await house.store.read(work)
    stored, names = known.stored, known.names
    audited = None
    if event.ended and stored is not None:
        audited = audit_of(event, house.shelf.compiled(stored, line.branch_id).catalogue, known.turns)
    news = CallNews(
        key=event.key,
        started_at=event.started_at,
        ended=event.ended,
        end_reason=event.end_reason,
        transcript=_transcript(house, line, call_id, event, names, _no_names(house, line, stored)),
        audited=audited,
    )
    first = await house.desk.take_news(line, envelope, news)
    if first and audited is not None:
        before = known.call.audited if known.call is not None else None
        counted = shown_by_turns(known.turns)
        tell_audit(house.metrics, house.notifier, line.business_id, call_id, audited, before, counted)
    elif first and event.ended:
        await audit_ended(house, line, envelope)
    return first


def _names(tx: Transaction, business_id: str, call_id: str, number: str | None) -> tuple[str, ...]:
    """Whom this call is known to be about: its bookings and callbacks, and who booked from this number before."""
    rows = list(tx.bookings_of_call(business_id, call_id))
    rows += tx.bookings_of_caller(business_id, number) if number is not None else ()
    called = [row.name for row in tx.callbacks(business_id) if row.call_id == call_id and row.name]
    return tuple(dict.fromkeys([*(row.customer.name for row in rows), *called]))


def _no_names(house: House, line: LineRecord, stored: StoredCatalogue | None) -> tuple[str, ...]:
    """Words that may stand where a name would: of services, staff and the business itself."""
    if stored is None:
        return ()
    catalogue = house.shelf.compiled(stored, line.branch_id).catalogue
    services = (word for one in catalogue.services for word in (one.name, *one.aliases))
    staff = (word for one in catalogue.staff for word in (one.name, *one.aliases))
    return (catalogue.business.name, *services, *staff)


def audit_of(
    event: RetellEvent, catalogue: Catalogue, turns: tuple[TurnRecord, ...] = ()
) -> CallAudited | None:
    """The audit of the call as the event and our turns show it; None where there is nothing to read yet."""
    call = with_turns(event.call, turns)
    if call is None:
        return None
    try:
        audit = audit_call(call, AuditCatalogue.from_catalogue(catalogue))
    except UnreadableCallError:
        return None
    notes = tuple(AuditNote(found.id, round(found.at_sec, 3), found.detail) for found in audit.findings)
    return CallAudited(audit.outcome, audit.primary, notes)


def _transcript(
    house: House,
    line: LineRecord,
    call_id: str,
    event: RetellEvent,
    names: tuple[str, ...],
    keep: tuple[str, ...],
) -> Transcript | None:
    days = house.settings.transcript_days
    lines = transcript_lines(event.call, names, keep) if days else ()
    if not lines:
        return None
    until = house.clock.now().add(hours=24 * days)
    return Transcript(line.business_id, call_id, until, event.ended, lines)
