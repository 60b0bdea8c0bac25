"""Replay: what recorded calls would come to under another catalogue.

Both catalogues are played on equal terms in a world of their own, so that what differs is due to the catalogue and
nothing else. A call that handfest never served is held against its own record.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whenever import Instant

from handfest.diagnosis.report.asked_call import AskedCall, Request
from handfest.diagnosis.story.explain import DONE, Story

_ASKING = frozenset({"service_ambiguous", "service_unknown", "time_unclear", "customer_incomplete"})
_OFFERS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Replayed:
    """What one call came to: the reply codes in order, the outcome, each appointment it left, and what was offered."""

    codes: tuple[str, ...]
    outcome: str
    appointments: tuple[Mapping[str, Any], ...]
    offered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One call under both catalogues. `verdict`: books | fails | asks | changes | untold.

    `turn` is the first turn that is answered with another code, with both codes; None if only the appointment or the
    offers differ, which `fields` then name.
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
    offered = tuple(
        f"{offer.service_id} {offer.local_start.format_iso()[:16]} {offer.duration_min} min {offer.staff_name or ''}"
        for offer in story.offers
    )
    return Replayed(tuple(turn.code for turn in story.turns), story.outcome, left, offered)


def difference(call: AskedCall, before: Replayed, after: Replayed) -> Difference | None:
    """How a call differs under the two catalogues; None where it does not."""
    if before == after:
        return None
    pairs = zip(before.codes, after.codes, strict=False)
    turn = next((number for number, (old, new) in enumerate(pairs) if old != new), None)
    return Difference(
        call_id=call.id,
        started_at=call.started_at,
        verdict=_verdict(call, before, after, turn),
        turn=None if turn is None else turn + 1,
        before=before.outcome if turn is None else before.codes[turn],
        after=after.outcome if turn is None else after.codes[turn],
        fields=_fields(before, after),
    )


def against_record(call: AskedCall, recorded: Replayed, after: Replayed) -> Difference | None:
    """How a call that another gateway served would have ended with us; None where it ends the same.

    A booking that nobody had offered is asked back first, so that it counts as `asks`: the recorded caller never
    answered us.
    """
    last = after.codes[-1] if after.codes else "none"
    fields = _fields(recorded, after)
    if "booking_not_found" in after.codes and any(one.about_earlier for one in call.requests):
        verdict = "untold"
    elif (recorded.outcome in DONE) == (after.outcome in DONE):
        if not fields:
            return None
        verdict = "changes"
    elif after.outcome in DONE:
        verdict = "books"
    else:
        verdict = "asks" if last in _ASKING or last == "offered" else "fails"
    told = after.outcome if after.outcome in DONE else last
    return Difference(call.id, call.started_at, verdict, None, recorded.outcome, told, fields)


def _verdict(call: AskedCall, before: Replayed, after: Replayed, turn: int | None) -> str:
    if turn is not None and _about_earlier(call.requests[turn], before.codes[turn], after.codes[turn]):
        return "untold"
    if before.outcome not in DONE and after.outcome in DONE:
        return "books"
    asks = turn is not None and after.codes[turn] in _ASKING
    if before.outcome in DONE and after.outcome not in DONE:
        return "asks" if asks else "fails"
    return "asks" if asks else "changes"


def _about_earlier(asked: Request, before: str, after: str) -> bool:
    """Whether a turn is about an appointment from before the period, which is not in this world."""
    return asked.about_earlier and "booking_not_found" in (before, after)


def _fields(before: Replayed, after: Replayed) -> tuple[str, ...]:
    """What differs in the appointments, or in the offers where there is no appointment on either side."""
    pairs = zip(before.appointments, after.appointments, strict=False)
    found = tuple(
        f"{name}: {old[name]} -> {new[name]}" for old, new in pairs for name in old if old[name] != new[name]
    )
    if found or before.codes != after.codes:
        return found
    pairs_offered = dict.fromkeys(zip(before.offered, after.offered, strict=False))
    offers = [(old, new) for old, new in pairs_offered if old != new]
    return tuple(f"offered: {old.strip()} -> {new.strip()}" for old, new in offers[:_OFFERS_SHOWN])


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
