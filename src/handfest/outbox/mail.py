"""E-mail through one mail server (SMTP)."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

import aiosmtplib

from handfest.outbox.not_sent import NotSentError

TIMEOUT_SECONDS = 10
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over.

    `url` is smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465; "" sends no mail. Whoever
    sends a password over a network is encrypted or sends nothing (RFC 4954, section 4); without one, mail is
    encrypted where the server can.
    `sender` is the From address.
    """

    url: str = ""
    sender: str = "handfest@localhost"

    @property
    def domain(self) -> str:
        """The domain of the sender, for ids of messages."""
        return parseaddr(self.sender)[1].rpartition("@")[2] or "localhost"

    async def send(self, message: EmailMessage) -> None:
        """Hand one mail over. Raises NotSentError."""
        if not self.url:
            raise NotSentError("no mail server is set; set HANDFEST_SMTP_URL")
        try:
            where = urlsplit(self.url)
            secure, host = where.scheme == "smtps", where.hostname or "localhost"
            await aiosmtplib.send(
                message,
                hostname=host,
                port=where.port or (465 if secure else 587),
                username=unquote(where.username) if where.username else None,
                password=unquote(where.password or "") if where.username else None,
                use_tls=secure,
                start_tls=_start_tls(host, secret=where.username is not None) if not secure else False,
                timeout=TIMEOUT_SECONDS,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = sorted({one.code for one in error.recipients})
            refused = f"the mail server refused the recipient ({', '.join(map(str, codes))})"
            raise NotSentError(refused, for_good=min(codes, default=0) >= 500) from error
        except aiosmtplib.SMTPDataError as error:
            raise NotSentError(
                f"the mail server refused the mail ({error.code})", for_good=error.code >= 500
            ) from error
        except (OSError, ValueError, aiosmtplib.SMTPException) as error:
            raise NotSentError(f"the mail server did not take it: {type(error).__name__}") from error


def _start_tls(host: str, *, secret: bool) -> bool | None:
    """Whether STARTTLS is demanded (True), used where it is offered (None), or left alone (False).

    A mail server on this machine often offers a certificate that nobody has signed; nobody listens there.
    """
    if host in _HERE:
        return False
    return True if secret else None
