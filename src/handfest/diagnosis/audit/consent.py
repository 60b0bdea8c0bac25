"""What the caller had agreed to when something was booked.

The agent lays times on the table (a proposal, a list, a recap); the caller takes one, names another,
hesitates or refuses. A reply that shows neither doubt nor refusal counts as taking: the audit accuses only
where the caller's words show that a time was not agreed to.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from handfest.diagnosis.audit.evidence import CallEvidence, Clause, Speech
from handfest.diagnosis.hearing.spoken_time import Clock, Day, exact
from handfest.diagnosis.hearing.spoken_words import spoken_words

_BARE_HOUR = re.compile(
    r"(?:\W|dann|lieber|bitte|ja|nehme?|ich|the|then|yes|ok(?:ay)?|let's say)*\b(\d{1,2})(?![\d:.]\d)\b"
)
_UNSETTLED = ("undecided", "hedged", "question")
_MOODS = (("yes", "yes"), ("hedges", "hedged"), ("undecided", "undecided"), ("no", "no"))


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

    `restated`: what lies on the table had been agreed to and was only said once more. `proposed` is all that ever lay
    on the table, which counts where `several` appointments are wanted; `relative` whether a time was agreed to as so
    much earlier or later than another, which is not worked out here; `countered` whether plain words asked for another
    time than the one proposed.
    """

    stance: Stance = Stance.SILENT
    starts: tuple[SpokenStart, ...] = ()
    table: tuple[SpokenStart, ...] = ()
    day: Day | None = None
    pending: bool = False
    restated: bool = False
    name_asked: bool = False
    birth_asked: bool = False
    number_asked: bool = False
    asked_other: bool = False
    asked_again: bool = False
    lightly: bool = False
    ever: bool = False
    several: bool = False
    relative: bool = False
    countered: bool = False
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
        if not any(words.found(meaning, clause.text) for meaning in ("aside", "finishing"))
        and (words.found("not_taken", clause.text) or not words.found("not_free", clause.text))
    ]
    starts = _starts(kept, consent)
    consent.relative |= words.found("relative_time", speech.text)
    if starts:
        _lay_on_table(starts, speech, consent, evidence)
    days = [clause.times.days[-1] for clause in kept if clause.times.days]
    if days:
        consent.day = days[-1]
    questions = [clause.text for clause in speech.clauses if clause.question]
    consent.birth_asked = words.found("asks_birth", speech.text)
    consent.name_asked = words.found("asks_name", speech.text)
    consent.number_asked = words.found("asks_number", speech.text)
    consent.asked_other = bool(questions) and not (
        words.found("asks_booking", questions[-1])
        or (speech.clauses[-1].times.any and not consent.name_asked)
    )
    asks_wish = any(words.found("asks_booking", question) for question in questions)
    consent.asked_again = asks_wish or any(words.found("books", question) for question in questions)
    if asks_wish and not starts and consent.starts and consent.stance in (Stance.WISHED, Stance.ASKED):
        meant = consent.table if consent.pending else consent.starts
        consent.table = tuple(SpokenStart(days[-1], each.clock) for each in meant) if days else meant
        consent.pending = True


def _lay_on_table(
    starts: tuple[SpokenStart, ...], speech: Speech, consent: Consent, evidence: CallEvidence
) -> None:
    """What the agent's times do: stand as proposed, repeat what was agreed to, or only come up beside it."""
    if consent.stance is Stance.OPEN and not _same_clocks(starts, consent.table):
        consent.stance = Stance.SILENT
    agreed = consent.stance is Stance.AGREED
    known = {start.clock.minutes for start in consent.starts}
    consent.restated = agreed and known >= {start.clock.minutes for start in starts}
    new = not _same_clocks(starts, consent.starts) and not _offered_before(starts, consent)
    if agreed and new and not consent.restated and _tells_beside(speech, evidence):
        return
    consent.table, consent.pending = starts, True
    consent.proposed += starts


def _offered_before(starts: tuple[SpokenStart, ...], consent: Consent) -> bool:
    return any(start.clock.minutes == known.clock.minutes for start in starts for known in consent.proposed)


def _tells_beside(speech: Speech, evidence: CallEvidence) -> bool:
    """Whether the agent only informs: with neither a question nor a word about free times or a booking."""
    words = evidence.words
    return not any(
        clause.question
        or any(
            words.found(meaning, clause.text) for meaning in ("free", "not_free", "recap", "books", "booked")
        )
        for clause in speech.clauses
        if clause.times.clocks or clause.question
    )


