"""What the console's pages cost with much behind them: `python -m bench.console`.

The morning that the tests play is copied backwards until there are 100,000 calls (about a million steps); then each
page is asked for again and again over ASGI: server time, with the session, the rules and the rendering.
"""

import asyncio
import os
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from bench.table import show
from handfest.cli.serve import settle_memory
from handfest.model.actor import Role
from handfest.storage.schema import metadata

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from console.pages import PAGES
from console.scene import morning, settle
from visitors import Visitor, visitor

CALLS = int(float(os.environ.get("BENCH_CALLS", "1e5")))
REQUESTS = int(os.environ.get("BENCH_REQUESTS", "60"))
WARM_UP = 3
STEP_MS = 4 * 60 * 60 * 1000
COPIED = ("call", "turn", "offer", "booking", "transcript", "call_digest", "call_mark")
_MOMENTS = frozenset({"started_at", "at", "made_at", "active_at", "start"})
_BEGAN = "(SELECT started_at FROM call c WHERE c.id = t.call_id)"
_TO_THE_DAY = f"strftime('%Y-%m-%d', ({_BEGAN} - n * :step) / 1000, 'unixepoch')"


def copy_back(path: Path, calls: int) -> tuple[int, int]:
    """Copy every call `n` times, each copy earlier than the last; how many calls and steps there are then."""
    with sqlite3.connect(path) as rows:
        rows.execute("PRAGMA synchronous=OFF")
        played = rows.execute("SELECT count(*) FROM call WHERE business_id = 'salon'").fetchone()[0]
        copies = max(0, -(-calls // played) - 1)
        rows.execute("CREATE TEMP TABLE played AS SELECT id FROM call WHERE business_id = 'salon'")
        for name in reversed(COPIED):
            rows.execute(_copy(name), {"copies": copies, "step": STEP_MS})
        found = rows.execute("SELECT count(*) FROM call").fetchone()[0]
        steps = rows.execute("SELECT sum(json_array_length(body, '$.steps')) FROM turn").fetchone()[0]
        rows.execute("ANALYZE")
    rows.close()
    return found, int(steps or 0)


def _copy(name: str) -> str:
    columns = [column.name for column in metadata.tables[name].columns]
    key = "id" if name == "call" else "call_id"
    told = ", ".join(_column(name, column, key) for column in columns)
    named = ", ".join(f'"{column}"' for column in columns)
    numbers = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < :copies) "
    return (
        f'INSERT INTO "{name}" ({named}) {numbers} SELECT {told} FROM "{name}" t, n '
        f"WHERE t.business_id = 'salon' AND t.{key} IN (SELECT id FROM temp.played) AND :copies > 0"
    )


def _column(table: str, column: str, key: str) -> str:
    if column in (key, "id"):
        return f"t.\"{column}\" || '_' || n"
    if column == "body":
        return f"replace(t.body, t.{key} || '\"', t.{key} || '_' || n || '\"')"
    if column == "day":
        return _TO_THE_DAY
    return f't."{column}" - n * :step' if column in _MOMENTS else f't."{column}"'


async def measure(path: Path, calls: int) -> list[list[str]]:
    """One row a page: p50 and p99 in milliseconds."""
    async with morning(str(path)) as (stage, _talk):
        found, steps = copy_back(path, calls)
        print(f"{found:,} calls, {steps:,} steps")
        await settle(stage)
        now = stage.clock.now()
        booking = (
            await stage.house.store.read(
                lambda tx: tx.bookings("salon", now, now.add(hours=72), 50, booked=True)
            )
        )[0].id
        settle_memory()
        async with visitor(stage, {"salon": Role.OWNER, "askpro": Role.AGENCY}) as owner:
            pages = {
                name: address.format(booking=booking) for name, address in PAGES.items() if name != "login"
            }
            return [await _page(owner, name, address) for name, address in pages.items()]


async def _page(owner: Visitor, name: str, address: str) -> list[str]:
    took, worked = [], []
    for _number in range(WARM_UP + REQUESTS):
        began, work = time.perf_counter(), time.process_time()
        answer = await owner.browser.get(address)
        took.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - work) * 1000)
        assert answer.status_code == 200, address
    rows = [
        figure
        for times in (worked[WARM_UP:], took[WARM_UP:])
        for figure in (f"{median(times):.1f}", f"{quantiles(times, n=100)[98]:.1f}")
    ]
    return [name, *rows, str(len(answer.text) // 1024)]


def main() -> None:
    """Print the table and write it to the results."""
    with tempfile.TemporaryDirectory(prefix="handfest-bench-") as folder:
        rows = asyncio.run(measure(Path(folder) / "console.sqlite3", CALLS))
    note = (
        f"Each page of the console with {CALLS:,} calls in the store; the aim is 100 ms. "
        "`work` is this process's own time, `wall` the clock's, which a busy machine stretches"
    )
    show("console", note, ("page", "work p50", "work p99", "wall p50", "wall p99", "KiB"), rows)


if __name__ == "__main__":
    main()
