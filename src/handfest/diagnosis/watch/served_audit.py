"""What the audit of an ended call is told to: the figures, and a person where a call was lost.

The store keeps the findings on the call; this passes them on, once for each call.
"""

from handfest.diagnosis.watch.metrics import Metrics
from handfest.model.call import CallAudited
from handfest.ports import Notifier


def tell_audit(
    metrics: Metrics,
    notifier: Notifier,
    business_id: str,
    call_id: str,
    audited: CallAudited,
    before: CallAudited | None,
    counted: frozenset[str],
) -> None:
    """Count every finding; raise an alarm under the id of the finding that is to be repaired first.

    `before` is what had been told of this call already, `counted` what its turns were counted for when served.
    """
    told = {note.id for note in before.notes} if before is not None else set()
    metrics.audited(business_id, {note.id for note in audited.notes} - told - counted)
    known = before.primary if before is not None else None
    if audited.primary is not None and audited.primary != known:
        notifier.alarm(audited.primary, {"business": business_id, "call": call_id})
