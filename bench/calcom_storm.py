"""The fault storm with several seeds, one column a seed. Takes minutes a seed: `python -m bench.calcom_storm`.

Time is virtual and the dice are seeded: every run of the same code shows the same figures.
"""

import asyncio
import logging
import os
from functools import partial

import structlog

from bench.table import show
from handfest.cli.simulate import rows_of
from handfest.testing.simulate import RATE, simulate

CALLS = int(os.environ.get("BENCH_STORM_CALLS", "10000"))
SEEDS = tuple(int(seed) for seed in os.environ.get("BENCH_STORM_SEEDS", "1,2,3").split(","))


def main() -> None:
    """Play, print, write bench/results/calcom_storm.md; a broken law ends it with its evidence."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    results = [asyncio.run(partial(simulate, CALLS, seed)()) for seed in SEEDS]
    tables = [dict(rows_of(result)) for result in results]
    names = list(dict.fromkeys(name for table in tables for name in table))
    note = (
        f"`handfest simulate --calendar calcom --calls {CALLS} --seed N`: {RATE:.0%} of all requests meet a "
        "fault; time is virtual, so a run repeats exactly."
    )
    rows = [(name, *(table.get(name, "0") for table in tables)) for name in names]
    show("calcom_storm", note, ("", *(f"seed {seed}" for seed in SEEDS)), rows)
    for seed, result in zip(SEEDS, results, strict=True):
        for one in result.broken:
            print(f"seed {seed}, round {one.round}, call {one.call}: {one.law}: {one.evidence}")
        for line in result.unlucky:
            print(f"seed {seed}, not served: {line}")


if __name__ == "__main__":
    main()
