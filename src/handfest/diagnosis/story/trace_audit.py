"""The audit of a call whose words nobody gave us: what its own trace shows, and nothing about what was said."""

from collections.abc import Iterable

from handfest.diagnosis.registry.findings import finding_kinds
from handfest.diagnosis.story.explain import DONE, Story, cause_of
from handfest.diagnosis.story.served_findings import served_findings
from handfest.model.call import AuditNote, CallAudited
from handfest.model.turn import TurnRecord


def audit_of_trace(story: Story) -> CallAudited:
    """The findings of a call that is over, by its turns; its first cause only where it is one of them."""
    found = served_findings(story.turns, done=story.outcome in DONE, pinned=story.call.pin is not None)
    at_s = {turn.number: story.at_s(turn) for turn in story.turns}
    cause = cause_of(story)
    primary = cause.code if cause is not None and cause.code in finding_kinds() else None
    return CallAudited(
        story.outcome, primary, tuple(AuditNote(one.id, at_s[one.turn], one.detail) for one in found)
    )


def shown_by_turns(turns: Iterable[TurnRecord]) -> frozenset[str]:
    """The findings that single turns show: they are counted when the turn is served."""
    return frozenset(one.id for turn in turns for one in served_findings([turn], done=True, pinned=True))
