"""The fault storm: scripted calls against the fake Cal.com while everything goes wrong, and what must hold.

Time is virtual and nothing crosses a socket, so thousands of calls take minutes and a seed repeats exactly.
Calls run in rounds of their own house and account; a round is named by its seed, so one that fails is a
scenario by itself.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import stamina

from handfest.booking.reconcile import reconcile
from handfest.calendars.calcom_webhook import read_hint
from handfest.errors import Fault
from handfest.testing.calcom_house import BUSINESS, NOW, CalcomHouse, calcom_house, studio_world
from handfest.testing.clock import FixedClock
from handfest.testing.fake_calcom import FakeCalcom
from handfest.testing.fake_calcom_faults import FaultKind, Faults, Storm
from handfest.testing.fake_calcom_webhooks import Delivery
from handfest.testing.fake_calcom_world import Subscription
from handfest.testing.simulate_laws import Broken, check_call, check_doubles
from handfest.testing.simulated_call import Heard, SimulatedCall, play_call

CALLS_A_ROUND = 24
AT_ONCE = 3
RATE = 0.2
RACE_SECONDS = 0.1
"""Bookings that young do not see each other, as measured on the real server."""
LOOK_EVERY_MS = 5000.0
SETTLING_SECONDS = 10
SETTLING_ROUNDS = 14


@dataclass
class StormResult:
    """What a storm came to. `free` are the calls that could have had a slot, `kept` those that ended with one
    (or with the change or cancellation they asked for)."""

    calls: int = 0
    free: int = 0
    kept: int = 0
    booked: int = 0
    requests: int = 0
    heard: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    alarms: Counter[str] = field(default_factory=Counter)
    broken: list[Broken] = field(default_factory=list)
    unlucky: list[str] = field(default_factory=list)

    @property
    def success(self) -> float:
        """The share of calls with a free slot that got what they asked for."""
        return self.kept / self.free if self.free else 1.0

    def as_data(self) -> dict[str, object]:
        """For `--json` and for the results file."""
        return {
            "calls": self.calls,
            "requests": self.requests,
            "success": round(self.success, 5),
            "booked": self.booked,
            "heard": dict(sorted(self.heard.items())),
            "faults": dict(sorted(self.faults.items())),
            "alarms": dict(sorted(self.alarms.items())),
            "unlucky": self.unlucky,
            "broken": [vars_of(one) for one in self.broken],
        }


def vars_of(one: Broken) -> dict[str, str]:
    """A broken law as plain data."""
    return {"round": one.round, "call": one.call, "law": one.law, "evidence": one.evidence}


async def simulate(
    calls: int,
    seed: int,
    *,
    rate: float = RATE,
    kinds: tuple[FaultKind, ...] = tuple(FaultKind),
    first_round: int = 0,
    only: int | None = None,
) -> StormResult:
    """Play so many calls. `only` plays one round by its number, which is how a failing one is looked at."""
    stamina.set_testing(True, attempts=2, cap=True)  # waits cost virtual time only
    result = StormResult()
    rounds = range(first_round, first_round + -(-calls // CALLS_A_ROUND)) if only is None else [only]
    try:
        for number in rounds:
            left = calls - result.calls if only is None else CALLS_A_ROUND
            await _play_round(result, seed, number, min(CALLS_A_ROUND, left), rate, kinds)
    finally:
        stamina.set_testing(False)
    return result


@dataclass
class _Round:
    house: CalcomHouse
    clock: FixedClock
    dice: random.Random
    waiting: list[tuple[Delivery, bool]]
    looked: float = 0.0

    async def beside(self) -> None:
        """The reconciler, as often as in a real process: every five seconds."""
        if self.clock.elapsed_ms() >= self.looked + LOOK_EVERY_MS:
            self.looked = self.clock.elapsed_ms()
            await _look(self)


async def _play_round(
    result: StormResult, seed: int, number: int, calls: int, rate: float, kinds: tuple[FaultKind, ...]
) -> None:
    clock, dice = FixedClock(NOW), random.Random(f"{seed}:{number}")  # noqa: S311 - to be repeated
    clock.advance(dice.randrange(0, 12) * 86400)
    fake = FakeCalcom(clock, studio_world(), Faults(storm=Storm(dice.randrange(2**31), rate, kinds)))
    fake.race_seconds = RACE_SECONDS
    fake.world.subscriptions.append(Subscription("http://127.0.0.1/calcom/webhooks/studio", "s3cr3t"))
    waiting: list[tuple[Delivery, bool]] = []
    house = await calcom_house(
        clock,
        fake=fake,
        spend=lambda ms: clock.advance(ms / 1000),
        deliver=lambda delivery, late: waiting.append((delivery, late)),
    )
    played = _Round(house, clock, dice, waiting)
    scripts = [SimulatedCall.roll(f"{number}-{index}", dice) for index in range(calls)]
    heard: dict[str, Heard] = {}
    for first in range(0, calls, AT_ONCE):
        batch = scripts[first : first + AT_ONCE]
        done = await asyncio.gather(
            *(play_call(house, clock, script, dice, played.beside) for script in batch)
        )
        heard.update(zip((script.id for script in batch), done, strict=True))
        await _between(played)
    fake.faults.storm = None
    fake.move_clock(0)
    await _settle(played)
    await _judge(result, played, f"{seed}:{number}", scripts, heard)
    await house.close()


async def _between(played: _Round) -> None:
    """Between calls: hidden slots follow, webhooks arrive, the reconciler has its rounds, a minute passes."""
    await played.house.house.desk.finish()
    await _webhooks(played, late=False)
    for _ in range(3):
        played.clock.advance(20)
        await _look(played)


async def _settle(played: _Round) -> None:
    """After the storm: until everything that was open has been looked up."""
    for _ in range(SETTLING_ROUNDS):
        played.clock.advance(SETTLING_SECONDS)
        await _webhooks(played, late=True)
        await _look(played)
    await played.house.house.desk.finish()


async def _look(played: _Round) -> None:
    house = played.house.house
    try:
        await reconcile(house.store, house.calendars, house.shelf, house.clock, house.notifier)
        await house.calcom_sync.poll_due()
    except Fault:
        return  # the next round comes


async def _webhooks(played: _Round, *, late: bool) -> None:
    """Deliver what is waiting, in an order of its own."""
    ready = [row for row in played.waiting if late or not row[1]]
    played.waiting[:] = [row for row in played.waiting if row not in ready]
    played.dice.shuffle(ready)
    for delivery, _late in ready:
        hint = read_hint(delivery.body)
        if hint is None:
            continue
        try:
            await played.house.house.calcom_sync.heard(BUSINESS, hint)
        except Fault:
            continue  # the poll will find it


async def _judge(
    result: StormResult,
    played: _Round,
    name: str,
    scripts: Iterable[SimulatedCall],
    heard: dict[str, Heard],
) -> None:
    world = played.house.fake.world
    for script in scripts:
        mine = heard[script.id]
        ours = await played.house.bookings(script.id)
        offers = await played.house.house.store.read(
            lambda tx, call=script.id: tx.offers(BUSINESS, call)  # type: ignore[misc]
        )
        result.calls += 1
        result.free += mine.could
        result.kept += mine.kept
        result.booked += bool(mine.booked)
        result.heard[mine.last] += 1
        if mine.could and not mine.kept:
            result.unlucky.append(f"{name} {script.id}: {' '.join(mine.codes)}")
        result.broken.extend(check_call(name, script, mine, ours, offers, world))
    owed = await played.house.house.store.read(lambda tx: tx.callbacks(BUSINESS))
    result.broken.extend(check_doubles(name, world, {row.call_id for row in owed}))
    result.requests += played.house.fake.served
    result.faults.update(played.house.fake.faults.seen)
    result.alarms.update(code for code, _ in played.house.alarms.alarms)
