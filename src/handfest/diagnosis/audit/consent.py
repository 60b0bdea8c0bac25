"""What the caller had agreed to when something was booked.

The agent lays times on the table (a proposal, a list, a recap); the caller takes one, names another,
hesitates or refuses. A reply that shows neither doubt nor refusal counts as taking: the audit accuses only
where the caller's words show that a time was not agreed to.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from handfest.diagnosis.audit.evidence import CallEvidence, Clause, Speech
from handfest.diagnosis.hearing.spoken_time import Clock, Day, exact
from handfest.diagnosis.hearing.spoken_words import spoken_words

_BARE_HOUR = re.compile(
    r"(?:\W|dann|lieber|bitte|ja|nehme?|ich|the|then|yes|ok(?:ay)?|let's say)*\b(\d{1,2})(?![\d:.]\d)\b"
)
_MOODS = (("yes", "yes"), ("hedges", "undecided"), ("undecided", "undecided"), ("no", "no"))


class Stance(StrEnum):
    """Where the caller stands."""

    SILENT = "silent"
    WISHED = "wished"
    ASKED = "asked"
    AGREED = "agreed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class SpokenStart:
    """A start as spoken: the day may have been left to the context, or never said."""

    day: Day | None
    clock: Clock


@dataclass(slots=True)
class Consent:
    """The caller's stance, to which starts, what lies on the table; `ever` whether anything was agreed.

    `proposed` is all that ever lay on the table, which counts where `several` appointments are wanted; `relative`
    whether a time was agreed to as so much earlier or later than another, which is not worked out here.
    """

    stance: Stance = Stance.SILENT
    starts: tuple[SpokenStart, ...] = ()
    table: tuple[SpokenStart, ...] = ()
    day: Day | None = None
    pending: bool = False
    name_asked: bool = False
    birth_asked: bool = False
    asked_other: bool = False
    ever: bool = False
    several: bool = False
    relative: bool = False
    proposed: tuple[SpokenStart, ...] = ()


def consent_before(evidence: CallEvidence, index: int) -> Consent:
    """Follow the conversation up to a step of the call."""
    consent = Consent()
    for speech in evidence.speeches:
        if speech.index >= index:
            break
        if speech.of_agent:
            _hear_agent(speech, consent, evidence)
        else:
            _hear_caller(speech, consent, evidence)
    return consent


def _starts(clauses: Iterable[Clause], consent: Consent) -> tuple[SpokenStart, ...]:
    """The starts in these clauses; a day said later in the utterance holds for times said before it."""
    clauses = list(clauses)
    later = next((clause.times.days[0] for clause in clauses if clause.times.days), None)
    starts: list[SpokenStart] = []
    day = None
    for clause in clauses:
        for each in exact(clause.times.stated):
            starts.append(SpokenStart(each.day or day or later or consent.day, each.clock))
        day = clause.times.days[-1] if clause.times.days else day
    return tuple(starts)


def _hear_agent(speech: Speech, consent: Consent, evidence: CallEvidence) -> None:
    words = evidence.words
    kept = [
        clause
        for clause in speech.clauses
        if not words.found("not_free", clause.text) and not words.found("aside", clause.text)
    ]
    starts = _starts(kept, consent)
    if starts:
        if consent.stance is Stance.OPEN and not _same_clocks(starts, consent.table):
            consent.stance = Stance.SILENT
        consent.table, consent.pending = starts, True
        consent.proposed += starts
    days = [clause.times.days[-1] for clause in kept if clause.times.days]
    if days:
        consent.day = days[-1]
    questions = [clause.text for clause in speech.clauses if clause.question]
    consent.birth_asked = words.found("asks_birth", speech.text)
    consent.name_asked = words.found("asks_name", speech.text)
    consent.asked_other = bool(questions) and not (
        words.found("asks_booking", questions[-1])
        or (speech.clauses[-1].times.any and not consent.name_asked)
    )
    asks_wish = any(words.found("asks_booking", question) for question in questions)
    if asks_wish and not starts and consent.starts and consent.stance in (Stance.WISHED, Stance.ASKED):
        meant = consent.table if consent.pending else consent.starts
        consent.table = tuple(SpokenStart(days[-1], each.clock) for each in meant) if days else meant
        consent.pending = True


def _same_clocks(some: tuple[SpokenStart, ...], others: tuple[SpokenStart, ...]) -> bool:
    return {start.clock.minutes for start in some} == {start.clock.minutes for start in others}


def _hear_caller(speech: Speech, consent: Consent, evidence: CallEvidence) -> None:
    words = evidence.words
    kept = [clause for clause in speech.clauses if not _beside_the_wish(clause, consent, evidence)]
    starts = _starts(kept, consent)
    days = [clause.times.days[-1] for clause in kept if clause.times.days]
    if days:
        consent.day = days[-1]
    mood = _mood(speech, evidence)
    if mood == "neutral" and _has_other_plans(speech, consent, evidence):
        mood = "no"
    corrected = len(starts) > 1 and words.found("corrects", speech.text)
    if corrected and (_tabled(starts[-1], consent) or not _takes_tabled(speech, consent, evidence)):
        starts, mood = starts[-1:], "neutral"
    if days and consent.pending:
        if mood == "neutral" and not starts and _on_table(days[-1:], consent):
            mood = "yes"  # "Then Tuesday": one of the days on the table, with neither doubt nor question
        consent.table = _of_days(days, consent.table)
    if starts:
        _named_times(speech, starts, mood, consent, evidence)
    elif (
        days and consent.starts and not _on_table(days, consent) and not _is_a_name(speech, consent, evidence)
    ):
        consent.starts = tuple(SpokenStart(days[-1], start.clock) for start in consent.starts)
        consent.stance, consent.pending = Stance.WISHED, False
    else:
        _replied(speech, mood, consent, evidence)
    consent.several |= words.found("two_wanted", speech.text)
    if consent.several and consent.stance is Stance.AGREED:
        consent.starts = tuple(dict.fromkeys((*consent.starts, *consent.proposed)))
    consent.ever |= consent.stance is Stance.AGREED


def _of_days(days: list[Day], table: tuple[SpokenStart, ...]) -> tuple[SpokenStart, ...]:
    """What lies on the table for the days that the caller names; all of it where nothing does."""
    meant = {day for each in days for day in each.dates}
    return tuple(start for start in table if start.day is not None and meant & set(start.day.dates)) or table


def _takes_tabled(speech: Speech, consent: Consent, evidence: CallEvidence) -> bool:
    """Whether one clause names a time on the table and says yes to it; what is corrected then is beside it."""
    return consent.pending and any(
        evidence.words.found("yes", clause.text)
        and any(clock.fits(tabled.clock.minutes) for clock in clause.times.clocks for tabled in consent.table)
        for clause in speech.clauses
    )


def _is_a_name(speech: Speech, consent: Consent, evidence: CallEvidence) -> bool:
    """Whether a day is somebody's name: told when asked for one, after all was agreed ("Friday, as in the day")."""
    settled = consent.stance is Stance.AGREED and not consent.pending
    return consent.name_asked and settled and not evidence.words.found("changes", speech.text)


