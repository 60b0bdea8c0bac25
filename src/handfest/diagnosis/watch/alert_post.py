"""Alerts on their way out: a webhook over HTTP, a mail over SMTP."""

from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any

import aiohttp
from whenever import Instant

from handfest.diagnosis.watch.alerts import AlertNotSentError
from handfest.outbox.mail import MailServer
from handfest.outbox.not_sent import NotSentError

TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class AlertMail:
    """An `AlertPost` for the real world."""

    server: MailServer = field(default_factory=MailServer)

    async def webhook(self, url: str, data: dict[str, Any]) -> None:
        """See `AlertPost`."""
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(url, json=data) as answer,
            ):
                if answer.status >= 300:
                    raise AlertNotSentError(f"the webhook answered {answer.status}")
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            # The address may carry a secret in its path, so that it is not part of the message.
            raise AlertNotSentError(f"the webhook cannot be reached: {type(error).__name__}") from error

    async def email(self, to: str, subject: str, text: str, at: Instant) -> None:
        """See `AlertPost`."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.server.sender, to, subject
        message["Date"] = format_datetime(at.to_stdlib())
        message["Message-ID"] = make_msgid(domain=self.server.domain)
        message.set_content(text)
        try:
            await self.server.send(message)
        except NotSentError as error:
            raise AlertNotSentError(str(error)) from error
