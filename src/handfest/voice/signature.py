"""Retell's request signature: `x-retell-signature: v=<unix ms>,d=<hex HMAC-SHA256(key, raw body + ms)>`.

Source: the vendor's SDK (webhook_auth), which is the oracle in the tests. Five minutes both ways, full match,
constant-time comparison, over the raw bytes (re-serialised JSON differs where there are umlauts).
"""

import hmac
import re
from hashlib import sha256

HEADER = "x-retell-signature"
WINDOW_MS = 5 * 60 * 1000
_FORM = re.compile(r"v=([0-9]{1,17}),d=([0-9a-f]{64})")


def sign(body: bytes, key: str, at_ms: int) -> str:
    """The signature header for a body at a moment (epoch milliseconds)."""
    digest = hmac.new(key.encode(), body + str(at_ms).encode(), sha256).hexdigest()
    return f"v={at_ms},d={digest}"


def signed_at(header: str | None) -> int | None:
    """When the header says it was made (epoch milliseconds); None if it is missing or malformed."""
    match = _FORM.fullmatch(header or "")
    return int(match.group(1)) if match else None


def verify(body: bytes, header: str | None, key: str, now_ms: int) -> bool:
    """True if the header is this key's signature over exactly these bytes, at most five minutes off."""
    match = _FORM.fullmatch(header or "")
    if match is None or not key:
        return False
    made_at = int(match.group(1))
    expected = hmac.new(key.encode(), body + match.group(1).encode(), sha256).hexdigest()
    return hmac.compare_digest(expected, match.group(2)) and abs(now_ms - made_at) <= WINDOW_MS
