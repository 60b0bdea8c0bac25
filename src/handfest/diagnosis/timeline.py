"""The story as a timeline: who did what at which millisecond, and how long each offer was open.

An offer is a bracket: it opens when it is held and closes when it is booked or let go of.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from whenever import Instant

from handfest.diagnosis.explain import Story, words_of
from handfest.diagnosis.served_findings import NumberedStep, numbered
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


def timeline(story: Story) -> tuple[Event, ...]:
    """Every event worth a line, in order."""
    steps = numbered(story.turns)
    events: list[Event] = []
    for turn in story.turns:
        own = [one for one in steps if one.turn is turn]
        for name, alike in groupby(own, key=lambda one: one.step.name):
            if name == "lost_to_another_caller":
                events.append(_lost(story, list(alike)))
            else:
                events.extend(event for one in alike for event in _of_step(story, one))
        say = turn.reply.get("say")
        at_s = round(story.at_s(turn) + turn.took_ms / 1000, 3)
        events.append(Event(at_s, Lane.AGENT, f"{turn.code}, to say: “{say}”", turn.number))
    events = sorted([*events, *_words(story)], key=lambda event: event.at_s)
    if story.call.ended_at is not None and events:
        # The platform's seconds and ours run on two clocks; the end is never before the last word.
        at_s = max(events[-1].at_s, round((story.call.ended_at - story.began).total("seconds"), 3))
        still = tuple(_open_at_end(events))
        why = f" ({story.call.end_reason})" if story.call.end_reason else ""
        events.append(Event(at_s, Lane.CALLER, f"the call has ended{why}", events[-1].turn, closes=still))
    return tuple(events)


def _lost(story: Story, alike: list[NumberedStep]) -> Event:
    """Starts that other callers had been quicker to take, in one line: there may be a dozen in a row."""
    first = alike[0]
    zone = story.offers[0].zone if story.offers else "UTC"
    starts = (Instant.parse_iso(str(one.step.facts["start"])).to_tz(zone) for one in alike)
    by_day = groupby((local(start.format_iso()) for start in starts), key=lambda start: start[:10])
    told = "; ".join(f"{day} {', '.join(start[11:] for start in alike)}" for day, alike in by_day)
    at_s = round(story.at_s(first.turn) + first.step.at_ms / 1000, 3)
    return Event(at_s, Lane.GATEWAY, f"held by other callers: {told}", first.turn.number, first.number)


def _words(story: Story) -> Iterator[Event]:
    """What was said, where the (redacted) transcript is kept; our own tools have their events already."""
    lanes = {"agent": Lane.AGENT, "caller": Lane.CALLER}
    notes = story.call.audited.notes if story.call.audited is not None else ()
    accused = {note.at_s for note in notes if words_of(note, story) is not None}
    for line in story.transcript.lines if story.transcript is not None else ():
        if line.who in lanes and line.at_s is not None:
            bad = line.who == "agent" and line.at_s in accused
            yield Event(line.at_s, lanes[line.who], f"says “{line.text}”", 0, bad=bad)


def _open_at_end(events: list[Event]) -> list[str]:
    opened = [name for event in events for name in event.opens]
    closed = {name for event in events for name in event.closes}
    return [name for name in opened if name not in closed]


def _of_step(story: Story, one: NumberedStep) -> Iterator[Event]:
    step, turn = one.step, one.turn
    at_s = round(story.at_s(turn) + step.at_ms / 1000, 3)
    facts = step.facts
    if step.name == "resolved" and facts.get("spoken"):
        yield Event(at_s, Lane.CALLER, f"“{facts['spoken']}”", turn.number, one.number)
    told = _told(step.name, facts, turn)
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


def _told(name: str, facts: dict[str, Any], turn: TurnRecord) -> tuple[Lane, str] | None:
    """Whose line a step stands in and in which words; None for steps that need no line."""
    match name:
        case "heard":
            said = ", ".join(f"{key}: {value}" for key, value in (facts.get("arguments") or {}).items())
            return Lane.TOOL, f"{facts.get('spelled') or turn.tool} ({said})"
        case "slots":
            where = f"{facts.get('found')} free, {facts.get('calendar_ms')} ms ({facts.get('provider')})"
            return Lane.CALENDAR, f"looked for {appointment(facts, start=False)}: {where}"
        case "booked" | "changed":
            return Lane.CALENDAR, f"{name} {facts.get('offer')}: {appointment(facts)}, uid {facts.get('uid')}"
        case "cancelled" | "calendar_failed" | "look_up_failed" | "outcome_unknown" | "declined":
            return Lane.CALENDAR, f"{name.replace('_', ' ')}: {_rest(facts) or appointment(facts)}"
        case "looked_up":
            return Lane.CALENDAR, "looked up: the booking is there" if facts.get("found") else "not there yet"
        case "caller_has_not_answered":
            return Lane.CALLER, f"has not answered the offer {facts.get('offer')} yet"
        case "answered" | "understood" | "customer_unclear" | "services" | "hours" | "found":
            return None
        case _:
            return Lane.GATEWAY, _gateway(name, facts)


def _gateway(name: str, facts: dict[str, Any]) -> str:
    match name:
        case "resolved":
            return f"understood as {facts.get('service_id') or facts.get('result')}"
        case "pinned":
            return f"service {facts['service_id']} pinned, because: {facts['reason']}"
        case "offered":
            held = str(facts.get("held_until", "")).partition("T")[2][:8]
            return f"offers {facts['offer']}: {appointment(facts)}, held until {held}"
        case "released":
            return f"{facts.get('state', 'released')}: {', '.join(map(str, facts.get('offers') or ()))}"
        case "intent":
            return f"intent to book {facts.get('offer')}: {appointment(facts)}"
        case "letter_written":
            return f"confirmation on its way by {facts.get('ways')}"
        case "refused":
            return f"refused: {facts.get('code')}"
        case "asked_time_not_free":
            return f"{local(facts.get('start'))} is not free: {facts.get('why')}"
        case "not_offered_before":
            return "that time was never offered: verified and offered first"
        case _:
            return " ".join(part for part in (f"{name.replace('_', ' ')}:", _rest(facts)) if part)


def appointment(facts: dict[str, Any], *, start: bool = True) -> str:
    """Service, event type, minutes and start of a step, as far as it has them."""
    parts = [f"service {facts['service_id']}"] if facts.get("service_id") is not None else []
    if facts.get("binding") is not None:
        parts.append(f"event type {facts['binding']}")
    if facts.get("duration_min") is not None:
        parts.append(f"{facts['duration_min']} min")
    if start and facts.get("start"):
        parts.append(local(facts["start"]))
    return ", ".join(parts)


def local(moment: object) -> str:
    """The day and the minute of an ISO text."""
    return str(moment).split("[")[0].replace("T", " ")[:16]


def _rest(facts: dict[str, Any]) -> str:
    shown = ("code", "cause", "fields", "evidence", "offer", "state", "booking", "start", "callback")
    return ", ".join(f"{name} {facts[name]}" for name in shown if facts.get(name))


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
