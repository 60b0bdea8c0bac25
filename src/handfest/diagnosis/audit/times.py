"""Findings about the time booked: HF402 never offered, HF409 not agreed, HF420 no consent, HF422 zone."""

from collections.abc import Iterator, Sequence

from whenever import Instant

from handfest.diagnosis.audit.consent import Consent, SpokenStart, Stance, consent_before
from handfest.diagnosis.audit.evidence import CallEvidence, Speech
from handfest.diagnosis.audit.finding import CallFinding
from handfest.diagnosis.audit.tools import of_request, of_result
from handfest.diagnosis.hearing.spoken_time import has_number
from handfest.diagnosis.recording.tool_use import ToolUse
from handfest.diagnosis.recording.tool_words import ToolKind

_BOOKS = (ToolKind.BOOKING, ToolKind.RESCHEDULE)


def time_findings(evidence: CallEvidence) -> Iterator[CallFinding]:
    """Every finding of this family, in the order of the requests."""
    for use in evidence.uses:
        if use.kind not in _BOOKS or evidence.breaks_rule(use):
            continue
        shift = _zone_shift(use, evidence)
        if shift is not None:
            yield shift
            continue
        start = use.asked.start.moment
        if start is not None:
            if not evidence.was_offered(start, use.request.index):
                yield of_request(use, "HF402")
            id_ = _against_consent(use, start, evidence)
            if id_ is not None and not (id_ == "HF420" and _was_welcome(use, evidence)):
                yield of_request(use, id_)


def _zone_shift(use: ToolUse, evidence: CallEvidence) -> CallFinding | None:
    """HF422: the start asked for, or the one confirmed, is an offered one moved by the zone's offset."""
    asked, confirmed = use.asked.start.moment, use.booked.start.moment
    before = use.request.index
    if asked is not None and _is_shifted(asked, evidence, before):
        return of_request(use, "HF422")
    moved = confirmed is not None and asked is not None and confirmed != asked and use.succeeded
    if moved and confirmed is not None and _is_shifted(confirmed, evidence, before):
        return of_result(use, "HF422")
    return None


def _is_shifted(start: Instant, evidence: CallEvidence, before: int) -> bool:
    offset = evidence.reading.clock.offset_seconds(start)
    if offset == 0 or evidence.was_offered(start, before):
        return False
    shifts = (Instant.from_timestamp(start.timestamp() + sign * offset) for sign in (1, -1))
    return any(evidence.was_offered(moved, before) for moved in shifts)


def _against_consent(use: ToolUse, start: Instant, evidence: CallEvidence) -> str | None:
    """HF409 for another start than the one last agreed to, HF420 where none was agreed to."""
    consent = consent_before(evidence, use.request.index)
    day, minutes = evidence.reading.clock.wall(start)
    if consent.relative and consent.stance is not Stance.OPEN:
        return None
    if consent.stance is Stance.OPEN:
        return None if use.kind is not ToolKind.BOOKING and not consent.table else "HF420"
    if consent.stance is Stance.ASKED:
        # "Is ten free?" agrees to nothing; "could it be moved to ten?", or said of a booking made, is an order.
        return "HF420" if use.kind is ToolKind.BOOKING and not consent.ever else None
    if not consent.starts or consent.stance is Stance.SILENT:
        return "HF420" if use.kind is ToolKind.BOOKING and _wished_nothing(use, consent, evidence) else None
    if any(_same(agreed, day.toordinal(), minutes) for agreed in consent.starts):
        return None
    if not consent.countered and _told_back(use, day.toordinal(), minutes, evidence):
        return None
    return "HF409" if consent.stance is Stance.AGREED or consent.ever else "HF420"


def _was_welcome(use: ToolUse, evidence: CallEvidence) -> bool:
    """Whether the caller thanks for the booking, and had not just refused it, hesitated, or asked what it costs."""
    words = evidence.words
    callers = [speech for speech in evidence.speeches if not speech.of_agent]
    before = [speech.text for speech in callers if speech.index < use.request.index][-1:]
    after = [speech for speech in callers if speech.index > use.result_index][:1]
    refused = any(
        words.found(meaning, words.unsaid("reassures", text))
        for text in before
        for meaning in ("no", "undecided", "doubt", "asks_price")
    )
    return not refused and any(
        words.found("contented", speech.text) and not words.found("protests", speech.text) for speech in after
    )


def _told_back(use: ToolUse, ordinal: int, minutes: int, evidence: CallEvidence) -> bool:
    """Whether the agent said this very start to the caller before the request and once more after it.

    Who books another time than the one agreed to does not know it, and tells the agreed one; whoever repeats
    another of the offered times just before has heard that one.
    """
    timed = [s for s in evidence.speeches if s.of_agent and any(clause.times.clocks for clause in s.clauses)]
    before = [speech for speech in timed if speech.index < use.request.index]
    told = [speech for speech in timed if speech.index >= use.request.index][:1]
    if not told or not _says(told, ordinal, minutes) or not _says(before, ordinal, minutes):
        return False
    walls = [evidence.reading.clock.wall(start) for start in evidence.offered_before(use.request.index)]
    others = [
        (day.toordinal(), minute) for day, minute in walls if (day.toordinal(), minute) != (ordinal, minutes)
    ]
    last = before[-1:]
    return _says(last, ordinal, minutes) or not any(_says(last, *other) for other in others)


def _says(speeches: Sequence[Speech], ordinal: int, minutes: int) -> bool:
    return any(
        _same(SpokenStart(each.day, each.clock), ordinal, minutes)
        for speech in speeches
        for clause in speech.clauses
        for each in clause.times.stated
    )


def _wished_nothing(use: ToolUse, consent: Consent, evidence: CallEvidence) -> bool:
    """Whether no time of day was ever spoken of, by anybody, and the caller left the choice to nobody."""
    said = [s for s in evidence.speeches if s.index < use.request.index]
    timeless = not any(
        clause.times.clocks or has_number(clause.text, evidence.reading.language)
        for speech in said
        for clause in speech.clauses
    )
    asked = [speech.text for speech in said if not speech.of_agent]
    left_open = any(evidence.words.found("leaves_choice", text) for text in asked)
    return timeless and not consent.table and bool(asked) and not left_open


def _same(agreed: SpokenStart, ordinal: int, minutes: int) -> bool:
    days = agreed.day.dates if agreed.day is not None else ()
    return agreed.clock.fits(minutes) and (not days or any(day.toordinal() == ordinal for day in days))
