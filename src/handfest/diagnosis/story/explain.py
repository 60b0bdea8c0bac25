"""Explain: the story of one served call, from its trace (every call can be explained)."""

from dataclasses import dataclass
from typing import Any

from whenever import Instant

from handfest.diagnosis.registry.findings import finding_kinds
from handfest.diagnosis.story.root_cause import RootCause, root_cause
from handfest.diagnosis.story.served_findings import ServedFinding, numbered, served_findings
from handfest.diagnosis.story.timeline_words import TimelineWords
from handfest.model.booking import Booking, BookingState
from handfest.model.call import AuditNote, Call
from handfest.model.offer import Offer
from handfest.model.transcript import Transcript
from handfest.model.turn import TurnRecord
from handfest.ports import Store, Transaction

DONE = ("booked", "changed", "cancelled")
"""Outcomes that a caller got what they wanted with."""
ABOUT_WORDS = frozenset({"HF405", "HF406", "HF407", "HF413"})
"""Findings of the audit that are about what the agent said."""


@dataclass(frozen=True, slots=True)
class Story:
    """Everything a call left behind, in the order it happened. `at_s` of a turn is seconds into the call."""

    call: Call
    turns: tuple[TurnRecord, ...]
    offers: tuple[Offer, ...]
    bookings: tuple[Booking, ...]
    transcript: Transcript | None = None

    @property
    def outcome(self) -> str:
        """booked | changed | cancelled | callback | pending | not_booked: what is durable at the end."""
        if self.call.outcome != "open":
            return self.call.outcome
        if any(row.state in (BookingState.CALLING, BookingState.UNKNOWN) for row in self.bookings):
            return "pending"
        return "not_booked"

    @property
    def began(self) -> Instant:
        """When the call began, as far as it is known."""
        return min((self.call.started_at, *(turn.at for turn in self.turns)))

    def at_s(self, turn: TurnRecord) -> float:
        """Seconds from the beginning of the call to this turn."""
        return round((turn.at - self.began).total("seconds"), 3)


async def story_of(store: Store, call_id: str) -> Story | None:
    """The story of a call, whichever business it belongs to; None if there is no such call."""
    return await store.read(lambda tx: _read(tx, call_id))


def _read(tx: Transaction, call_id: str) -> Story | None:
    for business_id in tx.businesses():
        call = tx.call(business_id, call_id)
        if call is not None:
            return story_in(tx, call)
    return None


def story_in(tx: Transaction, call: Call) -> Story:
    """The story of this call, read in a transaction that is open already."""
    return Story(
        call=call,
        turns=tx.turns(call.business_id, call.id),
        offers=tx.offers(call.business_id, call.id),
        bookings=tx.bookings_of_call(call.business_id, call.id),
        transcript=tx.transcript(call.business_id, call.id),
    )


def as_data(story: Story, language: str = "en") -> dict[str, Any]:
    """The story as plain JSON, without personal data; its sentences are de or en."""
    return {
        "call_id": story.call.id,
        "business": story.call.business_id,
        "branch": story.call.branch_id,
        "platform": story.call.platform,
        "agent_version": story.call.agent_version,
        "started_at": story.call.started_at.format_iso(),
        "outcome": story.outcome,
        "ended": story.call.ended_at.format_iso() if story.call.ended_at else None,
        "end_reason": story.call.end_reason,
        "audit": _audit(story),
        "service_id": story.call.pin.service_id if story.call.pin else None,
        "pin": _pin(story),
        "offers": [_offer(offer) for offer in story.offers],
        "bookings": [_booking(booking) for booking in story.bookings],
        "steps": [
            {
                "number": one.number,
                "turn": one.turn.number,
                "at_s": story.at_s(one.turn),
                "tool": one.turn.tool,
                "step": one.step.name,
                "ms": one.step.at_ms,
                **one.step.facts,
            }
            for one in numbered(story.turns)
        ],
        "replies": [
            {"turn": turn.number, "tool": turn.tool, "code": turn.code, "say": turn.reply.get("say")}
            for turn in story.turns
        ],
        "transcript": [
            {"at_s": line.at_s, "who": line.who, "text": line.text}
            for line in (story.transcript.lines if story.transcript is not None else ())
        ],
        "findings": findings_of(story, language),
        "cause": _cause(story, language),
    }


