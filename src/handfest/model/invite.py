"""An Invite: a link by which a new user chooses a password, good once and for a while."""

from dataclasses import dataclass, replace
from enum import StrEnum

from whenever import Instant


class InviteState(StrEnum):
    """What became of the link."""

    WAITING = "waiting"  # lies in the outbox; its link is made when the mail is sent
    SENT = "sent"
    SHOWN = "shown"  # was handed to whoever invited
    USED = "used"
    REPLACED = "replaced"  # by a newer one
    GIVEN_UP = "given_up"  # the mail could not be sent


OPEN = frozenset({InviteState.WAITING, InviteState.SENT, InviteState.SHOWN})


@dataclass(frozen=True, slots=True)
class Invite:
    """One invitation of one user.

    `digest` is all that is kept of the link's token; None until there is one. `sender` is who invites, for the
    mail ("Salon Lindenhof"), `language` that of the mail. `business_id` is None for somebody with a role
    everywhere. `due_at` is when the mail is tried next.
    """

    id: str
    user_id: str
    business_id: str | None
    sender: str
    language: str
    made_by: str
    made_at: Instant
    until: Instant
    due_at: Instant
    state: InviteState = InviteState.WAITING
    digest: str | None = None
    tries: int = 0
    trouble: str | None = None

    def opens(self, now: Instant) -> bool:
        """True while the link is good."""
        return self.state in OPEN and now < self.until

    def taken(self, until: Instant) -> "Invite":
        """In the hands of a worker until then."""
        return replace(self, due_at=until, tries=self.tries + 1)
