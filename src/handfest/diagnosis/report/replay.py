"""Replay: what recorded calls would come to under another catalogue.

A trace keeps what was asked, not who asked: names and numbers stand in for those that were never kept. Both catalogues
are played on equal terms in a world of their own, so that what differs is due to the catalogue and nothing else.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from whenever import Instant

from handfest.diagnosis.story.explain import DONE, Story
from handfest.model.turn import Envelope, ToolRequest, TurnRecord

_STAND_INS = {
    "name": "Erika Beispiel",
    "phone": "+493023125000",
    "email": "erika@example.org",
    "notes": "-",
}
_ASKING = frozenset({"service_ambiguous", "service_unknown", "time_unclear", "customer_incomplete"})
_ABOUT_BOOKINGS = frozenset({"find_appointments", "reschedule_appointment", "cancel_appointment"})


@dataclass(frozen=True, slots=True)
class Request:
    """One tool request of a recorded call, ready to be asked again at its moment.

    `offered` is the start that the offer id in it stood for; `record` the turn as it was served.
    """

    call_id: str
    at: Instant
    envelope: Envelope
    request: ToolRequest
    offered: Instant | None
    record: TurnRecord


@dataclass(frozen=True, slots=True)
class Replayed:
    """What one call came to: the reply codes in order, the outcome, and each appointment it left."""

    codes: tuple[str, ...]
    outcome: str
    appointments: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One call under both catalogues. `verdict`: books | fails | asks | changes | untold.

    `turn` is the first turn that is answered with another code, with both codes; None if only the appointment
    differs, which `fields` then name.
    """

    call_id: str
    started_at: Instant
    verdict: str
    turn: int | None
    before: str
    after: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replay:
    """All calls of a period under both catalogues; `same` counts those that nothing changes for."""

    calls: int
    same: int
    differences: tuple[Difference, ...]

    @property
    def verdicts(self) -> dict[str, int]:
        """How many calls of each verdict."""
        return dict(Counter(one.verdict for one in self.differences))

    @property
    def worse(self) -> bool:
        """Whether a call that was served would now fail or be asked back."""
        return any(one.verdict in ("fails", "asks") for one in self.differences)


def requests_of(stories: Iterable[Story]) -> tuple[Request, ...]:
    """The requests of all calls in the order in which they came."""
    found = [_request(story, turn) for story in stories for turn in story.turns]
    return tuple(sorted((one for one in found if one is not None), key=lambda one: (one.at, one.call_id)))


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
    offered = starts.get(str(arguments.get("offer", "")))
    request = ToolRequest(turn.tool, arguments, str(heard.get("spelled") or turn.tool))
    return Request(call.id, turn.at, envelope, request, offered, turn)


def _stand_in(name: str, value: Any) -> Any:
    if value == "[empty]":
        return ""
    return _STAND_INS.get(name, "-") if value == "[given]" else value


def replayed(story: Story | None) -> Replayed:
    """What a played call came to; None where it called no tool."""
    if story is None:
        return Replayed((), "not_booked", ())
    left = tuple(
        {
            "service_id": row.service_id,
            "start": row.local_start.format_iso().split("[")[0],
            "duration_min": row.duration_min,
            "event_type": row.binding,
            "staff": row.staff_name,
            "price": row.price,
        }
        for row in story.bookings
        if row.state.value == "booked"
    )
    return Replayed(tuple(turn.code for turn in story.turns), story.outcome, left)


def difference(story: Story, before: Replayed, after: Replayed) -> Difference | None:
    """How a call differs under the two catalogues; None where it does not."""
    if before == after:
        return None
    pairs = zip(before.codes, after.codes, strict=False)
    turn = next((number for number, (old, new) in enumerate(pairs) if old != new), None)
    return Difference(
        call_id=story.call.id,
        started_at=story.call.started_at,
        verdict=_verdict(story, before, after, turn),
        turn=None if turn is None else turn + 1,
        before=before.outcome if turn is None else before.codes[turn],
        after=after.outcome if turn is None else after.codes[turn],
        fields=_fields(before, after),
    )


def _verdict(story: Story, before: Replayed, after: Replayed, turn: int | None) -> str:
    if turn is not None and _about_earlier(story.turns[turn], before.codes[turn], after.codes[turn]):
        return "untold"
    if before.outcome not in DONE and after.outcome in DONE:
        return "books"
    asks = turn is not None and after.codes[turn] in _ASKING
    if before.outcome in DONE and after.outcome not in DONE:
        return "asks" if asks else "fails"
    return "asks" if asks else "changes"


def _about_earlier(recorded: TurnRecord, before: str, after: str) -> bool:
    """Whether a turn is about an appointment from before the period, which is not in this world."""
    found = recorded.tool in _ABOUT_BOOKINGS and recorded.code in DONE
    return found and "booking_not_found" in (before, after)


def _fields(before: Replayed, after: Replayed) -> tuple[str, ...]:
    pairs = zip(before.appointments, after.appointments, strict=False)
    return tuple(
        f"{name}: {old[name]} -> {new[name]}" for old, new in pairs for name in old if old[name] != new[name]
    )


def replay_data(replay: Replay) -> dict[str, Any]:
    """The replay as plain JSON."""
    rows = [
        {
            "call_id": one.call_id,
            "started_at": one.started_at.format_iso(),
            "verdict": one.verdict,
            "turn": one.turn,
            "before": one.before,
            "after": one.after,
            "fields": list(one.fields),
        }
        for one in replay.differences
    ]
    return {"calls": replay.calls, "same": replay.same, "verdicts": replay.verdicts, "differences": rows}
