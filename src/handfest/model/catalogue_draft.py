"""The draft of the next catalogue version: text that is being worked on and serves nobody yet."""

from dataclasses import dataclass

from whenever import Instant


@dataclass(frozen=True, slots=True)
class CatalogueDraft:
    """A business file being edited. `base` is the version it was begun from, `edit` counts its changes."""

    business_id: str
    source: str
    base: int
    edit: int
    edited_at: Instant
    actor_id: str
