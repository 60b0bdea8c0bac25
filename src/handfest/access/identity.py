"""What single sign-on is to the rest of the house; who speaks the protocol is behind `Provider`."""

from dataclasses import dataclass
from typing import Protocol

from whenever import Instant


class SignOnFailedError(Exception):
    """Somebody could not be signed on; the message is for the log and holds no token."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-on that has begun; its parts stay in the browser that began it until it comes back."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is. `subject` names the provider, too; `email` only if it was verified."""

    subject: str
    email: str | None


class Provider(Protocol):
    """A sign-on provider."""

    async def begin(self, redirect_uri: str) -> Begun:
        """Where to send the browser. Raises SignOnFailedError."""

    async def finish(self, begun: Begun, code: str, redirect_uri: str, now: Instant) -> Identity:
        """Who came back with this code. Raises SignOnFailedError."""
