"""Invites in the database."""

from dataclasses import replace

from sqlalchemy import bindparam, delete, select
from whenever import Instant

from handfest.model.invite import Invite, InviteState
from handfest.storage import schema
from handfest.storage.codec import encode
from handfest.storage.moments import millis
from handfest.storage.sql_rows import SqlRows

_INVITE = schema.invite.c
INVITE = select(_INVITE.body).where(_INVITE.id == bindparam("wanted"))
INVITE_BY_DIGEST = select(_INVITE.body).where(_INVITE.digest == bindparam("wanted"))
INVITES_OF = (
    select(_INVITE.body)
    .where(_INVITE.user_id == bindparam("wanted"))
    .order_by(_INVITE.until.desc(), _INVITE.id.desc())
)
DUE = (
    select(_INVITE.body)
    .where(_INVITE.state == InviteState.WAITING.value, _INVITE.due_at <= bindparam("now"))
    .order_by(_INVITE.due_at, _INVITE.id)
    .limit(bindparam("most"))
)
DROP_STALE = delete(schema.invite).where(_INVITE.until <= bindparam("before"))


class InviteRows(SqlRows):
    """See `InviteStore`; methods are documented there."""

    def save_invite(self, invite: Invite) -> None:
        """See `InviteStore`."""
        self._run(
            self._inserts.upsert_invite,
            id=invite.id,
            user_id=invite.user_id,
            digest=invite.digest,
            state=invite.state.value,
            due_at=millis(invite.due_at),
            until=millis(invite.until),
            body=encode(invite),
        )

    def invite_by_digest(self, digest: str) -> Invite | None:
        """See `InviteStore`."""
        return self._one(Invite, INVITE_BY_DIGEST, wanted=digest)

    def invites_of(self, user_id: str) -> tuple[Invite, ...]:
        """See `InviteStore`."""
        return self._all(Invite, INVITES_OF, wanted=user_id)

    def due_invites(self, now: Instant, limit: int) -> tuple[Invite, ...]:
        """See `InviteStore`."""
        return self._all(Invite, DUE, now=millis(now), most=limit)

    def take_invite(self, invite: Invite, now: Instant, until: Instant) -> Invite | None:
        """See `InviteStore`."""
        self._lock("access", f"invite:{invite.id}")
        current = self._one(Invite, INVITE, wanted=invite.id)
        if current is None or current.state is not InviteState.WAITING or current.due_at > now:
            return None
        taken = current.taken(until)
        self.save_invite(taken)
        return taken

    def use_invite(self, digest: str, now: Instant) -> Invite | None:
        """See `InviteStore`."""
        self._lock("access", f"link:{digest}")
        current = self.invite_by_digest(digest)
        if current is None or not current.opens(now):
            return None
        used = replace(current, state=InviteState.USED)
        self.save_invite(used)
        return used

    def drop_stale_invites(self, now: Instant) -> int:
        """See `InviteStore`."""
        return self._run(DROP_STALE, before=millis(now))
