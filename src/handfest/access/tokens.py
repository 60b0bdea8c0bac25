"""Secrets that are handed out once, and the digest that is all we keep of them."""

import secrets
from hashlib import sha256


def new_token() -> str:
    """A secret that nobody can guess: 256 random bits."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a token. Tokens are random, so that a plain digest is enough."""
    return sha256(token.encode()).hexdigest()


def same(given: str, kept: str) -> bool:
    """Whether two secrets are the same, in a time that tells nothing."""
    return secrets.compare_digest(given.encode(), kept.encode())


def new_password() -> str:
    """A password to be handed over once: four groups of five letters and figures that are not mistaken."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))
