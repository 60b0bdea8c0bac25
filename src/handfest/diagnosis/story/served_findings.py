"""What went wrong in a call of ours, by its own trace: rules over the recorded steps, none over words.

What the trace cannot tell (what was spoken, who was silent) the audit of the ended call adds.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from handfest.model.turn import Step, TurnRecord

SLOW_MS = 3000.0
"""From here on a caller hears that a tool is slow (HF416)."""

_FAILURES = {
    "calendar_timed_out": "timeout",
    "calendar_outcome_unknown": "timeout",
    "calendar_unauthorised": "unauthorized",
    "calendar_rate_limited": "rate_limited",
    "calendar_unreachable": "server_error",
}
"""Our codes in the words of the audit, so that served and exported calls are counted together."""

_WORDS: dict[str, dict[str, str]] = tomllib.loads(
    files("handfest.diagnosis.story").joinpath("served_evidence.toml").read_text("utf-8")
)
_ASKED_SERVICE = frozenset({"service_unknown", "service_ambiguous"})


@dataclass(frozen=True, slots=True)
class NumberedStep:
    """A step with its place in the call: 1, 2, ... over all turns, and the turn it belongs to."""

    number: int
    turn: TurnRecord
    step: Step


@dataclass(frozen=True, slots=True)
class ServedFinding:
    """A finding of a served call. `steps` are the numbers of the steps that show it.

    `shown` names the sentence that says what they show, and `facts` are what stands in it.
    """

    id: str
    turn: int
    steps: tuple[int, ...]
    detail: str | None
    shown: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def evidence(self, language: str) -> str:
        """What shows it, in this language (de or en)."""
        return _WORDS[self.shown][language].format(**self.facts).strip()


def numbered(turns: Sequence[TurnRecord]) -> tuple[NumberedStep, ...]:
    """Every step of a call in order."""
    pairs = [(turn, step) for turn in turns for step in turn.steps]
    return tuple(NumberedStep(number, turn, step) for number, (turn, step) in enumerate(pairs, 1))


def served_findings(turns: Sequence[TurnRecord], *, done: bool, pinned: bool) -> tuple[ServedFinding, ...]:
    """The findings in order of the steps. `done`: the call has left a booking, change or cancellation."""
    steps = numbered(turns)
    found = [finding for step in steps for finding in _of_step(step)]
    found += [finding for turn in turns for finding in _slow(turn, steps)]
    if not done:
        found += _unsettled_questions(steps, pinned=pinned)
    first: dict[tuple[str, str | None], ServedFinding] = {}
    for finding in sorted(found, key=lambda one: (one.steps, one.id)):
        first.setdefault((finding.id, finding.detail), finding)
    return tuple(first.values())


def _of_step(at: NumberedStep) -> Iterator[ServedFinding]:
    facts = at.step.facts
    match at.step.name:
        case "mismatch":
            fields = ", ".join(map(str, facts.get("fields") or ()))
            yield _found(at, "HF401", "another_booked", fields, fields=fields)
        case "fault" if facts.get("code") == "tool_unknown":
            shown, told = _cause(facts)
            yield _found(at, "HF412", shown, **told)
        case "fault" | "calendar_failed" | "look_up_failed" | "outcome_unknown":
            code = str(facts.get("code"))
            if code != "offer_mismatch":  # the mismatch has its own step
                shown, told = _cause(facts)
                yield _found(at, "HF411", shown, _FAILURES.get(code, "unknown"), **told)
        case "hold_lost":
            yield _found(at, "HF417", "hold_lost", offer=facts.get("offer"))
        case "declined" if facts.get("code") == "slot_taken":
            why = facts.get("evidence")
            yield _found(at, "HF417", "taken" if why else "taken_unexplained", evidence=why)
        case "declined":
            yield _found(at, "HF418", "refused", code=facts.get("code"), evidence=facts.get("evidence") or "")
        case "heard":
            yield from _of_arguments(at)
        case "refused" if facts.get("code") == "time_past":
            yield _found(at, "HF408", "time_past")


def _of_arguments(at: NumberedStep) -> Iterator[ServedFinding]:
    arguments: dict[str, Any] = at.step.facts.get("arguments") or {}
    for name, value in arguments.items():
        if "{{" in str(value):
            yield _found(at, "HF413", "template_left", name=name, value=value)


def _slow(turn: TurnRecord, steps: Sequence[NumberedStep]) -> Iterator[ServedFinding]:
    if turn.took_ms <= SLOW_MS:
        return
    own = [one for one in steps if one.turn is turn]
    if not own:
        return
    calendar = sum(float(one.step.facts.get("calendar_ms", 0)) for one in own)
    took = {"tool": turn.tool, "seconds": f"{turn.took_ms / 1000:.1f}", "calendar": f"{calendar / 1000:.1f}"}
    yield ServedFinding("HF416", turn.number, (own[-1].number,), None, "slow", took)


def _unsettled_questions(steps: Sequence[NumberedStep], *, pinned: bool) -> Iterator[ServedFinding]:
    """Questions back are no failure, unless the call ended on them."""
    refused = [one for one in steps if one.step.name == "refused"]
    last = refused[-1] if refused else None
    if not pinned:
        open_service = [one for one in refused if one.step.facts.get("code") in _ASKED_SERVICE]
        for one in open_service[-1:]:
            unnamed = one.step.facts.get("sentence") == "service_unnamed"
            spoken = _last_fact(steps, one, "resolved", "spoken")
            yield (
                _found(one, "HF403", "unnamed") if unnamed else _found(one, "HF404", "unclear", spoken=spoken)
            )
    if last is not None and last.step.facts.get("code") == "customer_incomplete":
        yield _found(last, "HF418", "no_name")


def _last_fact(steps: Sequence[NumberedStep], until: NumberedStep, name: str, fact: str) -> Any:
    found = [one.step.facts.get(fact) for one in steps if one.step.name == name and one.number < until.number]
    return found[-1] if found else None


def _cause(facts: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """The sentence of a fault's code; in it the code itself, and what was said of it where something was."""
    code, cause = str(facts.get("code")), facts.get("cause")
    shown = code if code in _WORDS else "other_fault"
    return shown, {"told": f"{code}: {cause}" if cause else code}


def _found(
    at: NumberedStep, finding: str, shown: str, detail: str | None = None, **facts: object
) -> ServedFinding:
    return ServedFinding(finding, at.turn.number, (at.number,), detail, shown, facts)
