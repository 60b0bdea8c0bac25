"""Who changes something about users and keys, and when; what is done is in the audit log of each business."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from whenever import Instant

from handfest.model.actor import Actor
from handfest.model.change import Change
from handfest.ports import IdSource, Transaction


@dataclass(frozen=True, slots=True)
class Deed:
    """Somebody's hand on users and keys. What they may is for the caller to have asked."""

    actor: Actor
    at: Instant
    ids: IdSource

    def log(
        self,
        tx: Transaction,
        business_ids: Iterable[str],
        what: str,
        subject: str,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        """One line in the log of each of these businesses."""
        for business_id in business_ids:
            line = (self.ids.new("chg"), self.at, what, subject, dict(before), dict(after))
            tx.add_change(Change.by(self.actor, business_id, *line))
