"""What the audit of an ended call is told to: the figures, and a person where a call was lost.

`audit_of` and the store keep the findings on the call; this passes them on, once for each call.
"""

from handfest.diagnosis.watch.metrics import Metrics
from handfest.model.call import CallAudited
from handfest.ports import Notifier


def tell_audit(
    metrics: Metrics, notifier: Notifier, business_id: str, call_id: str, audited: CallAudited
) -> None:
    """Count every finding; raise an alarm under the id of the finding that is to be repaired first."""
    metrics.audited(business_id, {note.id for note in audited.notes})
    if audited.primary is not None:
        notifier.alarm(audited.primary, {"business": business_id, "call": call_id})
