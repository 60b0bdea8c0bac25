"""Where the CPU of a check and of a booking goes: `python -m bench.layers`.

The server process is looked at while it serves, once for every few milliseconds of CPU that it uses (`bench.samples`),
and the statements of a turn are counted in a run of their own.
"""

import asyncio
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from bench.gateway import CLIENTS, Server, book, check, measure, when
from bench.gateway_server import house_in
from bench.samples import LAYERS, OTHER
from bench.table import show
from handfest.office.digest_calls import digest_calls
from handfest.storage.sqlite_driver import DriverConnection
from handfest.testing.phone import Phone

REQUESTS = int(os.environ.get("BENCH_REQUESTS", "4000"))
COUNTED_CALLS = 60


@dataclass(frozen=True)
class Seen:
    """Looks by layer, and the milliseconds of CPU of one request."""

    counts: Mapping[str, int]
    cpu: float

    def of(self, layer: str) -> float:
        """Milliseconds of a request in this layer."""
        return self.cpu * self.counts.get(layer, 0) / max(1, sum(self.counts.values()))


async def _seen(folder: str) -> list[Seen]:
    server = Server("sampled", folder)
    seen = []
    try:
        wires = server.wires()
        for once in (check(wires), book(wires)):
            await measure(server, once, CLIENTS, CLIENTS)
            server.look(again=True)
            figures = await measure(server, once, CLIENTS, REQUESTS)
            seen.append(Seen(server.look(again=False), figures.cpu))
        await wires.close()
    finally:
        server.stop()
    return seen


@contextmanager
def _counting() -> Iterator[Counter[str]]:
    """Counts the statements of every connection: those with rows, and BEGIN and COMMIT."""
    counts: Counter[str] = Counter()
    execute, run = DriverConnection.execute, DriverConnection.run

    def executed(self: DriverConnection, *given: Any) -> Any:
        counts["statements"] += 1
        return execute(self, *given)

    def ran(self: DriverConnection, command: str) -> None:
        counts["transactions"] += command.startswith("BEGIN")
        run(self, command)

    DriverConnection.execute, DriverConnection.run = executed, ran  # type: ignore[method-assign]
    try:
        yield counts
    finally:
        DriverConnection.execute, DriverConnection.run = execute, run  # type: ignore[method-assign]


async def _statements(folder: str) -> tuple[list[Counter[str]], float]:
    """Statements and transactions of checks and of the bookings after them; the CPU of a call's digest in ms."""
    house = await house_in(Path(folder))
    (line,) = await house.store.read(lambda tx: tx.lines("retell"))
    total: list[Counter[str]] = [Counter(), Counter()]
    for number in range(COUNTED_CALLS):
        phone = Phone(house.desk, line, f"counted_{number}", "+493023125077")
        for which, (tool, args) in enumerate(_said(number)):
            with _counting() as counts:
                reply = await phone.call(tool, **args)
            assert reply.code == ("offered", "booked")[which], reply
            total[which] += counts
    began, drawn = time.process_time(), 0
    while done := await digest_calls(house.office):
        drawn += done
    digest = (time.process_time() - began) / drawn * 1e3
    await house.close()
    return total, digest


def _said(number: int) -> tuple[tuple[str, dict[str, str]], tuple[str, dict[str, str]]]:
    asked = {"service": "Beratung", "when": when(number + 1)}
    return ("check_availability", asked), ("book_appointment", {"offer": "A1", "name": "Erika Beispiel"})


def main() -> None:
    """Measure and show."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as another:
        checks, books = asyncio.run(_seen(folder))
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            structlog.configure(logger_factory=structlog.WriteLoggerFactory(nowhere))
            counted, digest = asyncio.run(_statements(another))
    rows = [
        [layer, f"{checks.of(layer):.3f} ms", f"{books.of(layer):.3f} ms"]
        for layer in (*(layer for layer, _ in LAYERS), OTHER)
    ]
    rows.append(["all of the process", f"{checks.cpu:.3f} ms", f"{books.cpu:.3f} ms"])
    told = [
        f"{one['statements'] / COUNTED_CALLS:.0f} statements in {one['transactions'] / COUNTED_CALLS:.0f} transactions"
        for one in counted
    ]
    note = (
        f"CPU of the serving process by layer, {CLIENTS} clients, SQLite; a book includes the check before it. "
        f"The desk needs {told[0]} for a check and {told[1]} for a booking, beside one for the lines. "
        f"A call's digest is drawn once, when it is over, and not in this table: {digest:.2f} ms."
    )
    show("layers", note, ["layer", "check", "check and book"], rows)


if __name__ == "__main__":
    main()
