"""What the agent said about free and taken times, and whether any answer of a tool said so (HF407)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from handfest.diagnosis.audit.evidence import CallEvidence, Clause, Speech
from handfest.diagnosis.audit.looked_up import looked_up_before
from handfest.diagnosis.hearing.done_words import stated_action
from handfest.diagnosis.hearing.spoken_time import Clock, Day, Part, Stated, exact, has_number
from handfest.diagnosis.recording.answer import spoken_part
from handfest.diagnosis.recording.audit_catalogue import folded
from handfest.diagnosis.recording.tool_use import CHANGING, ToolUse
from handfest.diagnosis.recording.tool_words import ToolKind

_REFUSALS = ("taken", "rule", "date")
_ABOUT_ELSE = ("aside", "other_things", "lookup", "supposes")
_QUOTE = 12
"""Letters and digits from which on the same words are no coincidence."""


@dataclass(frozen=True, slots=True)
class AvailabilityClaim:
    """One statement: `free` or not, of a time of day, a day, a part of it, or what was last talked about.

    `vague`: what it is about cannot be told: a number was said that could not be read as a time, or it is what an
    answer left over ("nothing else"). `loose`: the words only roughly say so; no answer may then say anything about
    it at all.
    """

    free: bool
    clock: Clock | None
    days: tuple[Day, ...]
    parts: tuple[Part, ...]
    vague: bool = False
    loose: bool = False


def spoken_claims(evidence: CallEvidence) -> Iterator[tuple[Speech, Clause, list[AvailabilityClaim]]]:
    """What the agent said about free times, clause by clause; a day said before holds until another is said.

    Days in an aside ("on Sundays we are closed") are not what the talk is about, and what directly follows a
    booking, change or cancellation that worked tells its outcome.
    """
    heard: list[Clock] = []
    wished = False
    day: tuple[Day, ...] = ()
    for speech in evidence.speeches:
        about = [c for c in speech.clauses if not (speech.of_agent and evidence.words.found("aside", c.text))]
        days = tuple(each for clause in about for each in clause.times.days)
        if not speech.of_agent:
            heard += [clock for clause in speech.clauses for clock in clause.times.clocks]
            wished |= any(clause.times.any for clause in speech.clauses)
        elif not _tells_outcome(speech, evidence):
            for clause in speech.clauses:
                claims = claims_in(clause, _days_meant(clause, days, day), heard, wished, evidence)
                if claims and _can_be_about(clause, speech, evidence):
                    yield speech, clause, claims
        day = days[-1:] or day


def _can_be_about(clause: Clause, speech: Speech, evidence: CallEvidence) -> bool:
    """Whether words that may mean a shop or a person as well ("open", "in") are said of appointments."""
    plain = evidence.words.found("plainly_free", clause.text)
    return plain or evidence.about_appointments(speech.index)


def unfounded(
    claims: list[AvailabilityClaim], clause: Clause, speech: Speech, evidence: CallEvidence
) -> list[AvailabilityClaim]:
    """Those of a clause's claims that no answer stands behind; none where it repeats an answer word for word."""
    if quotes_answer(clause, speech, evidence):
        return []
    return [claim for claim in claims if not is_founded(claim, speech.index, evidence)]


def quotes_answer(clause: Clause, speech: Speech, evidence: CallEvidence) -> bool:
    """Whether a clause says word for word what an answer of a tool had put in the agent's mouth."""
    said = folded(clause.text)
    return len(said) >= _QUOTE and any(
        use.result is not None and said in folded(spoken_part(use.result.content))
        for use in evidence.answered_before(speech.index)
    )


def _days_meant(clause: Clause, said: tuple[Day, ...], before: tuple[Day, ...]) -> tuple[Day, ...]:
    """The days that a time without a day of its own, or a clause without a time, may be about."""
    own = clause.times.days
    return own if own and not clause.times.stated else (*own, *said, *before)


def _tells_outcome(speech: Speech, evidence: CallEvidence) -> bool:
    """Whether an utterance follows a change that worked, before the caller says anything."""
    last = max((s.index for s in evidence.speeches if not s.of_agent and s.index < speech.index), default=-1)
    asked = [use for use in evidence.uses if use.request.index < speech.index]
    done = asked[-1] if asked else None
    return (
        done is not None
        and done.kind in CHANGING
        and done.succeeded
        and last < done.result_index < speech.index
    )


