"""Passwords: argon2id, off the event loop, a few at a time, so that logging in holds no phone call up."""

import asyncio
from dataclasses import dataclass, field

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 1024
AT_ONCE = 2


def strong_hasher() -> PasswordHasher:
    """19 MiB, two passes, one lane: what OWASP asks for at least, and no more than a small machine bears."""
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)


def unfit(password: str) -> str | None:
    """Why this cannot be a password; None if it can. Length is what counts."""
    if len(password) < SHORTEST:
        return f"a password has at least {SHORTEST} characters"
    if len(password) > LONGEST:
        return f"a password has at most {LONGEST} characters"
    return None


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether the password was right; `renewed` is a new hash where the kept one is weaker than today's."""

    right: bool
    renewed: str | None = None


@dataclass
class Passwords:
    """Makes and checks hashes. Checking takes as long for somebody who does not exist."""

    hasher: PasswordHasher = field(default_factory=strong_hasher)
    _few: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _nobodys: str | None = None

    async def hashed(self, password: str) -> str:
        """The hash to keep."""
        async with self._few:
            return await asyncio.to_thread(self.hasher.hash, password)

    async def check(self, password: str, kept: str | None) -> Checked:
        """Check against the kept hash; None (no such user, or one without a password) is always wrong."""
        if len(password) > LONGEST:
            return Checked(False)
        if self._nobodys is None:
            self._nobodys = await self.hashed("nobody has this password")
        async with self._few:
            return await asyncio.to_thread(self._check, password, kept)

    def _check(self, password: str, kept: str | None) -> Checked:
        try:
            self.hasher.verify(kept or self._nobodys or "", password)
        except (VerificationError, InvalidHashError):
            return Checked(False)
        if kept is None:
            return Checked(False)
        return Checked(True, self.hasher.hash(password) if self.hasher.check_needs_rehash(kept) else None)