def _beside_the_wish(clause: Clause, consent: Consent, evidence: CallEvidence) -> bool:
    """Whether a clause tells of something else: other plans, a date of birth, a day gone by."""
    today = evidence.reading.today
    gone_by = any(day < today for each in clause.times.days for day in each.dates[:1])
    born = bool(clause.times.days) and (
        consent.birth_asked or evidence.words.found("asks_birth", clause.text)
    )
    return gone_by or born or evidence.words.found("aside_caller", clause.text)


def _has_other_plans(speech: Speech, consent: Consent, evidence: CallEvidence) -> bool:
    """Whether the caller answers an offer with something else at the very time ("at ten I have school")."""
    return consent.pending and any(
        clock.fits(tabled.clock.minutes) or tabled.clock.fits(clock.minutes)
        for clause in speech.clauses
        if evidence.words.found("aside_caller", clause.text)
        for clock in clause.times.clocks
        for tabled in consent.table
    )


def _on_table(days: list[Day], consent: Consent) -> bool:
    """Whether one of these days is the one being talked about."""
    known = [start.day for start in (*consent.table, *consent.starts) if start.day is not None]
    return any(set(a.dates) & set(b.dates) for a in days for b in known)


def _mood(speech: Speech, evidence: CallEvidence) -> str:
    """`yes`, `no`, `undecided`, `question` or `neutral`: what was said last counts.

    After a plain yes a mere hedge ("perhaps a minute early") is no doubt.
    """
    words = evidence.words
    firm = words.found("firm_yes", speech.clauses[0].text) if speech.clauses else False
    last: tuple[int, int, str] = (-1, -1, "neutral")
    for place, clause in enumerate(speech.clauses):
        asks = clause.question and not words.found("firm_yes", clause.text)
        for rank, (meaning, mood) in enumerate(_MOODS):
            if (mood == "yes" and asks) or (meaning == "hedges" and firm):
                continue
            ends = [match.end() for match in words.patterns[meaning].finditer(clause.text)]
            if ends:
                last = max(last, (place * 10_000 + ends[-1], rank, mood))
    if last[2] == "neutral" and any(clause.question for clause in speech.clauses):
        return "question"
    if last[2] == "neutral" and any(words.found("doubt", clause.text) for clause in speech.clauses):
        return "no"
    return last[2]


