"""Platforms that prove themselves by a secret of the line: as a bearer token, or in a header of their own.

Such a platform says who calls; whoever has the secret is believed. The secret is read from the variable that the
line names (`signing_key_env`); a line without one is served nothing (law 6).
"""

import hmac
from collections.abc import Callable, Mapping, Sequence

from handfest.model.turn import Envelope
from handfest.ports import LineRecord
from handfest.voice.lines import line_of

Secret = Callable[[LineRecord], str]


def token_of(headers: Mapping[str, str], *names: str) -> str | None:
    """The bearer token of a request, else what one of these headers holds; None if nothing is there."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind.casefold() == "bearer" and token.strip():
        return token.strip()
    return next((value for name in names if (value := headers.get(name))), None)


def lines_with(token: str | None, lines: Sequence[LineRecord], secret: Secret) -> tuple[LineRecord, ...]:
    """The lines whose secret this is; all are compared, so that time tells nothing."""
    given = (token or "").encode()
    keys = [(line, secret(line).encode()) for line in lines]
    found = [(line, hmac.compare_digest(key, given)) for line, key in keys]
    return tuple(line for (line, same), (_, key) in zip(found, keys, strict=True) if same and key)


def line_for(envelope: Envelope, lines: Sequence[LineRecord]) -> LineRecord | None:
    """The line meant among those that the secret opens: by number, by agent, or the only one there is."""
    if envelope.line_number is None and envelope.agent_id is None:
        places = {(line.business_id, line.branch_id) for line in lines}
        return lines[0] if len(places) == 1 else None
    return line_of(envelope, lines)
