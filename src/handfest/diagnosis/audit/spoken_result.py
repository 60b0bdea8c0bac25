"""What the agent said was done, and what was said not to have worked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from handfest.diagnosis.audit.availability_claim import AvailabilityClaim, is_founded
from handfest.diagnosis.audit.consent import SpokenStart, agreed_starts, consent_before
from handfest.diagnosis.audit.evidence import CallEvidence, Clause, Speech
from handfest.diagnosis.audit.finding import SpokenCommitment
from handfest.diagnosis.audit.looked_up import looked_up_before
from handfest.diagnosis.hearing.done_words import stated_action
from handfest.diagnosis.hearing.spoken_time import Day, exact, read_times
from handfest.diagnosis.recording.audit_catalogue import AuditedService
from handfest.diagnosis.recording.tool_use import CHANGING, ToolUse
from handfest.diagnosis.recording.tool_words import ToolKind

_DONE_BY = {
    ToolKind.BOOKING: "booked",
    ToolKind.RESCHEDULE: "changed",
    ToolKind.CANCEL: "cancelled",
}
_AND = re.compile(r",? (?:und|and) ")
_NO_SUCCESS = ("negation", "regret", "book_failed", "not_free", "not_claim", "callback_words", "checking")
_SERVES = {
    "booked": (ToolKind.BOOKING, ToolKind.RESCHEDULE),
    "changed": (ToolKind.RESCHEDULE, ToolKind.BOOKING),
    "cancelled": (ToolKind.CANCEL, ToolKind.RESCHEDULE),
}


@dataclass(frozen=True, slots=True)
class DoneClaim:
    """The agent stated that something is booked, changed or cancelled; `part` of the sentence states it."""

    action: str
    speech: Speech
    sentence: str
    part: str


@lru_cache(maxsize=2)
def done_claims(evidence: CallEvidence) -> tuple[DoneClaim, ...]:
    """Every statement of this kind, in order; at most one of each action an utterance."""
    claims: list[DoneClaim] = []
    for speech in evidence.speeches:
        if speech.of_agent:
            claims += _claims_of(speech, evidence) or _passed_over(speech, evidence)
    return tuple(claims)


def _passed_over(speech: Speech, evidence: CallEvidence) -> list[DoneClaim]:
    """What is told as done with no word for it: the very time a failed request asked for, and not one word of doubt.

    Only the first utterance after the failure counts, and it may neither ask, refuse, regret nor announce anything.
    """
    asked = [use for use in evidence.uses if use.request.index < speech.index]
    failed = asked[-1] if asked else None
    if (
        failed is None
        or failed.kind not in _DONE_BY
        or not failed.failed
        or failed.result_index > speech.index
    ):
        return []
    between = (s for s in evidence.speeches if failed.result_index < s.index < speech.index)
    minutes, words = failed.asked.start.minutes, evidence.words
    named = any(clock.fits(minutes) for c in speech.clauses for clock in c.times.clocks) if minutes else False
    hedged = any(words.found(m, speech.text) for m in _NO_SUCCESS) or any(c.question for c in speech.clauses)
    if any(between) or not named or hedged:
        return []
    return [DoneClaim(_DONE_BY[failed.kind], speech, speech.text, speech.text)]


def _claims_of(speech: Speech, evidence: CallEvidence) -> list[DoneClaim]:
    found: dict[str, DoneClaim] = {}
    for sentence in _statements(speech, evidence):
        stated = stated_action(sentence, evidence.words)
        if stated is None or _tells_otherwise(stated.action, sentence, speech, evidence):
            continue
        booked = stated.action == "booked"
        action = _as_asked(sentence, speech, evidence) if booked else stated.action
        found.pop(action, None)
        found[action] = DoneClaim(action, speech, sentence, stated.part)
    return list(found.values())


def _statements(speech: Speech, evidence: CallEvidence) -> Iterator[str]:
    """The sentences of an utterance; one that states two things as done is cut between them."""
    for sentence in evidence.words.sentences(speech.utterance.text):
        parts = _AND.split(sentence)
        stated = [stated_action(part, evidence.words) for part in parts]
        actions = {each.action for each in stated if each is not None}
        yield from parts if None not in stated and len(actions) == len(parts) > 1 else (sentence,)


def _tells_otherwise(action: str, sentence: str, speech: Speech, evidence: CallEvidence) -> bool:
    """Whether a sentence speaks of an earlier appointment, of a time that is taken, of a hold or a call back."""
    if evidence.words.found("only_reserved", sentence) and _held(speech, evidence):
        return True
    if _is_about_callback(sentence, speech, evidence):
        return True
    return action == "booked" and (
        _reads_existing(sentence, speech, evidence) or _calls_taken(sentence, speech, evidence)
    )


def _is_about_callback(sentence: str, speech: Speech, evidence: CallEvidence) -> bool:
    """Whether "done" comes right after a call back was taken, and names neither an appointment nor a time."""
    last = max(evidence.answered_before(speech.index), key=lambda use: use.result_index, default=None)
    if last is None or last.kind is not ToolKind.CALLBACK or not last.succeeded:
        return False
    timed = read_times(sentence, evidence.reading.language, evidence.reading.today).any
    return not timed and not evidence.words.found("appointment", sentence)


def _as_asked(sentence: str, speech: Speech, evidence: CallEvidence) -> str:
    """What "done" or "booked" means after the last thing that a tool was asked to do."""
    asked = [use.kind for use in evidence.answered_before(speech.index) if use.kind in CHANGING]
    if asked[-1:] == [ToolKind.RESCHEDULE]:
        return "changed"
    if asked[-1:] == [ToolKind.CANCEL] and not evidence.words.found("names_booking", sentence):
        return "cancelled"
    return "booked"


def _implied_claims(evidence: CallEvidence) -> list[DoneClaim]:
    """What is told by naming the time after a success ("Thursday at one then"), with no word like `booked`.

    Only a commitment, never a finding: a tool had reported the success before.
    """
    claimed = {claim.speech.index for claim in done_claims(evidence)}
    implied: list[DoneClaim] = []
    for use in evidence.uses:
        action = _DONE_BY.get(use.kind)
        if action is None or not use.succeeded:
            continue
        end = min(
            (u.request.index for u in evidence.uses if u.request.index > use.result_index), default=1 << 30
        )
        told = [s for s in evidence.speeches if s.of_agent and use.result_index < s.index < end]
        if any(speech.index in claimed or says_failed(speech, evidence) for speech in told):
            continue
        implied += [
            DoneClaim(action, speech, clause.text, clause.text)
            for speech in told[:1]
            for clause in speech.clauses
            if _tells_end(clause, evidence)
        ][-1:]
    return implied


def _tells_end(clause: Clause, evidence: CallEvidence) -> bool:
    """Whether a clause names a time, or says that all is done, without asking or refusing anything."""
    words = evidence.words
    named = bool(clause.times.clocks) or words.found("completed", clause.text)
    return named and not clause.question and not words.found("not_free", clause.text)


def _held(speech: Speech, evidence: CallEvidence) -> bool:
    return any(use.kind is ToolKind.HOLD and use.succeeded for use in evidence.answered_before(speech.index))


def _reads_existing(sentence: str, speech: Speech, evidence: CallEvidence) -> bool:
    """Whether the agent reads out an appointment that a lookup had found, rather than a new one."""
    told = read_times(sentence, evidence.reading.language, evidence.reading.today).clocks
    looked_up = looked_up_before(speech.index, told, evidence)
    acted = any(use.kind in CHANGING for use in evidence.uses if use.request.index < speech.index)
    return looked_up and (not acted or evidence.words.found("lookup", sentence))


def _calls_taken(sentence: str, speech: Speech, evidence: CallEvidence) -> bool:
    """Whether "15 o'clock is booked" passes on an answer that called this time not free, before any booking."""
    stated = exact(read_times(sentence, evidence.reading.language, evidence.reading.today).stated)
    acted = any(use.kind in CHANGING for use in evidence.uses if use.request.index < speech.index)
    if acted or not stated or evidence.words.found("for_you", sentence):
        return False
    claims = (AvailabilityClaim(False, each.clock, (), ()) for each in stated)
    return all(is_founded(claim, speech.index, evidence) for claim in claims)


def succeeded_before(claim: DoneClaim, evidence: CallEvidence) -> bool:
    """Whether a tool had reported success of this kind before the sentence was spoken."""
    done = [use for use in evidence.answered_before(claim.speech.index) if use.succeeded]
    return any(use.kind in _SERVES[claim.action] for use in done)


def failure_speech(evidence: CallEvidence, after: int, before: int) -> Speech | None:
    """The first utterance between two steps in which the agent says that the booking did not work."""
    for speech in evidence.speeches:
        if speech.of_agent and after < speech.index < before and says_failed(speech, evidence):
            return speech
    return None


def says_failed(speech: Speech, evidence: CallEvidence) -> bool:
    """Whether an utterance says that a booking did not work."""
    return any(
        evidence.words.found("book_failed", clause.text)
        and not evidence.words.found("not_about_booking", clause.text)
        and not clause.question
        for clause in speech.clauses
    )


def commitment(evidence: CallEvidence) -> SpokenCommitment | None:
    """What the caller must believe at the end: the last claim that was not taken back afterwards."""
    claims = sorted((*done_claims(evidence), *_implied_claims(evidence)), key=lambda c: c.speech.index)
    if not claims:
        return None
    last = claims[-1]
    if failure_speech(evidence, last.speech.index, 1 << 30) is not None or _regretted(last, evidence):
        return None
    start = _committed_start(last, evidence)
    service = None if last.action == "cancelled" else _committed_service(last, evidence)
    return SpokenCommitment(last.action, start, service.id if service is not None else None)


def _regretted(claim: DoneClaim, evidence: CallEvidence) -> bool:
    """Whether the thing was tried after it had been claimed, failed, and the agent then said so, in any words."""
    failed = [
        use.result_index
        for use in evidence.uses
        if use.kind in CHANGING and use.failed and use.request.index > claim.speech.index
    ]
    told = (s for s in evidence.speeches if s.of_agent and failed and s.index > failed[-1])
    first = next(told, None)
    return first is not None and any(evidence.words.found(m, first.text) for m in ("negation", "regret"))


def _committed_start(claim: DoneClaim, evidence: CallEvidence) -> str | None:
    consent = consent_before(evidence, claim.speech.index + 1)
    agreed = agreed_starts(consent_before(evidence, claim.speech.index))
    part, own = (
        read_times(text, evidence.reading.language, evidence.reading.today)
        for text in (claim.part, claim.sentence)
    )
    if claim.action == "cancelled" and part.clocks and part.days:
        # "Friday at ten is cancelled and you are still in for Monday at eleven."
        own = part
    told = [clause.times for clause in claim.speech.clauses if not clause.question]
    whole = [day for clause in claim.speech.clauses for day in clause.times.days]
    days = tuple(_in_context(day, whole) for day in own.days) or tuple(
        d for times in told for d in times.days
    )
    clocks = own.clocks or tuple(clock for times in told for clock in times.clocks)
    spoken = tuple(clock for clock in clocks if clock.limit != "to") or clocks
    same_day = agreed[0].day if agreed else None
    day = days[-1] if days else same_day or consent.day
    clock = spoken[-1] if spoken else agreed[0].clock if agreed else None
    if clock is None or day is None:
        return None
    return _resolved(SpokenStart(day, clock), evidence)


def _in_context(day: Day, spoken: list[Day]) -> Day:
    """A lone weekday as the whole call means it."""
    return next((each for each in spoken if each.bare and day.bare and set(day.dates) & set(each.dates)), day)


def _resolved(start: SpokenStart, evidence: CallEvidence) -> str | None:
    """Settle what words left open by the starts that tools named in this call."""
    assert start.day is not None
    clock = evidence.reading.clock
    readings = [
        clock.moment(day, minutes)
        for day in start.day.dates
        for minutes in (start.clock.minutes, start.clock.other)
        if minutes is not None
    ]
    known = {use.asked.start.moment for use in evidence.uses} | evidence.offered_before(1 << 30)
    moments = [moment for moment in readings if moment is not None]
    best = next((moment for moment in moments if moment in known), moments[0] if moments else None)
    return clock.iso(best) if best is not None else None


def _committed_service(claim: DoneClaim, evidence: CallEvidence) -> AuditedService | None:
    """The service named in the claim, else the one the agent named last before it, else the caller."""
    earlier = [s for s in evidence.speeches if s.index <= claim.speech.index]
    agent = [speech for speech in reversed(earlier) if speech.of_agent]
    caller = [speech for speech in reversed(earlier) if not speech.of_agent]
    told = evidence.last_service_in(claim.sentence)
    if told is not None:
        return told
    words = (speech.utterance.text for speech in (claim.speech, *caller, *agent))
    return next((s for text in words if (s := evidence.service_in(text)) is not None), None)


def successful_bookings(evidence: CallEvidence) -> list[ToolUse]:
    """The booking requests that were answered with success."""
    return [use for use in evidence.bookings if use.succeeded]
