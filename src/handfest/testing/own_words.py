"""The law of our own words: an agent that says what the gateway answers is accused of nothing by the audit."""

from collections.abc import Iterator

from handfest.diagnosis.audit.claims import claim_findings
from handfest.diagnosis.audit.evidence import CallEvidence
from handfest.diagnosis.recording.audit_catalogue import AuditCatalogue
from handfest.diagnosis.recording.recorded_call import (
    RecordedCall,
    Speaker,
    Step,
    ToolRequest,
    ToolResult,
    Utterance,
)
from handfest.model.catalogue import Catalogue
from handfest.model.turn import TurnRecord
from handfest.ports import Transaction

CALLS_MAX = 1000


def accused_words(tx: Transaction, catalogues: dict[str, Catalogue]) -> Iterator[str]:
    """Every sentence of ours that the audit would take for a claim with nothing behind it (HF405 to HF407)."""
    for business_id, catalogue in catalogues.items():
        for call in tx.calls(business_id, CALLS_MAX):
            steps = tuple(_spoken(tx.turns(business_id, call.id)))
            recorded = RecordedCall(call.id, call.started_at, len(steps), None, False, steps)
            evidence = CallEvidence(recorded, AuditCatalogue.from_catalogue(catalogue))
            for finding in claim_findings(evidence):
                yield f"our own words are {finding.id}: {finding.evidence}"


def _spoken(turns: tuple[TurnRecord, ...]) -> Iterator[Step]:
    """The call as it sounds: the caller names what the tool is asked for, the agent says what came back."""
    place = 0
    for turn in turns:
        heard = next((step.facts for step in turn.steps if step.name == "heard"), {})
        arguments = heard.get("arguments") or {}
        key, wish = f"turn_{turn.number}", ", ".join(map(str, arguments.values()))
        yield Utterance(place, Speaker.CALLER, wish, place)
        yield ToolRequest(place + 1, key, turn.tool, arguments, place + 1)
        yield ToolResult(place + 2, key, turn.reply, True, place + 2)
        yield Utterance(place + 3, Speaker.AGENT, str(turn.reply.get("say", "")), place + 3)
        place += 4
