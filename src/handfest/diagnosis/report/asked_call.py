"""A recorded call, ready to be asked again: its requests, and what the calendar said to them.

A trace keeps what was asked, not who asked: names and numbers stand in for those that were never kept.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from whenever import Instant

from handfest.diagnosis.story.explain import DONE, Story
from handfest.model.turn import Envelope, Step, ToolRequest, TurnRecord

STAND_INS = {
    "name": "Erika Beispiel",
    "phone": "+493023125000",
    "email": "erika@example.org",
    "notes": "-",
}
ABOUT_BOOKINGS = frozenset({"find_appointments", "reschedule_appointment", "cancel_appointment"})


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure of the calendar: `place` is on_read | before_write | after_write, `code` that of the fault."""

    place: str
    code: str


@dataclass(frozen=True, slots=True)
class Request:
    """One tool request of a recorded call, ready to be asked again at its moment.

    `offered` is the start that the offer id in it stood for. `failures`, `taken` and `free` are what the calendar said:
    how it failed, which starts were somebody's already, and which were free as far as the record has them (None where
    it was not asked). `about_earlier`: it was about an appointment, and that was found.
    """

    call_id: str
    at: Instant
    envelope: Envelope
    request: ToolRequest
    offered: Instant | None = None
    failures: tuple[Failure, ...] = ()
    taken: frozenset[Instant] = frozenset()
    free: frozenset[Instant] | None = None
    about_earlier: bool = False


@dataclass(frozen=True, slots=True)
class AskedCall:
    """One recorded call with its requests in order."""

    id: str
    started_at: Instant
    branch_id: str | None
    requests: tuple[Request, ...]


def asked_again(story: Story) -> AskedCall:
    """A call that handfest served."""
    found = (_request(story, turn) for turn in story.turns)
    requests = tuple(one for one in found if one is not None)
    return AskedCall(story.call.id, story.call.started_at, story.call.branch_id, requests)


def in_order(calls: Iterable[AskedCall]) -> tuple[Request, ...]:
    """The requests of all calls in the order in which they came."""
    found = [one for call in calls for one in call.requests]
    return tuple(sorted(found, key=lambda one: (one.at, one.call_id)))


def _request(story: Story, turn: TurnRecord) -> Request | None:
    heard = next((step.facts for step in turn.steps if step.name == "heard"), None)
    if heard is None:
        return None
    call = story.call
    arguments = {name: _stand_in(name, value) for name, value in (heard.get("arguments") or {}).items()}
    silent = any(step.name == "caller_has_not_answered" for step in turn.steps)
    envelope = Envelope(
        platform=call.platform,
        call_id=call.id,
        line_number=call.line,
        agent_id=call.agent_id,
        agent_version=call.agent_version,
        caller_number=call.caller_number,
        invocation_id=turn.key or f"turn-{turn.number}",
        caller_spoke_since_result=not silent,
        test=True,
    )
    starts = {offer.id: offer.start for offer in story.offers}
    return Request(
        call.id,
        turn.at,
        envelope,
        ToolRequest(turn.tool, arguments, str(heard.get("spelled") or turn.tool)),
        starts.get(str(arguments.get("offer", ""))),
        tuple(_failures(turn)),
        frozenset(_taken(story, turn)),
        _free(story, turn),
        turn.tool in ABOUT_BOOKINGS and turn.code in DONE,
    )


def _stand_in(name: str, value: Any) -> Any:
    if value == "[empty]":
        return ""
    return STAND_INS.get(name, "-") if value == "[given]" else value


def _failures(turn: TurnRecord) -> Iterator[Failure]:
    writing = any(step.name == "intent" for step in turn.steps)
    for step in turn.steps:
        code = str(step.facts.get("code"))
        if step.name == "outcome_unknown":
            yield Failure("after_write", code)
        elif step.name == "calendar_failed" and writing:
            yield Failure("before_write", code)
        elif step.name in ("calendar_failed", "fault", "look_up_failed"):
            yield Failure("on_read", code)


def _free(story: Story, turn: TurnRecord) -> frozenset[Instant] | None:
    """The starts that were offered until now: more the record does not keep."""
    asked = any(step.name == "slots" for step in turn.steps)
    offered = frozenset(offer.start for offer in story.offers if offer.turn <= turn.number)
    return offered if asked or offered else None


def _taken(story: Story, turn: TurnRecord) -> Iterator[Instant]:
    """The starts that were not free for no rule of the business: somebody else had them."""
    for step in turn.steps:
        start = _taken_start(story, step)
        if start is not None:
            yield start


def _taken_start(story: Story, step: Step) -> Instant | None:
    facts = step.facts
    match step.name:
        case "asked_time_not_free" if facts.get("why") == "taken":
            return Instant.parse_iso(str(facts["start"]).split("[")[0])
        case "hold_lost":
            return next((one.start for one in story.offers if one.id == facts.get("offer")), None)
        case "declined" if facts.get("code") == "slot_taken":
            return next((one.start for one in story.bookings if one.id == facts.get("booking")), None)
        case _:
            return None