def findings_of(story: Story, language: str = "en") -> list[dict[str, Any]]:
    """What was wrong in a call of ours, each with evidence, the steps that show it, remedy and owner."""
    found = [_finding(one, language) for one in _found(story)]
    named = {one["id"] for one in found}
    audited = story.call.audited
    notes = audited.notes if audited is not None else ()
    return found + [_heard(note, story, language) for note in notes if note.id not in named]


def words_of(note: AuditNote, story: Story) -> str | None:
    """The words that a finding of the audit is about, where it is about words and they are kept (redacted)."""
    lines = story.transcript.lines if story.transcript is not None and note.id in ABOUT_WORDS else ()
    return next((line.text for line in lines if line.at_s == note.at_s and line.who == "agent"), None)


def _heard(note: AuditNote, story: Story, language: str) -> dict[str, Any]:
    """A finding of the audit after the call: seen in the transcript, not in our own trace."""
    words = words_of(note, story)
    kind = finding_kinds()[note.id].of(note.detail)
    return {
        "id": note.id,
        "name": kind.name,
        "title": kind.title[language],
        "turn": None,
        "at_s": note.at_s,
        "detail": note.detail,
        "steps": [],
        "evidence": TimelineWords(language).say("said", {"text": words}) if words else f"{note.at_s:g} s",
        "means": kind.means[language],
        "remedy": kind.remedy[language],
        "owner": kind.owner.value,
    }


def cause_of(story: Story) -> RootCause | None:
    """Why the call did not get what it wanted; None where it did, or where the caller is called back.

    Where our trace shows no fault, what the audit heard in the transcript is the cause.
    """
    last = story.turns[-1].code if story.turns else None
    done = story.outcome in (*DONE, "callback")
    return root_cause(_found(story), last, done=done, heard=_heard_first(story))


def _heard_first(story: Story) -> AuditNote | None:
    """The finding that the audit named as the first cause."""
    audited = story.call.audited
    if audited is None or audited.primary is None:
        return None
    return next(
        (note for note in audited.notes if note.id == audited.primary), AuditNote(audited.primary, 0.0)
    )


def _found(story: Story) -> tuple[ServedFinding, ...]:
    pinned = story.call.pin is not None
    return served_findings(story.turns, done=story.outcome in DONE, pinned=pinned)


def _finding(one: ServedFinding, language: str) -> dict[str, Any]:
    kind = finding_kinds()[one.id].of(one.detail)
    return {
        "id": one.id,
        "name": kind.name,
        "title": kind.title[language],
        "turn": one.turn,
        "detail": one.detail,
        "steps": list(one.steps),
        "evidence": one.evidence(language),
        "means": kind.means[language],
        "remedy": kind.remedy[language],
        "owner": kind.owner.value,
    }


def _cause(story: Story, language: str) -> dict[str, Any] | None:
    cause = cause_of(story)
    if cause is None:
        return None
    return {
        "code": cause.code,
        "detail": cause.detail,
        "cause": cause.cause[language],
        "remedy": cause.remedy[language],
        "owner": cause.owner.value if cause.owner else None,
        "steps": list(cause.steps),
    }


def _audit(story: Story) -> dict[str, Any] | None:
    audited = story.call.audited
    return {"outcome": audited.outcome, "primary": audited.primary} if audited is not None else None


def _pin(story: Story) -> dict[str, Any] | None:
    pin = story.call.pin
    if pin is None:
        return None
    return {
        "service_id": pin.service_id,
        "spoken": pin.spoken,
        "score": pin.score,
        "reason": pin.reason,
        "turn": pin.turn,
    }


def _offer(offer: Offer) -> dict[str, Any]:
    return {
        "id": offer.id,
        "turn": offer.turn,
        "service_id": offer.service_id,
        "service": offer.service_name,
        "event_type": offer.binding,
        "duration_min": offer.duration_min,
        "start": offer.local_start.format_iso().split("[")[0],
        "staff": offer.staff_name,
        "state": offer.state.value,
        "catalogue_version": offer.catalogue_version,
    }


def _booking(booking: Booking) -> dict[str, Any]:
    return {
        "id": booking.id,
        "offer": booking.offer_id,
        "service_id": booking.service_id,
        "service": booking.service_name,
        "event_type": booking.binding,
        "duration_min": booking.duration_min,
        "start": booking.local_start.format_iso().split("[")[0],
        "staff": booking.staff_name,
        "state": booking.state.value,
        "uid": booking.uid,
    }
