"""Invites as the store keeps them: of their links only digests."""

from typing import Protocol

from whenever import Instant

from handfest.model.invite import Invite


class InviteStore(Protocol):
    """Links by which new users choose a password. They belong to a user, not to one business."""

    def save_invite(self, invite: Invite) -> None:
        """Keep the invite as it is now."""

    def invite_by_digest(self, digest: str) -> Invite | None:
        """The invite whose link has a token with this digest."""

    def invites_of(self, user_id: str) -> tuple[Invite, ...]:
        """Those of this user, the newest first."""

    def due_invites(self, now: Instant, limit: int) -> tuple[Invite, ...]:
        """Those whose mail is to be sent now, the longest due first."""

    def take_invite(self, invite: Invite, now: Instant, until: Instant) -> Invite | None:
        """Take a due invite into one's hands until then; None if another worker was first."""

    def use_invite(self, digest: str, now: Instant) -> Invite | None:
        """Use up the invite of this link, which nobody else can then; None for a link that is good no more."""

    def drop_stale_invites(self, now: Instant) -> int:
        """Forget those whose time is over; how many there were."""
