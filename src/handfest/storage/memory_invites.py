"""Invites in memory."""

from dataclasses import replace

from whenever import Instant

from handfest.model.invite import Invite, InviteState
from handfest.storage.memory_rows import MemoryRows


class MemoryInvites(MemoryRows):
    """See `InviteStore`; methods are documented there."""

    def save_invite(self, invite: Invite) -> None:
        """See `InviteStore`."""
        self._rows.invites[invite.id] = invite

    def invite_by_digest(self, digest: str) -> Invite | None:
        """See `InviteStore`."""
        return next((one for one in self._rows.invites.values() if one.digest == digest), None)

    def invites_of(self, user_id: str) -> tuple[Invite, ...]:
        """See `InviteStore`."""
        mine = [one for one in self._rows.invites.values() if one.user_id == user_id]
        return tuple(sorted(mine, key=lambda one: (one.until, one.id), reverse=True))

    def due_invites(self, now: Instant, limit: int) -> tuple[Invite, ...]:
        """See `InviteStore`."""
        due = [
            one
            for one in self._rows.invites.values()
            if one.state is InviteState.WAITING and one.due_at <= now
        ]
        return tuple(sorted(due, key=lambda one: (one.due_at, one.id))[:limit])

    def take_invite(self, invite: Invite, now: Instant, until: Instant) -> Invite | None:
        """See `InviteStore`."""
        current = self._rows.invites.get(invite.id)
        if current is None or current.state is not InviteState.WAITING or current.due_at > now:
            return None
        taken = current.taken(until)
        self.save_invite(taken)
        return taken

    def use_invite(self, digest: str, now: Instant) -> Invite | None:
        """See `InviteStore`."""
        current = self.invite_by_digest(digest)
        if current is None or not current.opens(now):
            return None
        used = replace(current, state=InviteState.USED)
        self.save_invite(used)
        return used

    def drop_stale_invites(self, now: Instant) -> int:
        """See `InviteStore`."""
        over = [name for name, one in self._rows.invites.items() if one.until <= now]
        for name in over:
            del self._rows.invites[name]
        return len(over)
