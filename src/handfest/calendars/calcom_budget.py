"""The rate budget and the breaker of one credential. Both refuse early: nobody sleeps while a caller waits."""

from collections import deque

from handfest.errors import RateLimited, Unreachable
from handfest.ports import Clock

PER_MINUTE = 120
WINDOW_MS = 60_000.0
KEPT_FOR_WRITES = 20
"""So many of a minute's requests are for booking, looking up and cancelling; checks stop before."""
KEPT_FOR_CHECKS = 60
"""Hiding offered slots in the provider stops when only so many are left."""
FAILURES_TO_OPEN = 5
OPEN_MS = 10_000.0


class RateBudget:
    """At most `per_minute` requests in any sixty seconds (B74), as far as this process and the server know."""

    def __init__(self, clock: Clock, per_minute: int = PER_MINUTE) -> None:
        self._clock = clock
        self._per_minute = per_minute
        self._spent: deque[float] = deque()
        self._blocked_until = 0.0

    @property
    def per_minute(self) -> int:
        """How many requests a minute has."""
        return self._per_minute

    @property
    def left(self) -> int:
        """How many requests may still go out now."""
        now = self._clock.elapsed_ms()
        while self._spent and self._spent[0] <= now - WINDOW_MS:
            self._spent.popleft()
        return 0 if now < self._blocked_until else self._per_minute - len(self._spent)

    def wait_seconds(self, keep: int) -> float:
        """How long until more than `keep` requests are left, if nobody spends any meanwhile; 0 if they are now."""
        if self.left > keep:
            return 0.0
        now = self._clock.elapsed_ms()
        freed = sorted(self._spent)[: keep + 1 - (self._per_minute - len(self._spent))]
        until = max([self._blocked_until, *(at + WINDOW_MS for at in freed[-1:])])
        return max(0.0, until - now) / 1000

    def take(self, keep: int) -> None:
        """Spend one request if more than `keep` are left. Raises RateLimited."""
        if self.left <= keep:
            raise RateLimited("the rate budget of this Cal.com credential is used up for now")
        self._spent.append(self._clock.elapsed_ms())

    def heard(self, remaining: str | None, limit: str | None) -> None:
        """What the server says is left; others may be spending from the same credential."""
        if limit is not None and limit.isdigit() and int(limit) > 0:
            self._per_minute = int(limit)
        if remaining is not None and remaining.isdigit():
            missing = self.left - int(remaining)
            self._spent.extend([self._clock.elapsed_ms()] * max(0, missing))

    def blocked(self, seconds: str | None) -> None:
        """The server said 429: nothing goes out until it forgets."""
        wait = float(seconds) if seconds is not None and seconds.isdigit() else WINDOW_MS / 1000
        self._blocked_until = self._clock.elapsed_ms() + min(wait * 1000, WINDOW_MS)


class Breaker:
    """Opens after several failures in a row to reach the server; after a while one request tries again.

    Answers, 4xx included, close it: a server that says no is there.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0
        self._opened_at: float | None = None

    @property
    def open(self) -> bool:
        """True while requests are refused."""
        return self._opened_at is not None and self._clock.elapsed_ms() < self._opened_at + OPEN_MS

    def check(self) -> None:
        """Raises Unreachable while open."""
        if self.open:
            raise Unreachable("Cal.com did not answer several times in a row; it is not asked for a moment")

    def succeeded(self) -> None:
        """The server answered."""
        self._failures, self._opened_at = 0, None

    def failed(self) -> None:
        """The server did not answer, or with a 5xx."""
        self._failures += 1
        if self._failures >= FAILURES_TO_OPEN:
            self._opened_at = self._clock.elapsed_ms()