def _same_clocks(some: tuple[SpokenStart, ...], others: tuple[SpokenStart, ...]) -> bool:
    return {start.clock.minutes for start in some} == {start.clock.minutes for start in others}


def _hear_caller(speech: Speech, consent: Consent, evidence: CallEvidence) -> None:
    words = evidence.words
    heard = [clause for clause in speech.clauses if not _beside_the_wish(clause, consent, evidence)]
    kept = heard
    if consent.pending or consent.stance is Stance.AGREED:
        kept = [clause for clause in heard if _is_meant(clause, consent, evidence)]
    mood = _mood(speech, consent, evidence)
    if mood in ("yes", "neutral"):
        kept = _without_refused(kept, consent, evidence)
    starts = _starts(kept, consent)
    days = [clause.times.days[-1] for clause in kept if clause.times.days]
    if days:
        consent.day = days[-1]
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
    if consent.stance is Stance.AGREED and mood == "neutral":
        # A time in words that are not understood may have been a wish: neither it nor the offered one is another.
        consent.starts += _starts((clause for clause in heard if clause not in kept), consent)
    consent.several |= words.found("two_wanted", speech.text)
    if consent.several and consent.stance is Stance.AGREED:
        consent.starts = tuple(dict.fromkeys((*consent.starts, *consent.proposed)))
    consent.ever |= consent.stance is Stance.AGREED


def _without_refused(clauses: list[Clause], consent: Consent, evidence: CallEvidence) -> list[Clause]:
    """The clauses but those that turn one of several offered times down, which then leaves the table."""
    if not consent.pending or len(consent.table) < 2:
        return clauses
    words = evidence.words
    refusing = [
        clause
        for clause in clauses
        if clause.times.clocks
        and (_doubts(clause, evidence) or words.found("no", words.unsaid("reassures", clause.text)))
    ]
    refused = {clock for clause in refusing for clock in clause.times.clocks}
    left = [t for t in consent.table if not any(clock.fits(t.clock.minutes) for clock in refused)]
    if not left or len(left) == len(consent.table):
        return clauses
    consent.table = tuple(left)
    return [clause for clause in clauses if clause not in refusing]


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
    return gone_by or born or any(evidence.words.found(m, clause.text) for m in ("aside_caller", "finishing"))


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


def _mood(speech: Speech, consent: Consent, evidence: CallEvidence) -> str:
    """`yes`, `no`, `undecided`, `hedged`, `question` or `neutral`: what was said last counts.

    After a plain yes, or the offered time on its own, a mere hedge ("perhaps a minute early") is no doubt. What had
    been agreed to before and was only said once more is doubted by a plain no alone.
    """
    words = evidence.words
    first = speech.clauses[0] if speech.clauses else None
    settled = consent.restated or (first is not None and _names_tabled_alone(first, consent, evidence))
    firm = settled or words.found("firm_yes", speech.text)
    heard = [
        (place * 10_000 + at, rank, mood, clause)
        for place, clause in enumerate(speech.clauses)
        for at, rank, mood in _moods_of(clause, place, firm, consent, evidence)
    ]
    spoken = speech.clauses
    if any(mood == "yes" for _, _, mood, _ in heard) or _picked(speech, consent, evidence) is not None:
        spoken = tuple(clause for clause in spoken if _is_meant(clause, consent, evidence))
        heard = [each for each in heard if each[2] == "yes" or each[3] in spoken]
    last = max(heard, key=lambda each: each[:2], default=None)
    if last is not None or settled:
        return last[2] if last is not None else "neutral"
    if any(clause.question for clause in spoken):
        return "question"
    return "no" if any(_doubts(clause, evidence) for clause in spoken) else "neutral"


def _moods_of(
    clause: Clause, place: int, firm: bool, consent: Consent, evidence: CallEvidence
) -> Iterator[tuple[int, int, str]]:
    """Where in a clause which mood is heard, and its rank where two end at one place."""
    words = evidence.words
    asks = clause.question and not words.found("firm_yes", clause.text)
    if asks and words.found("requests", clause.text):
        yield len(clause.text), len(_MOODS), "yes"
    if place and _names_tabled_alone(clause, consent, evidence):
        yield 0, -1, "yes"
    reassured = words.unsaid("reassures", clause.text)
    for rank, (meaning, mood) in enumerate(_MOODS):
        if (mood == "yes" and asks) or (meaning == "hedges" and firm):
            continue
        text = clause.text if mood == "yes" else reassured
        end = words.end_of(meaning, text)
        if end is not None:
            yield end + len(clause.text) - len(text), rank, mood


