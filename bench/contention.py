"""Everybody at once: `python -m bench.contention [same-slot] [sqlite] [postgres]`.

First 16 callers want the same time, through the front desk (BENCH_ROUNDS rounds, 1,000 unless said otherwise).
Then BENCH_ATTEMPTS (100,000) attempts to hold, book, release, move and cancel hit the store: from 16 tasks of
one process on SQLite, and from four processes with four tasks each on PostgreSQL. Meanwhile and afterwards the
rows are read from outside and held to `bench.invariant`. A seed is printed; BENCH_SEED repeats it; BENCH_SECONDS
bounds each fight.
"""

import asyncio
import multiprocessing
import os
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.fight import Fought, fight
from bench.invariant import Watcher, violations
from bench.same_slot import play
from bench.table import show
from handfest.storage.opening import prepare

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "1000"))
ATTEMPTS = int(os.environ.get("BENCH_ATTEMPTS", "100000"))
SEED = os.environ.get("BENCH_SEED") or secrets.token_hex(3)
SECONDS = float(os.environ.get("BENCH_SECONDS", "3600"))
CLIENTS = 16
WORKERS = 4
SAMPLE_SECONDS = 0.5


@dataclass(frozen=True)
class Result:
    """One fight: what the clients saw, and what was found in the rows, in so many looks at them."""

    fought: Fought
    found: list[str]
    looks: int
    seconds: float


def contend(address: str, processes: int, attempts: int, clients: int, seed: str) -> Result:
    """Let the processes fight for the database and look at its rows meanwhile and afterwards."""
    prepare(address)
    watcher, found, looks, began = Watcher(address), [], 0, time.perf_counter()
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=spawn) as pool:
        running: set[Future[Fought]] = {
            pool.submit(
                fight, address, f"{seed}{number}", attempts // processes, clients // processes, SECONDS
            )
            for number in range(processes)
        }
        while wait(running, timeout=SAMPLE_SECONDS).not_done:
            found += violations(watcher.look())
            looks += 1
        seconds = time.perf_counter() - began
        fought = _together([future.result() for future in running])
    last = watcher.look()
    found += violations(last)
    found += _told_and_kept(fought.standing, {event.booking_id for event in last.events})
    watcher.close()
    return Result(fought, found, looks + 1, seconds)


def _together(parts: list[Fought]) -> Fought:
    outcomes: Counter[str] = sum((part.outcomes for part in parts), Counter())
    waits = sorted(wait for part in parts for wait in part.waits)
    return Fought(outcomes, waits, set().union(*(part.standing for part in parts)))


def _told_and_kept(told: set[str], kept: set[str]) -> Iterator[str]:
    yield from (f"{booking} was confirmed and is not there" for booking in told - kept)
    yield from (f"{booking} is there and nobody was told so" for booking in kept - told)


@contextmanager
def postgres() -> Iterator[str]:
    """A database of its own on the tests' PostgreSQL, which is stopped afterwards."""
    sys.path.append(str(Path(__file__).parents[1] / "tests"))
    from contracts.postgres_server import ensure_server, own_database, stop_server

    with tempfile.TemporaryDirectory() as folder:
        server = ensure_server(Path(folder))
        try:
            with own_database(server, "bench") as address:
                yield address
        finally:
            stop_server(Path(folder))


def _same_slot() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        rounds = asyncio.run(play(f"{folder}/rounds.sqlite3", ROUNDS, CLIENTS))
        seconds = time.perf_counter() - began
    row = [
        f"{rounds.winners[1]} of {rounds.played}",
        f"{rounds.stored[1]} of {rounds.played}",
        str(rounds.losers["other offers"]),
        str(rounds.losers["a refusal with a way on"]),
        str(rounds.losers["left alone"]),
        str(rounds.pending),
        f"{rounds.longest_ms:.0f} ms",
        f"{seconds:.0f} s",
    ]
    note = (
        f"{CLIENTS} callers ask for the same time and book it, through the front desk on SQLite; whoever loses "
        "asks to book it all the same, so there are up to two losing answers a caller."
    )
    columns = [
        "told: one winner",
        "stored: one",
        "other offers",
        "refused, way on",
        "left alone",
        "past deadline",
    ]
    show("contention_same_slot", note, [*columns, "longest turn", "took"], [row])
    return rounds.kept


def _row(name: str, result: Result) -> list[str]:
    waits, outcomes = result.fought.waits, result.fought.outcomes
    won = sum(count for outcome, count in outcomes.items() if outcome.endswith(": won"))
    return [
        name,
        f"{len(waits)}",
        f"{won}",
        f"{outcomes['cancel']}",
        f"{outcomes['move: won']}",
        f"{len(result.found)}",
        f"{result.looks}",
        f"{waits[len(waits) // 2]:.1f} ms",
        f"{waits[int(len(waits) * 0.99)]:.1f} ms",
        f"{waits[-1]:.0f} ms",
        f"{len(waits) / result.seconds:.0f}/s",
    ]


def _show(name: str, label: str, result: Result) -> bool:
    note = (
        f"{CLIENTS} clients fight for ten hours of three people with unequal lengths, buffers, waits within, "
        "holds that expire, moves and cancellations. `broken` counts overlaps and every other breach of "
        "bench/invariant.py over all looks at the rows, and confirmations that are not kept. SQLite syncs each "
        f"commit; the tests' PostgreSQL does not. Seed {SEED}."
    )
    columns = [
        "store",
        "attempts",
        "won",
        "cancelled",
        "moved",
        "broken",
        "looks",
        "p50",
        "p99",
        "longest wait",
    ]
    show(name, note, [*columns, "rate"], [_row(label, result)])
    print(dict(result.fought.outcomes), *result.found[:20], sep="\n")
    return not result.found


def _sqlite() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        result = contend(f"{folder}/fight.sqlite3", 1, ATTEMPTS, CLIENTS, SEED)
    return _show("contention_sqlite", "SQLite, 1 process", result)


def _postgres() -> bool:
    with postgres() as address:
        result = contend(address, WORKERS, ATTEMPTS, CLIENTS, SEED)
    return _show("contention_postgres", f"PostgreSQL, {WORKERS} processes", result)


def main() -> None:
    """Play the rounds, the fights, or some of them, and show them. Exits with 1 if anything was broken."""
    parts = {"same-slot": _same_slot, "sqlite": _sqlite, "postgres": _postgres}
    print(f"seed {SEED}", flush=True)
    kept = [parts[name]() for name in sys.argv[1:] or parts]
    sys.exit(0 if all(kept) else 1)


if __name__ == "__main__":
    main()
