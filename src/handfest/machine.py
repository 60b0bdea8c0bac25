"""What the machine gives: its clock, its randomness, its environment. Everything else is handed these."""

import os
import random
import secrets
import time

from whenever import Instant


def environment(name: str) -> str | None:
    """A secret from the environment."""
    return os.environ.get(name)


_CHANCE = random.SystemRandom()


def chance() -> float:
    """A draw from [0, 1)."""
    return _CHANCE.random()


class SystemClock:
    """The machine's clock."""

    def now(self) -> Instant:
        """See `Clock`."""
        return Instant.now()

    def elapsed_ms(self) -> float:
        """See `Clock`."""
        return time.perf_counter() * 1000


class RandomIds:
    """Ids that nobody can guess: 80 random bits in lower-case base 32."""

    _LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"

    def new(self, prefix: str) -> str:
        """See `IdSource`."""
        return f"{prefix}_" + "".join(secrets.choice(self._LETTERS) for _ in range(16))
