"""The story as a timeline: who did what at which millisecond, and how long each offer was open.

An offer is a bracket: it opens when it is held and closes when it is booked or let go of.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from whenever import Instant

from handfest.diagnosis.story.explain import Story, words_of
from handfest.diagnosis.story.facts import FactReader
from handfest.diagnosis.story.plain_facts import PlainFacts
from handfest.diagnosis.story.served_findings import NumberedStep, numbered
from handfest.diagnosis.story.timeline_words import TimelineWords
from handfest.model.turn import TurnRecord


class Lane(StrEnum):
    """Whose act it was."""

    CALLER = "caller"
    AGENT = "agent"
    TOOL = "tool"
    GATEWAY = "gateway"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline. `step` is the number of the step it tells, None for what is said.

    `opens` are the offers made here, `closes` those that end here; `booked` says that one ends as a booking.
    """

    at_s: float
    lane: Lane
    text: str
    turn: int
    step: int | None = None
    opens: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    booked: bool = False
    bad: bool = False


_BAD = frozenset({"mismatch", "calendar_failed", "look_up_failed", "outcome_unknown", "fault", "hold_lost"})


@dataclass(frozen=True, slots=True)
class _Teller:
    """Puts what happened into the words of one language, with facts as one reader reads them."""

    words: TimelineWords
    reader: FactReader

    def say(self, line: str, **facts: str) -> str:
        """The line of this name."""
        return self.words.say(line, facts)

    def told(self, line: str, facts: Mapping[str, Any]) -> str:
        """The line of this name with the facts of a step."""
        return self.words.say(line, self.reader.of(facts))


def timeline(story: Story, language: str = "en", reader: FactReader | None = None) -> tuple[Event, ...]:
    """Every event worth a line, in order, in this language (de or en); without a reader with ids and codes."""
    teller = _Teller(TimelineWords(language), reader or PlainFacts(language))
    steps = numbered(story.turns)
    events: list[Event] = []
    for turn in story.turns:
        own = [one for one in steps if one.turn is turn]
        for name, alike in groupby(own, key=lambda one: one.step.name):
            if name == "lost_to_another_caller":
                events.append(_lost(story, list(alike), teller))
            else:
                events.extend(event for one in alike for event in _of_step(story, one, teller))
        at_s = round(story.at_s(turn) + turn.took_ms / 1000, 3)
        code = teller.reader.code(turn.code)
        said = teller.say("answered", code=code, say=str(turn.reply.get("say") or ""))
        events.append(Event(at_s, Lane.AGENT, said, turn.number))
    events = sorted([*events, *_words(story, teller)], key=lambda event: event.at_s)
    if story.call.ended_at is not None and events:
        # The platform's seconds and ours run on two clocks; the end is never before the last word.
        at_s = max(events[-1].at_s, round((story.call.ended_at - story.began).total("seconds"), 3))
        still = tuple(_open_at_end(events))
        why = story.call.end_reason
        told = teller.say("ended_why", why=teller.words.name(why)) if why else teller.say("ended")
        lane = Lane.AGENT if why == "agent_hangup" else Lane.CALLER
        events.append(Event(at_s, lane, told, events[-1].turn, closes=still))
    return tuple(events)


def _lost(story: Story, alike: list[NumberedStep], teller: _Teller) -> Event:
    """Starts that other callers had been quicker to take, in one line: there may be a dozen in a row."""
    first = alike[0]
    zone = story.offers[0].zone if story.offers else "UTC"
    starts = [Instant.parse_iso(str(one.step.facts["start"])).to_tz(zone) for one in alike]
    at_s = round(story.at_s(first.turn) + first.step.at_ms / 1000, 3)
    told = teller.say("lost_to_another_caller", times=teller.reader.starts(starts))
    return Event(at_s, Lane.GATEWAY, told, first.turn.number, first.number)


def _words(story: Story, teller: _Teller) -> Iterator[Event]:
    """What was said, where the (redacted) transcript is kept; our own tools have their events already."""
    lanes = {"agent": Lane.AGENT, "caller": Lane.CALLER}
    notes = story.call.audited.notes if story.call.audited is not None else ()
    accused = {note.at_s for note in notes if words_of(note, story) is not None}
    for line in story.transcript.lines if story.transcript is not None else ():
        if line.who in lanes and line.at_s is not None:
            bad = line.who == "agent" and line.at_s in accused
            yield Event(line.at_s, lanes[line.who], teller.say("said", text=line.text), 0, bad=bad)


def _open_at_end(events: list[Event]) -> list[str]:
    opened = [name for event in events for name in event.opens]
    closed = {name for event in events for name in event.closes}
    return [name for name in opened if name not in closed]


