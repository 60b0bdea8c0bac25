"""The invite desk: mails invitations that lie in the outbox, and tries again what did not leave.

The link is made when it is sent, and only its digest is kept; a repeat brings a new link, and that is the good one.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cache
from importlib import resources

import structlog

from handfest.model.access import User
from handfest.model.invite import Invite, InviteState
from handfest.outbox.letter_desk import BATCH, LEASE_SECONDS, PAUSES_SECONDS
from handfest.outbox.mail import MailServer
from handfest.outbox.not_sent import NotSentError
from handfest.ports import Clock, Notifier, Store, Transaction
from handfest.speech.spoken import speak_day

GIVEN_UP = "invitation_given_up"
_LOG = structlog.get_logger("handfest.outbox")


@dataclass(frozen=True, slots=True)
class InviteDesk:
    """Sends invitations. `address` is where people reach this gateway (https://...).

    `tokens` makes the secret of a link, `digest` what is kept of it.
    """

    store: Store
    clock: Clock
    notifier: Notifier
    server: MailServer
    address: str
    tokens: Callable[[], str]
    digest: Callable[[str], str]

    @property
    def by_mail(self) -> bool:
        """True if invitations can be mailed: there is a mail server, and an address for the link."""
        return bool(self.server.url and self.address)

    async def send_due(self) -> int:
        """Send what is due; how many invitations left."""
        if not self.by_mail:
            return 0
        now = self.clock.now()
        due = await self.store.read(lambda tx: tx.due_invites(now, BATCH))
        return sum([await self._try(invite) for invite in due])

    async def _try(self, due: Invite) -> bool:
        now, token = self.clock.now(), self.tokens()
        until = now.add(seconds=LEASE_SECONDS)
        taken = await self.store.write(lambda tx: tx.take_invite(due, now, until))
        if taken is None:
            return False
        user = await self.store.read(lambda tx: tx.user(taken.user_id))
        if user is None or user.disabled or now >= taken.until:
            return await self._settle(replace(taken, state=InviteState.REPLACED))
        linked = replace(taken, digest=self.digest(token))
        await self._settle(linked)  # first, so that the link is good when the mail arrives
        try:
            await self.server.send(self._mail(linked, user, token))
        except NotSentError as error:
            return await self._failed(linked, error)
        return await self._settle(replace(linked, state=InviteState.SENT))

    async def _failed(self, invite: Invite, error: NotSentError) -> bool:
        _LOG.warning("an invitation was not sent", user=invite.user_id, tries=invite.tries, cause=str(error))
        if error.for_good or invite.tries > len(PAUSES_SECONDS):
            facts = {"business": invite.business_id} if invite.business_id else {}
            self.notifier.alarm(GIVEN_UP, {**facts, "user": invite.user_id, "cause": str(error)})
            return await self._settle(replace(invite, state=InviteState.GIVEN_UP, trouble=str(error)))
        later = self.clock.now().add(seconds=PAUSES_SECONDS[invite.tries - 1])
        return await self._settle(replace(invite, due_at=later, trouble=str(error)))

    async def _settle(self, invite: Invite) -> bool:
        """Keep it, unless a newer one has taken its place or its link was used meanwhile."""

        def work(tx: Transaction) -> bool:
            current = next((one for one in tx.invites_of(invite.user_id) if one.id == invite.id), None)
            if current is None or current.state is not InviteState.WAITING:
                return False
            tx.save_invite(invite)
            return invite.state is InviteState.SENT

        return await self.store.write(work)

    def _mail(self, invite: Invite, user: User, token: str) -> EmailMessage:
        words = invite_data(invite.language)
        gaps = {
            "sender": invite.sender,
            "name": user.name,
            "login": user.login,
            "link": link_of(self.address, token),
            "day": speak_day(invite.until.to_tz("UTC").date().to_stdlib(), invite.language, year=True),
        }
        message = EmailMessage()
        sender = parseaddr(self.server.sender)[1]
        message["From"] = str(Address(display_name=" ".join(invite.sender.split()), addr_spec=sender))
        message["To"] = user.login
        message["Subject"] = " ".join(words["subject"].format(**gaps).split())
        message["Date"] = format_datetime(self.clock.now().to_stdlib())
        message["Message-ID"] = f"<{invite.id}.{invite.tries}@{self.server.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        greeting = "greeting" if user.name != user.login else "greeting_unnamed"
        parts = (words[part].format(**gaps) for part in (greeting, "opening", "link", "closing"))
        message.set_content("\n\n".join(parts) + "\n")
        return message


def link_of(address: str, token: str) -> str:
    """The link of a token; of an address without its last slash, or a path alone where there is none."""
    return f"{address.rstrip('/')}/invite/{token}"


@cache
def invite_data(language: str) -> Mapping[str, str]:
    """The sentences of a language, German where there are none."""
    spoken = language if language in ("de", "en") else "de"
    text = resources.files("handfest.outbox").joinpath("data", f"invites.{spoken}.toml").read_text("utf-8")
    return tomllib.loads(text)
