"""A real SMTP server on this machine that keeps what it is given, and refuses what it is told to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ssl import SSLContext
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@dataclass
class MailRoom:
    """The server's side. `answers` are given to the next recipients, one each; then everything is taken."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    something: asyncio.Event = field(default_factory=asyncio.Event)
    secure: list[bool] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"smtp://127.0.0.1:{self.port}"

    def knows(self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, who: Any) -> AuthResult:
        """Let in whoever logs in, and remember the password."""
        self.logins.append(who.password)
        return AuthResult(success=True)

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, or give the next answer."""
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep a mail."""
        transport = server.transport
        self.secure.append(transport is not None and transport.get_extra_info("ssl_object") is not None)
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(cast("EmailMessage", message_from_bytes(content, policy=default)))
        self.recipients += envelope.rcpt_tos
        self.something.set()
        return "250 OK"


@asynccontextmanager
async def mail_room(
    host: str = "127.0.0.1", *, implicit: SSLContext | None = None, start_tls: SSLContext | None = None
) -> AsyncIterator[MailRoom]:
    """A server on a free port of this machine; it speaks TLS from the first byte, after STARTTLS, or never."""
    room = MailRoom()
    loop = asyncio.get_running_loop()
    connections: list[SMTP] = []

    def connection() -> SMTP:
        connections.append(
            SMTP(
                room,
                enable_SMTPUTF8=True,
                hostname="mail.example",
                loop=loop,
                tls_context=start_tls,
                require_starttls=start_tls is not None,
                auth_require_tls=start_tls is not None,
                authenticator=room.knows,
            )
        )
        return connections[-1]

    server = await loop.create_server(connection, host, 0, ssl=implicit)
    room.port = server.sockets[0].getsockname()[1]
    try:
        yield room
    finally:
        server.close()
        await server.wait_closed()


def calendar_of(mail: EmailMessage) -> Any:
    """The appointment that the mail carries."""
    from icalendar import Calendar

    part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    return Calendar.from_ical(cast("bytes", part.get_payload(decode=True)))
