"""Text messages through a gateway that takes a signed POST: one adapter, and a few lines on the other side.

The body is JSON: `to` (E.164), `text`, `id` (the same for every try) and `business`. The header says when and by whom:
`X-Handfest-Signature: t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA256 of `SECONDS.BODY` under the shared secret.
"""

import hmac
import json
from dataclasses import dataclass
from hashlib import sha256

import aiohttp
from whenever import Instant

from handfest.outbox.not_sent import NotSentError

HEADER = "X-Handfest-Signature"
TIMEOUT_SECONDS = 10
_TRY_AGAIN = frozenset({408, 409, 423, 425, 429})


@dataclass(frozen=True, slots=True)
class TextMessage:
    """One text message. `id` names it in every try."""

    business_id: str
    id: str
    to: str
    text: str


def signature(raw: bytes, secret: str, at: Instant) -> str:
    """What the header says."""
    seconds = at.timestamp()
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + raw, sha256).hexdigest()
    return f"t={seconds},v1={digest}"


async def send_text(url: str, secret: str, message: TextMessage, now: Instant) -> None:
    """Hand one message to the gateway. Raises NotSentError."""
    facts = {"to": message.to, "text": message.text, "id": message.id, "business": message.business_id}
    raw = json.dumps(facts, ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": message.id,
        HEADER: signature(raw, secret, now),
    }
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(url, data=raw, headers=headers, allow_redirects=False) as answer,
        ):
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise NotSentError(f"the text gateway cannot be reached: {type(error).__name__}") from error
    if status >= 300:
        refused = 300 <= status < 500 and status not in _TRY_AGAIN
        raise NotSentError(f"the text gateway answered {status}", for_good=refused)