def claims_in(
    clause: Clause, days: tuple[Day, ...], heard: Iterable[Clock], wished: bool, evidence: CallEvidence
) -> list[AvailabilityClaim]:
    """The availability claims of one clause; `heard` are the caller's times, `wished` if there are any."""
    words, text = evidence.words, clause.text
    if words.found("clarifying", text) and not words.found("strong_free", text):
        return []
    if any(words.found(meaning, text) for meaning in _ABOUT_ELSE) or _is_done(text, evidence):
        return []
    if not clause.times.any and words.found("other_subject", text):
        return []
    still_free = words.found("not_taken", text)
    if _tells_hours(clause, evidence) or _tells_end(text, evidence):
        return []
    if words.found("not_free", text) and not still_free:
        claims = _negative(clause, days, wished, evidence)
    elif words.found("loosely_not_free", text) and not still_free:
        claims = [replace(claim, loose=True) for claim in _negative(clause, days, wished, evidence)]
    elif words.found("checking", text):
        claims = []
    else:
        claims = _positive(clause, days, tuple(heard), wished, evidence, still_free=still_free)
    return [replace(claim, vague=True) for claim in claims] if clause.times.unread else claims


def _tells_hours(clause: Clause, evidence: CallEvidence) -> bool:
    """Whether a stretch of time is one in which a place is open or manned: nothing in it speaks of appointments."""
    words, text = evidence.words, clause.text
    bounded = words.found("span", text) or any(clock.limit for clock in clause.times.clocks)
    return bounded and words.found("hours_words", text) and not words.found("of_appointments", text)


def _tells_end(text: str, evidence: CallEvidence) -> bool:
    """Whether a clause only says when an appointment will be over ("with the 11:30 you'd be out by noon")."""
    words = evidence.words
    return words.found("finishing", text) and not words.found("strong_free", text)


def _positive(
    clause: Clause,
    days: tuple[Day, ...],
    heard: tuple[Clock, ...],
    wished: bool,
    evidence: CallEvidence,
    *,
    still_free: bool,
) -> list[AvailabilityClaim]:
    """What a clause offers; a no in it turns the words for free around, and excuses everything else."""
    words, text = evidence.words, clause.text
    strong = words.found("strong_free", text) or still_free
    if words.found("suggests", text) or (clause.asks and not strong):
        return _proposed(clause, days, heard, evidence)
    if words.found("recap", text) and not strong:
        return []
    refused = not still_free and _refused(clause, evidence)
    if clause.times.clocks and (still_free or words.found("free", text)):
        claims = _of_clocks(not refused, clause, days, evidence)
        return [replace(claim, loose=True) for claim in claims] if refused else claims
    if refused:
        return []
    costs_nothing = not clause.times.any and evidence.service_in(text) is not None
    if strong and (wished or clause.times.any) and not clause.asks and not costs_nothing:
        return [AvailabilityClaim(True, None, clause.times.days, clause.times.parts)]
    return _listed(clause, days, heard, evidence)


def _refused(clause: Clause, evidence: CallEvidence) -> bool:
    """Whether a no stands in the part of the clause, between commas, that names its first time, or its words."""
    words = evidence.words
    parts = clause.text.split(", ")
    timed = [part for part in parts if has_number(part, evidence.reading.language)] or parts
    return words.found("negation", timed[0])


def _listed(
    clause: Clause, days: tuple[Day, ...], heard: tuple[Clock, ...], evidence: CallEvidence
) -> list[AvailabilityClaim]:
    """Several times in a row that the caller had not said are a choice, whatever the words around them."""
    if evidence.words.found("stretch", clause.text):
        return []
    named = [
        each for each in clause.times.stated if each.clock.limit is None and not _said(each.clock, heard)
    ]
    several = len({each.clock for each in named}) > 1
    return [replace(_of_time(True, each, days), loose=True) for each in named if several]


def _said(clock: Clock, heard: Iterable[Clock]) -> bool:
    return any(clock.fits(known.minutes) or known.fits(clock.minutes) for known in heard)


def _of_clocks(
    free: bool, clause: Clause, days: tuple[Day, ...], evidence: CallEvidence
) -> list[AvailabilityClaim]:
    """One claim a time of day, or one about the stretch that two times, `from` or `until` mark off."""
    words, stated = evidence.words, clause.times.stated
    if words.found("corrects_itself", clause.text):
        stated = stated[-1:]
    clocks = tuple(dict.fromkeys(each.clock for each in stated))
    first, last = clocks[0].minutes, clocks[-1].minutes
    if len(clocks) == 2 and words.found("span", clause.text):
        return [AvailabilityClaim(free, None, days, (Part(first, max(last, first + 1)),))]
    limit = clocks[0].limit if len(clocks) == 1 else None
    if len(clocks) == 1 and (limit == "from" or words.found("from_on", clause.text)):
        return [AvailabilityClaim(free, None, days, (Part(first if free else first + 1, 24 * 60),))]
    if len(clocks) == 1 and (limit == "to" or words.found("up_to", clause.text)):
        return [AvailabilityClaim(free, None, days, (Part(0, last),))]
    return [_of_time(free, each, days) for each in exact(stated)]