def _named_times(
    speech: Speech, starts: tuple[SpokenStart, ...], mood: str, consent: Consent, evidence: CallEvidence
) -> None:
    """The caller said a time: took it, turned it down, ordered it, or wished for it."""
    on_table = [
        tabled
        for start in starts
        for tabled in consent.table
        if start.clock.fits(tabled.clock.minutes) or tabled.clock.fits(start.clock.minutes)
    ]
    if consent.pending and mood in ("undecided", "question") and on_table:
        consent.stance = Stance.OPEN
        return
    if consent.pending and mood == "no" and on_table:
        consent.stance = Stance.OPEN
        others = tuple(start for start in starts if not _tabled(start, consent))
        if others:
            consent.starts, consent.stance = others, Stance.WISHED
        return
    if not on_table and (
        _only_mentioned(speech, consent, evidence) or _spells_name(speech, consent, evidence)
    ):
        _replied(speech, "yes" if consent.pending else "neutral", consent, evidence)
        return
    consent.relative = False
    ordered = evidence.words.found("order", speech.text)
    taken = bool(on_table) and consent.pending
    consent.starts = tuple(on_table) if taken and not _new_day(starts, on_table) else starts
    if taken or ordered or (mood == "yes" and consent.pending):
        consent.stance, consent.pending = Stance.AGREED, False
    else:
        only_asked = all(clause.question for clause in speech.clauses if clause.times.clocks)
        consent.stance = Stance.ASKED if only_asked else Stance.WISHED
        consent.pending = False


def _only_mentioned(speech: Speech, consent: Consent, evidence: CallEvidence) -> bool:
    """Whether times are beside the point ("I have a meeting at 11"): after a yes, with no change."""
    if evidence.words.found("changes", speech.text):
        return False
    settled = consent.stance is Stance.AGREED and not consent.pending
    return settled or (consent.pending and evidence.words.found("firm_yes", speech.text))


def _spells_name(speech: Speech, consent: Consent, evidence: CallEvidence) -> bool:
    """Whether a time is part of a name, told when asked for one: it asks nothing and changes nothing."""
    asks = any(clause.question for clause in speech.clauses)
    return consent.name_asked and not asks and not evidence.words.found("changes", speech.text)


def _tabled(start: SpokenStart, consent: Consent) -> bool:
    return any(start.clock.fits(tabled.clock.minutes) for tabled in consent.table)


def _new_day(starts: tuple[SpokenStart, ...], tabled: list[SpokenStart]) -> bool:
    """Whether the caller named a day that is none of those on the table."""
    said = [start.day for start in starts if start.day is not None]
    known = [each.day for each in tabled if each.day is not None]
    return bool(said and known) and not any(set(a.dates) & set(b.dates) for a in said for b in known)


def _replied(speech: Speech, mood: str, consent: Consent, evidence: CallEvidence) -> None:
    """The caller answered without naming a time."""
    timed = any(clause.times.clocks for clause in speech.clauses)
    consent.relative |= not timed and evidence.words.found("relative_time", speech.text)
    picked = _picked(speech, consent, evidence)
    if picked is not None and mood != "no":
        consent.starts, consent.stance, consent.pending = (picked,), Stance.AGREED, False
    elif not consent.pending:
        if consent.stance in (Stance.WISHED, Stance.ASKED) and (consent.name_asked or mood == "yes"):
            consent.stance = Stance.AGREED
        elif consent.stance is Stance.OPEN and mood == "yes":
            consent.starts = consent.table or consent.starts
            consent.stance = Stance.AGREED
    elif mood in ("undecided", "question") or (mood == "no" and not consent.asked_other):
        consent.stance = Stance.OPEN
    elif consent.stance is not Stance.OPEN or mood == "yes" or consent.name_asked:
        consent.starts, consent.stance, consent.pending = consent.table, Stance.AGREED, False


def _picked(speech: Speech, consent: Consent, evidence: CallEvidence) -> SpokenStart | None:
    """The one of several proposed starts that the caller pointed at ("the second one")."""
    if not consent.pending or len(consent.table) < 2:
        return None
    if evidence.words.found("last_pick", speech.text):
        return consent.table[-1]
    hour = _BARE_HOUR.match(spoken_words(evidence.reading.language).with_digits(speech.text))
    if hour is not None:
        named = [start for start in consent.table if start.clock.minutes % 720 == int(hour[1]) % 12 * 60]
        return named[0] if len(named) == 1 else None
    for place, pattern in enumerate(evidence.words.picks):
        if place < len(consent.table) and pattern.search(speech.text):
            return consent.table[place]
    return None


def agreed_starts(consent: Consent) -> tuple[SpokenStart, ...]:
    """What the caller last took, else what lay on the table."""
    return consent.starts or consent.table
