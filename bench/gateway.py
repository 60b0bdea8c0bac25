"""The whole way of a tool call over HTTP, as a ratio to a bare route that verifies and commits one row.

Both servers run one process on loopback, one after the other, each with signature and durable write; the load
generator shares the machine's cores with them. CPU is the server's own (user and system, from /proc).
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median

from whenever import Instant

from bench.gateway_server import KEY
from bench.table import show
from bench.wires import Wires
from handfest.voice.signature import HEADER, sign

WARM_UP = 50
REQUESTS = int(os.environ.get("BENCH_REQUESTS", "600"))
CLIENTS = 16
TOOLS = "/retell/tools"
_TICKS = os.sysconf("SC_CLK_TCK")
_CALLS = count(1)


@dataclass(frozen=True)
class Figures:
    """Milliseconds and CPU milliseconds per request; requests per second."""

    p50: float
    p99: float
    cpu: float
    rate: float


class Server:
    """A server process and its address."""

    def __init__(self, kind: str, folder: str) -> None:
        command = [sys.executable, "-m", "bench.gateway_server", kind, folder]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._port = int(self._process.stdout.readline())
        self.base = f"http://127.0.0.1:{self._port}"

    def wires(self) -> Wires:
        """Connections to it."""
        return Wires("127.0.0.1", self._port)

    def cpu_s(self) -> float:
        """CPU seconds the process has used."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def look(self, *, again: bool) -> dict[str, int]:
        """What a `sampled` server has counted (see `bench.samples`), or nothing where it begins `again`."""
        self._process.send_signal(signal.SIGUSR1 if again else signal.SIGUSR2)
        assert self._process.stdout is not None
        return {} if again else json.loads(self._process.stdout.readline())

    def kill(self) -> None:
        """End the process at once, without a word to it."""
        self._process.kill()
        self._ended()

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._ended()

    def _ended(self) -> None:
        self._process.wait(60)
        assert self._process.stdout is not None
        self._process.stdout.close()


def request_of(call: str, name: str, args: dict) -> tuple[bytes, dict[str, str]]:
    """A tool call as the platform sends it: its body and the headers that sign it."""
    body = {
        "name": name,
        "args": args,
        "call": {
            "call_id": call,
            "agent_id": "agent_bench",
            "direction": "inbound",
            "from_number": "+493023125077",
            "to_number": "+493023125009",
        },
    }
    raw = json.dumps(body, ensure_ascii=False).encode()
    return raw, _signed(raw)


def _signed(raw: bytes) -> dict[str, str]:
    return {HEADER: sign(raw, KEY, Instant.now().timestamp(unit="millisecond"))}


def _inbound(wires: Wires) -> Callable[[], Awaitable[float]]:
    """What the platform asks before it answers a call; the caller hears it ring meanwhile."""
    asked = {"agent_id": "agent_bench", "from_number": "+493023125077", "to_number": "+493023125009"}
    raw = json.dumps({"event": "call_inbound", "call_inbound": asked}).encode()

    async def once() -> float:
        answer = await wires.ask("/retell/inbound", raw, _signed(raw))
        assert answer.body["call_inbound"]["dynamic_variables"], answer
        return answer.seconds

    return once


def when(number: int) -> str:
    day = Instant.now().to_tz("Europe/Berlin").date().add(days=1 + number % 50)
    minute = (number * 15) % 1440
    return f"{day.format_iso()}T{minute // 60:02d}:{minute % 60:02d}"


def check(wires: Wires) -> Callable[[], Awaitable[float]]:
    """One check of a call of its own; seconds."""

    async def once() -> float:
        number = next(_CALLS)
        args = {"service": "Beratung", "when": when(number)}
        answer = await wires.ask(TOOLS, *request_of(f"call_{number}", "check_availability", args))
        assert answer.body["code"] == "offered", answer
        return answer.seconds

    return once


def book(wires: Wires) -> Callable[[], Awaitable[float]]:
    """The booking of what a check before it has offered; seconds, without the check."""

    async def once() -> float:
        number = next(_CALLS)
        args = {"service": "Beratung", "when": when(number)}
        found = await wires.ask(TOOLS, *request_of(f"call_{number}", "check_availability", args))
        args = {"offer": found.body["offers"][0]["id"], "name": "Erika Beispiel"}
        answer = await wires.ask(TOOLS, *request_of(f"call_{number}", "book_appointment", args))
        assert answer.body["code"] == "booked", answer
        return answer.seconds

    return once


async def measure(server: Server, once: Callable[[], Awaitable[float]], clients: int, total: int) -> Figures:
    for _ in range(WARM_UP):
        await once()
    took: list[float] = []
    left = iter(range(total))

    async def client() -> None:
        for _ in left:
            took.append(await once())

    cpu, began = server.cpu_s(), time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    wall, used = time.perf_counter() - began, server.cpu_s() - cpu
    took.sort()
    p99 = took[min(len(took) - 1, int(len(took) * 0.99))]
    return Figures(median(took) * 1e3, p99 * 1e3, used / len(took) * 1e3, len(took) / wall)


async def _run() -> list[tuple[str, Figures]]:
    rows: list[tuple[str, Figures]] = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("bare", "handfest"):
            server = Server(kind, folder)
            try:
                wires = server.wires()
                checking, booking = check(wires), book(wires)
                name = "bare route" if kind == "bare" else "check"
                rows.append((f"{name}, 1 client", await measure(server, checking, 1, REQUESTS)))
                if kind == "handfest":
                    rows.append(("book, 1 client", await measure(server, booking, 1, REQUESTS)))
                    rows.append(("inbound, 1 client", await measure(server, _inbound(wires), 1, REQUESTS)))
                many = await measure(server, checking, CLIENTS, REQUESTS * 3)
                rows.append((f"{name}, {CLIENTS} clients", many))
                await wires.close()
            finally:
                server.stop()
    return rows


def main() -> None:
    """Measure and show."""
    rows = asyncio.run(_run())
    bare = {name.rsplit(", ", 1)[1]: figures for name, figures in rows if name.startswith("bare")}
    table = []
    for name, figures in rows:
        reference = bare[name.rsplit(", ", 1)[1]]
        table.append(
            [
                name,
                f"{figures.p50:.2f} ms",
                f"{figures.p99:.2f} ms",
                f"{figures.cpu:.2f} ms",
                f"{figures.rate:.0f}/s",
                f"{figures.p50 / reference.p50:.1f}",
                f"{figures.cpu / reference.cpu:.1f}",
            ]
        )
    note = (
        "A tool call over loopback HTTP with signature and durable write; ratios to the bare route. "
        "Timed from the first byte sent to the last one received. The load generator shares the cores; CPU and rate of "
        "a book include the check before it."
    )
    show("gateway", note, ["case", "p50", "p99", "server CPU", "rate", "p50 ratio", "CPU ratio"], table)


if __name__ == "__main__":
    main()