def _of_time(free: bool, stated: Stated, days: tuple[Day, ...]) -> AvailabilityClaim:
    """A claim about one time on its own day, where it was said with one, else on any of these."""
    return AvailabilityClaim(free, stated.clock, days if stated.day is None else (stated.day,), ())


def _is_done(text: str, evidence: CallEvidence) -> bool:
    return not evidence.words.found("fully_booked", text) and stated_action(text, evidence.words) is not None


def _negative(
    clause: Clause, days: tuple[Day, ...], wished: bool, evidence: CallEvidence
) -> list[AvailabilityClaim]:
    words, text = evidence.words, clause.text
    strong = words.found("strong_not_free", text)
    if words.found("book_failed", text) and not strong:
        return []
    if words.found("checking", text) and not strong:
        return []
    if clause.times.clocks:
        claims = _of_clocks(False, clause, days, evidence)
        # Several times in one breath: some may be what is offered instead ("ten has gone eleven is left").
        return [replace(claim, loose=True) for claim in claims] if len(claims) > 1 else claims
    if clause.times.any or (strong and wished and not clause.asks):
        unclear = (
            has_number(text, evidence.reading.language)
            or not words.found("names_slots", text)
            or words.found("the_rest", text)
        )
        vague = (not clause.times.any and unclear) or words.found("all_else", text)
        return [AvailabilityClaim(False, None, clause.times.days, clause.times.parts, vague)]
    return []


def _proposed(
    clause: Clause, days: tuple[Day, ...], heard: tuple[Clock, ...], evidence: CallEvidence
) -> list[AvailabilityClaim]:
    """A question that puts a concrete time forward which the caller had not said."""
    words, text = evidence.words, clause.text
    named = [each for each in exact(clause.times.stated) if not _said(each.clock, heard)]
    asks_wish = words.found("preference", text) and not words.found("proposes", text)
    if asks_wish or words.found("recap", text):
        return []
    return [_of_time(True, each, days) for each in named]


def is_founded(claim: AvailabilityClaim, index: int, evidence: CallEvidence) -> bool:
    """Whether some answer that had arrived before says the same."""
    if claim.clock is not None and looked_up_before(index, (claim.clock,), evidence):
        return True
    if claim.clock is not None and claim.free and _ends_appointment(claim.clock, index, evidence):
        return True
    if claim.vague and any(_answered_well(use) for use in evidence.answered_before(index)):
        return True
    if claim.loose and not claim.free and is_founded(replace(claim, free=True), index, evidence):
        return True
    says = _says_free if claim.free else _says_not_free
    if any(says(claim, use, evidence) for use in evidence.answered_before(index)):
        return True
    return _names_nothing(claim) and any(
        says(claim, use, evidence) for use in _looked_at_once(index, evidence)
    )


def _names_nothing(claim: AvailabilityClaim) -> bool:
    """Whether "free" was said of no time, day or part of one."""
    return claim.free and claim.clock is None and not claim.days and not claim.parts


def _looked_at_once(index: int, evidence: CallEvidence) -> Iterator[ToolUse]:
    """The looks that follow an utterance before the caller says anything: nobody was led anywhere by it."""
    following = (s.index for s in evidence.speeches if not s.of_agent and s.index > index)
    heard = min(following, default=None)
    for use in evidence.uses:
        soon = index < use.request.index and (heard is None or use.request.index < heard)
        if soon and use.kind is ToolKind.AVAILABILITY:
            yield use


def _ends_appointment(clock: Clock, index: int, evidence: CallEvidence) -> bool:
    """Whether a time is when an appointment at an offered start would be over ("you'd be done by half past")."""
    return any(
        clock.fits((minutes + service.duration_min) % (24 * 60))
        for use in evidence.answered_before(index)
        for service in (use.answered_service or use.asked.service.resolved,)
        if service is not None and service.duration_min is not None
        for _, minutes in _free_walls(use, evidence)
    )


def _answered_well(use: ToolUse) -> bool:
    return use.kind is ToolKind.AVAILABILITY and not use.failed


def _days_fit(claim: AvailabilityClaim, day: date | None, use: ToolUse, evidence: CallEvidence) -> bool:
    """Whether a day of an answer is the one claimed; an answer to a wrong date (HF408) fits any."""
    if not claim.days or day is None or evidence.in_past_or_impossible(use):
        return True
    return any(each.fits(day) for each in claim.days)