def _doubts(clause: Clause, evidence: CallEvidence) -> bool:
    return evidence.words.found("doubt", evidence.words.unsaid("reassures", clause.text))


def _names_tabled_alone(clause: Clause, consent: Consent, evidence: CallEvidence) -> bool:
    """Whether a clause, or its part before the first comma, is an offered time and nothing else ("eleven, please")."""
    rest = clause.times.rest.partition(",")[0]
    return (
        consent.pending
        and not clause.question
        and any(_tabled(SpokenStart(None, clock), consent) for clock in clause.times.clocks)
        and evidence.words.bare(rest, 1)
        and not any(evidence.words.found(meaning, rest) for meaning in ("no", "undecided", "doubt"))
    )


def _is_meant(clause: Clause, consent: Consent, evidence: CallEvidence) -> bool:
    """Whether the times and days of a clause are wanted or offered ones; else they only come up ("bowls is at two")."""
    words, times = evidence.words, clause.times
    if not times.clocks and not times.days:
        return True
    settled = consent.stance is Stance.AGREED and not consent.pending
    if settled and (consent.name_asked or consent.number_asked or consent.asked_other):
        return words.found("changes", clause.text)
    tabled = any(_tabled(start, consent) for start in _starts([clause], consent))
    if not times.clocks:
        tabled = _on_table(list(times.days), consent)
    return (tabled and not settled) or words.bare(times.rest) or _is_wished(clause, evidence)


def _is_wished(clause: Clause, evidence: CallEvidence) -> bool:
    """Whether a time is asked for, ordered or changed to, or begins a clause that goes on with words of wishing."""
    words, rest = evidence.words, clause.times.rest
    if clause.question or any(
        words.found(m, clause.text) for m in ("order", "changes", "suggests", "counters")
    ):
        return True
    before, _, after = rest.partition("  ")
    return words.bare(before) and words.found("wishes", after)


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
    if consent.pending and mood in _UNSETTLED and on_table:
        consent.stance, consent.lightly = Stance.OPEN, mood in ("hedged", "question")
        return
    if consent.pending and mood == "no" and on_table:
        consent.stance = Stance.OPEN
        others = tuple(start for start in starts if not _tabled(start, consent))
        if others:
            consent.starts, consent.stance = others, Stance.WISHED
        return
    if not on_table and (
        _only_mentioned(speech, consent, evidence)
        or _spells_name(speech, consent, evidence)
        or (mood == "yes" and _only_echoed(speech, consent, evidence))
    ):
        _replied(speech, "yes" if consent.pending else "neutral", consent, evidence)
        return
    consent.relative = False
    consent.countered = not on_table and any(
        evidence.words.found(meaning, speech.text) for meaning in ("counters", "changes", "order")
    )
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


def _only_echoed(speech: Speech, consent: Consent, evidence: CallEvidence) -> bool:
    """Whether times are only repeated as a question ("quarter past two?") before an offer is taken."""
    timed = [clause for clause in speech.clauses if clause.times.clocks]
    return consent.pending and all(c.question and evidence.words.bare(c.times.rest) for c in timed)


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
    elif mood in _UNSETTLED or (mood == "no" and _refuses_offer(speech, consent, evidence)):
        consent.stance, consent.lightly = Stance.OPEN, mood in ("hedged", "question")
    elif consent.stance is not Stance.OPEN or mood == "yes" or _settles(speech, consent, evidence):
        consent.starts, consent.stance, consent.pending = consent.table, Stance.AGREED, False


def _refuses_offer(speech: Speech, consent: Consent, evidence: CallEvidence) -> bool:
    """Whether a no is one to what was offered: nothing else was asked, or it comes with a reason ("zu teuer, nein")."""
    return not consent.asked_other or any(_doubts(clause, evidence) for clause in speech.clauses)


def _settles(speech: Speech, consent: Consent, evidence: CallEvidence) -> bool:
    """Whether a plain reply ends what was open: a name, an answer to the question put again, more than an "I see".

    The last counts only where the caller had merely asked or hedged, and so refused nothing.
    """
    if consent.name_asked or consent.asked_again:
        return True
    return consent.lightly and not evidence.words.found("acknowledges", speech.text)


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
