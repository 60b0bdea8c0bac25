"""A server process for the gateway benchmark: `python -m bench.gateway_server bare|handfest|sampled FOLDER`.

`bare` is the reference: a Starlette route that only verifies the signature and commits one row. `sampled` is handfest
looked at while it runs: SIGUSR1 begins anew, SIGUSR2 prints what was counted as one line of JSON.
"""

import json
import os
import signal
import socket
import sqlite3
import sys
from pathlib import Path

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp
from whenever import Instant

from bench.samples import Samples
from handfest.catalogue.version import Applied, apply_business
from handfest.cli.serve import Server, log_to_stderr
from handfest.settings import Settings
from handfest.testing.sinks import KeptAlarms
from handfest.voice.signature import HEADER, verify
from handfest.web.app import create_app
from handfest.wiring import House, build

KEY = "bench-key"
STAFF = 10
BUSINESS = """
[business]
id = "bench"
name = "Bench"
language = "de"
time_zone = "Europe/Berlin"

[[lines]]
platform = "retell"
number = "+493023125009"
agent_id = "agent_bench"
signing_key_env = "BENCH_KEY"

[booking]
slot_step_min = 15
min_notice_min = 0
max_advance_days = 60

[hours]
mon = ["00:00-24:00"]
tue = ["00:00-24:00"]
wed = ["00:00-24:00"]
thu = ["00:00-24:00"]
fri = ["00:00-24:00"]
sat = ["00:00-24:00"]
sun = ["00:00-24:00"]

[[services]]
id = "1"
name = "Beratung"
duration_min = 15
""" + "".join(f'\n[[staff]]\nid = "s{n}"\nname = "Kraft{n}"\nservices = ["1"]\n' for n in range(STAFF))


def _bare(folder: Path) -> ASGIApp:
    rows = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None, check_same_thread=False)
    rows.execute("PRAGMA journal_mode=WAL")
    rows.execute("PRAGMA synchronous=FULL")
    rows.execute("CREATE TABLE row(id INTEGER PRIMARY KEY, body TEXT)")

    async def tool(request: Request) -> Response:
        raw = await request.body()
        now = Instant.now().timestamp(unit="millisecond")
        if not verify(raw, request.headers.get(HEADER), KEY, now):
            return JSONResponse({"ok": False}, 401)
        rows.execute("INSERT INTO row(body) VALUES (?)", (raw.decode(),))
        return JSONResponse({"ok": True, "code": "offered"})

    return Starlette(routes=[Route("/retell/tools", tool, methods=["POST"])])


async def house_in(folder: Path) -> House:
    """A house with the business of the benchmark, on a database in this folder."""
    settings = Settings(database=str(folder / "bench.sqlite3"))
    house = build(settings, notifier=KeptAlarms(), secret={"BENCH_KEY": KEY}.get, told_afterwards=True)
    applied = await apply_business(house.store, house.clock, BUSINESS)
    assert isinstance(applied, Applied), applied
    return house


def _look_at_this_process() -> None:
    seen = Samples()
    signal.signal(signal.SIGUSR1, lambda *_: seen.counts.clear())
    signal.signal(signal.SIGUSR2, lambda *_: print(json.dumps(seen.counts), flush=True))
    seen.start()


async def _main(kind: str, folder: Path) -> None:
    if kind == "sampled":
        _look_at_this_process()
    if kind == "bare":
        server = uvicorn.Server(uvicorn.Config(_bare(folder), log_config=None, access_log=False))
    else:
        house = await house_in(folder)
        server = Server(uvicorn.Config(create_app(house), log_config=None, access_log=False), house.live)
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(256)
    print(listening.getsockname()[1], flush=True)
    await server.serve([listening])


if __name__ == "__main__":
    import uvloop

    log_to_stderr()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:  # written as in production, and not kept
        structlog.configure(logger_factory=structlog.WriteLoggerFactory(nowhere))
        uvloop.run(_main(sys.argv[1], Path(sys.argv[2])))