def _free_walls(use: ToolUse, evidence: CallEvidence) -> list[tuple[date | None, int]]:
    """Local day and minute of every free start, as moments and as the figures were written."""
    walls: list[tuple[date | None, int]] = [evidence.reading.clock.wall(m) for m in use.times.free]
    if use.kind is not ToolKind.AVAILABILITY and use.succeeded and use.asked.start.moment is not None:
        walls.append(evidence.reading.clock.wall(use.asked.start.moment))
    return walls + list(use.times.digits)


def _says_free(claim: AvailabilityClaim, use: ToolUse, evidence: CallEvidence) -> bool:
    if use.unreadable:
        return True
    if use.times.yes and claim.clock is not None and use.asked.start.minutes is None and not use.times.listed:
        return True
    walls = [w for w in _free_walls(use, evidence) if _days_fit(claim, w[0], use, evidence)]
    if claim.clock is not None:
        clock = claim.clock
        return any(clock.fits(minutes) for _, minutes in walls) or _in_range(claim, clock, use, evidence)
    ranges = bool(use.times.ranges) and any(
        _days_fit(claim, d, use, evidence) for d in use.asked.days or (None,)
    )
    if claim.parts:
        return ranges or any(_in_parts(claim, minutes) for _, minutes in walls)
    return bool(walls) or ranges or (use.times.yes and not claim.days)


def _in_parts(claim: AvailabilityClaim, minutes: int) -> bool:
    return any(part.start <= minutes < part.end for part in claim.parts)


def _in_range(claim: AvailabilityClaim, clock: Clock, use: ToolUse, evidence: CallEvidence) -> bool:
    for begin, end in use.times.ranges:
        day, first = evidence.reading.clock.wall(begin)
        _, last = evidence.reading.clock.wall(end)
        readings = (clock.minutes, clock.other if clock.other is not None else clock.minutes)
        if _days_fit(claim, day, use, evidence) and any(first <= minutes < last for minutes in readings):
            return True
    return False


def _says_not_free(claim: AvailabilityClaim, use: ToolUse, evidence: CallEvidence) -> bool:
    if use.outcome is None:
        return False
    if use.unreadable:
        return True
    if use.failed and use.kind is not ToolKind.AVAILABILITY:
        return use.cause in _REFUSALS and _about_asked(claim, use, evidence)
    if use.failed and use.cause not in _REFUSALS:
        return False
    if use.kind is not ToolKind.AVAILABILITY and (
        use.succeeded or not use.times.listed | use.times.says_free
    ):
        return False
    refused = use.asked.start.moment is not None and not use.times.offers_start(use.asked.start.moment)
    if refused and claim.clock is not None and _about_asked(claim, use, evidence):
        return True
    taken = [evidence.reading.clock.wall(moment) for moment in use.times.taken]
    if claim.clock is not None and any(
        claim.clock.fits(m) and _days_fit(claim, d, use, evidence) for d, m in taken
    ):
        return True
    return _lacks(claim, use, evidence, refused=refused)


def _about_asked(claim: AvailabilityClaim, use: ToolUse, evidence: CallEvidence) -> bool:
    start = use.asked.start
    clock_fits = claim.clock is None or start.minutes is None or claim.clock.fits(start.minutes)
    return clock_fits and _days_fit(claim, start.day, use, evidence)


def _lacks(claim: AvailabilityClaim, use: ToolUse, evidence: CallEvidence, *, refused: bool) -> bool:
    """Whether an answer that listed a day lacks what the claim calls taken."""
    searched: tuple[date | None, ...] = (*use.asked.days, *sorted(use.times.complete)) or (None,)
    if not any(_days_fit(claim, day, use, evidence) for day in searched):
        return bool(len(use.asked.days) == 2 and claim.days and use.times.listed and _between(claim, use))
    open_question = use.asked.start.moment is None or use.times.listed
    walls = [
        (day, minutes)
        for day, minutes in map(evidence.reading.clock.wall, use.times.free)
        if _days_fit(claim, day, use, evidence)
    ]
    ranged = claim.clock is not None and _in_range(claim, claim.clock, use, evidence)
    if claim.clock is not None:
        clock = claim.clock
        lacking = not ranged and not any(clock.fits(minutes) for _, minutes in walls)
        return lacking and (open_question or use.times.nothing)
    if claim.parts:
        return not any(_in_parts(claim, minutes) for _, minutes in walls) and not use.times.ranges
    return refused or use.times.no or use.times.nothing or (not walls and not use.times.ranges)


def _between(claim: AvailabilityClaim, use: ToolUse) -> bool:
    first, last = use.asked.days
    return any(first <= day <= last for each in claim.days for day in each.dates)
