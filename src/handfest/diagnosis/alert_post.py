"""Alerts on their way out: a webhook over HTTP, a mail over SMTP."""

import asyncio
import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

import aiohttp

from handfest.diagnosis.alerts import AlertNotSentError

TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class AlertMail:
    """An `AlertPost` for the real world.

    `smtp_url` is smtp://user:password@host:587 (STARTTLS where the server has it) or smtps://...:465; "" sends no
    mail. `sender` is the From address.
    """

    smtp_url: str = ""
    sender: str = "handfest@localhost"

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

    async def email(self, to: str, subject: str, text: str) -> None:
        """See `AlertPost`."""
        if not self.smtp_url:
            raise AlertNotSentError("no mail server is set; set HANDFEST_SMTP_URL")
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        message.set_content(text)
        try:
            await asyncio.to_thread(self._deliver, message)
        except (OSError, smtplib.SMTPException) as error:
            raise AlertNotSentError(f"the mail server did not take it: {type(error).__name__}") from error

    def _deliver(self, message: EmailMessage) -> None:
        where = urlsplit(self.smtp_url)
        secure = where.scheme == "smtps"
        client = smtplib.SMTP_SSL if secure else smtplib.SMTP
        host, port = where.hostname or "localhost", where.port or (465 if secure else 587)
        with client(host, port, timeout=TIMEOUT_SECONDS) as server:
            if not secure and server.has_extn("starttls"):
                server.starttls()
            if where.username:
                server.login(unquote(where.username), unquote(where.password or ""))
            server.send_message(message)
