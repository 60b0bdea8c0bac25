"""What the agent committed itself to in a served call, and whether it was kept.

The same rules as the audit's (HF405, HF407), asked of every statement: one that an answer of ours had said before is
kept, one that nothing stood behind is broken.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from handfest.diagnosis.audit.availability_claim import spoken_claims, unfounded
from handfest.diagnosis.audit.evidence import CallEvidence
from handfest.diagnosis.audit.spoken_result import done_claims, succeeded_before
from handfest.diagnosis.recording.audit_catalogue import AuditCatalogue
from handfest.diagnosis.recording.recorded_call import (
    RecordedCall,
    Speaker,
    Step,
    ToolRequest,
    ToolResult,
    Utterance,
)
from handfest.diagnosis.story.explain import Story
from handfest.model.catalogue import Catalogue
from handfest.model.turn import TurnRecord

_SPEAKERS = {"agent": Speaker.AGENT, "caller": Speaker.CALLER}


@dataclass(frozen=True, slots=True)
class Commitment:
    """Words in one line of the transcript (its number there) that promise something, and whether that was true."""

    line: int
    words: str
    kept: bool


def commitments(story: Story, catalogue: Catalogue) -> tuple[Commitment, ...]:
    """Every commitment in the transcript of this call, in order; none where no transcript is kept."""
    steps, lines = _recorded(story)
    if not lines:
        return ()
    end = steps[-1].at_sec if steps else 0.0
    recorded = RecordedCall(story.call.id, story.began, end, None, False, steps)
    evidence = CallEvidence(recorded, AuditCatalogue.from_catalogue(catalogue))
    found = [*_done(evidence, lines), *_available(evidence, lines)]
    return tuple(sorted(found, key=lambda one: one.line))


def _recorded(story: Story) -> tuple[tuple[Step, ...], dict[int, int]]:
    """Words and tools as one recording, and for each utterance's place in it the line of the transcript."""
    turns = list(story.turns)
    steps: list[Step] = []
    lines: dict[int, int] = {}
    spoken = story.transcript.lines if story.transcript is not None else ()
    for number, line in enumerate(spoken):
        if line.who not in _SPEAKERS:
            continue
        while turns and line.at_s is not None and story.at_s(turns[0]) <= line.at_s:
            steps += _tool(story, turns.pop(0), len(steps))
        lines[len(steps)] = number
        at_s = line.at_s if line.at_s is not None else (steps[-1].at_sec if steps else 0.0)
        steps.append(Utterance(len(steps), _SPEAKERS[line.who], line.text, at_s))
    for turn in turns:
        steps += _tool(story, turn, len(steps))
    return tuple(steps), lines


def _tool(story: Story, turn: TurnRecord, place: int) -> list[Step]:
    heard = next((step.facts for step in turn.steps if step.name == "heard"), {})
    key, at_s = f"turn_{turn.number}", story.at_s(turn)
    return [
        ToolRequest(place, key, turn.tool, heard.get("arguments") or {}, at_s),
        ToolResult(place + 1, key, turn.reply, True, round(at_s + turn.took_ms / 1000, 3)),
    ]


def _done(evidence: CallEvidence, lines: dict[int, int]) -> Iterator[Commitment]:
    for claim in done_claims(evidence):
        if claim.speech.index in lines:
            kept = succeeded_before(claim, evidence)
            yield Commitment(lines[claim.speech.index], claim.sentence, kept)


def _available(evidence: CallEvidence, lines: dict[int, int]) -> Iterator[Commitment]:
    for speech, clause, claims in spoken_claims(evidence):
        if speech.index in lines:
            kept = not unfounded(claims, clause, speech, evidence)
            yield Commitment(lines[speech.index], clause.text, kept)
