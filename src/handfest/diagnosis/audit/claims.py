"""Findings about what the agent said: HF405, HF406 and HF407."""

from collections.abc import Iterator

from handfest.diagnosis.audit.availability_claim import claims_in, quotes_answer, spoken_claims, unfounded
from handfest.diagnosis.audit.evidence import CallEvidence, Clause, Speech
from handfest.diagnosis.audit.finding import CallFinding
from handfest.diagnosis.audit.spoken_result import (
    done_claims,
    says_failed,
    succeeded_before,
    successful_bookings,
)
from handfest.diagnosis.recording.tool_use import ToolUse
from handfest.diagnosis.recording.tool_words import ToolKind


def claim_findings(evidence: CallEvidence) -> Iterator[CallFinding]:
    """Every finding of this family."""
    for claim in done_claims(evidence):
        if not succeeded_before(claim, evidence):
            yield of_speech("HF405", claim.speech, claim.sentence)
    denied = denials(evidence)
    for speech in denied:
        yield of_speech("HF406", speech, speech.utterance.text)
    yield from _unfounded(evidence, {speech.index for speech in denied})


def of_speech(id_: str, speech: Speech, words: str, detail: str | None = None) -> CallFinding:
    """A finding about an utterance."""
    return CallFinding(id_, speech.utterance.at_sec, speech.index, words, detail)


def denials(evidence: CallEvidence) -> list[Speech]:
    """Utterances that call a booking failed which had succeeded (HF406)."""
    denied: list[Speech] = []
    claimed = {claim.speech.index for claim in done_claims(evidence)}
    for booking in successful_bookings(evidence):
        end = _next_turn(booking, evidence)
        for speech in evidence.speeches:
            if not speech.of_agent or not booking.result_index < speech.index < end:
                continue
            if speech.index in claimed:
                break
            if says_failed(speech, evidence) or _offers_another(speech, booking, evidence):
                denied.append(speech)
                break
    return denied


def _next_turn(booking: ToolUse, evidence: CallEvidence) -> int:
    """Where the next answer of a tool that could speak of another failure stands."""
    later = [
        u for u in evidence.uses if u.request.index > booking.request.index and u.kind is not ToolKind.OTHER
    ]
    return min((use.result_index for use in later if use.result is not None), default=1 << 30)


def _offers_another(speech: Speech, booking: ToolUse, evidence: CallEvidence) -> bool:
    """Whether the agent calls the booked time taken, or puts another one forward in its place."""
    start = booking.asked.start
    for clause in _about_appointments(speech, evidence):
        if quotes_answer(clause, speech, evidence):
            continue
        for claim in claims_in(clause, clause.times.days, (), wished=True, evidence=evidence):
            if claim.loose:
                continue
            if not claim.free:
                return True
            if claim.clock is not None and start.minutes is not None and not claim.clock.fits(start.minutes):
                return True
    return False


def _about_appointments(speech: Speech, evidence: CallEvidence) -> Iterator[Clause]:
    """The clauses up to where the agent turns to a call back: what is said after that is about the call."""
    for clause in speech.clauses:
        if evidence.words.found("callback_words", clause.text):
            return
        yield clause


def _unfounded(evidence: CallEvidence, denied: set[int]) -> Iterator[CallFinding]:
    """HF407 for what is said about free times with no answer behind it, up to where a call back is the topic."""
    turned_away: set[int] = set()
    for speech, clause, claims in spoken_claims(evidence):
        if speech.index in denied | turned_away:
            continue
        if clause not in _about_appointments(speech, evidence):
            turned_away.add(speech.index)
            continue
        bare = unfounded(claims, clause, speech, evidence)
        if bare:
            detail = "free" if bare[0].free else "not_free"
            yield of_speech("HF407", speech, speech.utterance.text, detail)