def _of_step(story: Story, one: NumberedStep, teller: _Teller) -> Iterator[Event]:
    step, turn = one.step, one.turn
    at_s = round(story.at_s(turn) + step.at_ms / 1000, 3)
    facts = step.facts
    if step.name == "resolved" and facts.get("spoken"):
        said = teller.say("said", text=str(facts["spoken"]))
        yield Event(at_s, Lane.CALLER, said, turn.number, one.number)
    told = _told(step.name, facts, turn, teller)
    if told is None:
        return
    lane, text = told
    yield Event(
        at_s,
        lane,
        text,
        turn.number,
        one.number,
        opens=(str(facts["offer"]),) if step.name == "offered" else (),
        closes=_closes(step.name, facts),
        booked=step.name in ("booked", "changed"),
        bad=step.name in _BAD,
    )


def _closes(name: str, facts: dict[str, Any]) -> tuple[str, ...]:
    if name == "released":
        return tuple(map(str, facts.get("offers") or ()))
    return (str(facts["offer"]),) if name in ("booked", "changed", "hold_lost") and facts.get("offer") else ()


_CALENDAR = frozenset(
    {
        "slots",
        "booked",
        "changed",
        "cancelled",
        "calendar_failed",
        "look_up_failed",
        "outcome_unknown",
        "declined",
    }
)
_OWN_LINE = frozenset(
    {"resolved", "pinned", "offered", "intent", "not_free", "asked_time_not_free", "hold_lost", "refused"}
    | {"not_offered_before"}
)
"""Steps of the gateway whose line has their name; any other is told by its name and what is worth knowing."""
_SILENT = frozenset({"answered", "understood", "customer_unclear", "services", "hours", "found"})


def _told(name: str, facts: dict[str, Any], turn: TurnRecord, teller: _Teller) -> tuple[Lane, str] | None:
    """Whose line a step stands in and in which words; None for steps that need no line."""
    if name in _SILENT:
        return None
    if name in _CALENDAR:
        return Lane.CALENDAR, teller.told(name, facts)
    match name:
        case "heard":
            asked = teller.reader.asked(turn.tool, facts.get("spelled"), facts.get("arguments") or {})
            return Lane.TOOL, asked
        case "looked_up":
            return Lane.CALENDAR, teller.say("looked_up" if facts.get("found") else "looked_up_not_there")
        case "caller_has_not_answered":
            return Lane.CALLER, teller.told(name, facts)
        case _:
            return Lane.GATEWAY, _gateway(name, facts, teller)


def _gateway(name: str, facts: dict[str, Any], teller: _Teller) -> str:
    shown = teller.reader.of(facts)
    match name:
        case "released":
            state = teller.words.name(str(facts.get("state", "released")))
            return teller.say(name, state=state, offers=shown["offers"])
        case "letter_written":
            ways = str(facts.get("ways") or "").split(", ")
            return teller.say(name, ways=", ".join(map(teller.words.name, ways)))
        case "mismatch":
            return teller.words.say("mismatch_stays" if shown["undoing_failed"] else name, shown)
        case _ if name in _OWN_LINE:
            return teller.words.say(name, shown)
        case _:
            rest = shown["rest"]
            return teller.say("other" if rest else "other_bare", name=teller.words.name(name), rest=rest)


class Mark(StrEnum):
    """What a bracket looks like beside one event."""

    NONE = "none"
    OPENS = "opens"
    OPEN = "open"
    BOOKED = "booked"
    LET_GO = "gone"


def brackets(events: tuple[Event, ...]) -> tuple[tuple[Mark, ...], ...]:
    """For each event the marks of the bracket columns; an offer keeps its column while it is open."""
    columns = _columns(events)
    width = max(columns.values(), default=-1) + 1
    open_now: set[str] = set()
    rows = []
    for event in events:
        marks = [Mark.NONE] * width
        for name in open_now:
            marks[columns[name]] = Mark.OPEN
        for name in open_now.intersection(event.closes):
            marks[columns[name]] = Mark.BOOKED if event.booked else Mark.LET_GO
        open_now -= set(event.closes)
        for name in event.opens:
            marks[columns[name]] = Mark.OPENS
        open_now |= set(event.opens)
        rows.append(tuple(marks))
    return tuple(rows)


def _columns(events: tuple[Event, ...]) -> dict[str, int]:
    """For each offer the leftmost column that is free while it is open."""
    columns: dict[str, int] = {}
    busy: set[int] = set()
    for event in events:
        busy -= {columns[name] for name in event.closes if name in columns}
        for name in event.opens:
            columns[name] = next(column for column in range(len(busy) + 1) if column not in busy)
            busy.add(columns[name])
    return columns
