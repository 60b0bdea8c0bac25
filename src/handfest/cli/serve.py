"""`handfest serve`: the gateway as a process."""

import asyncio
import gc
import logging
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import structlog
import typer
import uvicorn

from handfest.catalogue.parse import parse_business
from handfest.catalogue.version import Applied, apply_business
from handfest.cli.clock import clock_from
from handfest.cli.options import Database, settings_with
from handfest.cli.output import FINDINGS, UNREACHABLE, console, errors, fail
from handfest.cli.run import guarded, print_problems, read_file
from handfest.cli.serve_notes import serve_notes
from handfest.cli.workers import Workers
from handfest.diagnosis.watch.live import LiveBoard
from handfest.machine import SystemClock
from handfest.ports import LineRecord
from handfest.settings import Settings
from handfest.turn_log import drop_personal
from handfest.voice.lines import PLATFORMS
from handfest.web.app import create_app
from handfest.wiring import House, build


def serve(
    more: Annotated[
        list[Path] | None, typer.Argument(help="Further business files.", metavar="[FILE]...")
    ] = None,
    business: Annotated[
        list[Path] | None, typer.Option("--business", help="Business file to apply at start; repeatable.")
    ] = None,
    database: Database = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    workers: Annotated[int, typer.Option(help="Processes; more than one needs PostgreSQL.", min=1)] = 1,
    now: Annotated[
        str | None, typer.Option(help="Testing aid: an ISO moment at which the clock starts and runs on.")
    ] = None,
) -> None:
    """Serve the voice endpoints. Business files are applied first; one with problems stops the start."""
    settings = guarded(lambda: settings_with(database, host=host, port=port))
    log_to_stderr()
    if workers > 1 and not settings.database.startswith("postgresql://"):
        fail(
            f"--workers {workers} needs PostgreSQL: SQLite has one writer, and it lives in one process. "
            "Use --workers 1, or --database postgresql://USER@HOST/NAME"
        )
    if now is not None:
        errors.print(f"warning: the clock starts at {now}; this is a testing aid", markup=False)
    files = [*(business or []), *(more or [])]
    _refuse_problems(files)
    house = guarded(lambda: _house(settings, now))
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_apply_all(house, files))
        lines = runner.run(_lines(house))
        listening = _listen(settings)
        _announce(settings, listening, lines, house, runner.run(serve_notes(house)))
        if workers == 1:
            runner.run(_serve(house, listening))
            return
        runner.run(house.close())
    listening.listen()
    if not Workers(workers, serve_worker, settings, now, listening).run():
        fail("a worker could not serve; its log says why", UNREACHABLE)


def settle_memory() -> None:
    """What is there before the first request stays: the collector need not walk it while a caller waits.

    One walk over libraries, grammars and words takes some 200 ms, and everybody waits for it.
    """
    gc.collect()
    gc.freeze()


def serve_worker(settings: Settings, now: str | None, listening: socket.socket) -> None:
    """One of several processes: a house of its own on the socket that all share."""
    log_to_stderr()
    house = guarded(lambda: _house(settings, now))
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(house, listening))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The faster event loop, where there is one."""
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop


def _house(settings: Settings, now: str | None) -> House:
    clock = clock_from(now)
    clocks = (clock, SystemClock()) if now is not None else (clock,)
    return build(settings, clock=clock, signature_clocks=clocks, told_afterwards=True)


def log_to_stderr() -> None:
    """Logs go to standard error: readable on a terminal, one JSON object a line elsewhere."""
    processors: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        drop_personal,
    ]
    last: structlog.typing.Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if sys.stderr.isatty():
        # Plain: the rich one prints the locals of every frame, and with them what a caller said (law 11).
        last = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[*processors, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )


def _refuse_problems(files: list[Path]) -> None:
    """Before there is a database: a start that is refused leaves nothing behind."""
    for file in files:
        problems = parse_business(read_file(file))
        if isinstance(problems, tuple):
            print_problems(file, problems)
            raise typer.Exit(FINDINGS)


async def _apply_all(house: House, files: list[Path]) -> None:
    for file in files:
        result = await apply_business(house.store, house.clock, read_file(file))
        if not isinstance(result, Applied):
            print_problems(file, result)
            raise typer.Exit(FINDINGS)


async def _lines(house: House) -> tuple[LineRecord, ...]:
    return await house.store.read(lambda tx: tuple(line for one in PLATFORMS for line in tx.lines(one)))


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # The protocol is named because asyncio sets TCP_NODELAY only then; without it every answer waits 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        # Listening before it is announced: who reads the address may connect at once, and waits in the queue.
        listening.listen(1024)
    except OSError as error:
        fail(f"cannot listen on {settings.host}:{settings.port}: {error.strerror}; try --port 0", UNREACHABLE)
    return listening


def _announce(
    settings: Settings,
    listening: socket.socket,
    lines: tuple[LineRecord, ...],
    house: House,
    notes: list[str],
) -> None:
    host, port = listening.getsockname()[:2]
    console.print(
        f"handfest serves on http://{host}:{port} (database {settings.database})",
        markup=False,
        soft_wrap=True,
    )
    if not lines:
        console.print("no business is applied yet: handfest apply FILE", markup=False)
    for line in lines:
        place = line.business_id + (f"/{line.branch_id}" if line.branch_id else "")
        missing = not (line.signing_key_env and house.secret(line.signing_key_env))
        note = f"  !! {line.signing_key_env} is not set: its calls get 401" if missing else ""
        where_from = "" if line.platform == "retell" else f"{line.platform} "
        console.print(f"  {where_from}{line.number or line.agent_id} -> {place}{note}", markup=False)
    for note in notes:
        console.print(f"  !! {note}", markup=False, soft_wrap=True)
    sys.stdout.flush()


class Server(uvicorn.Server):
    """Lets open pages go before it waits for the requests that are running: theirs would never end."""

    def __init__(self, config: uvicorn.Config, live: LiveBoard) -> None:
        super().__init__(config)
        self._live = live

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn. By now everything that is loaded before the first request is there."""
        await super().startup(sockets)
        settle_memory()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn."""
        self._live.close()
        await super().shutdown(sockets)


async def _serve(house: House, listening: socket.socket) -> None:
    config = uvicorn.Config(
        create_app(house), log_config=None, access_log=False, timeout_graceful_shutdown=5, lifespan="on"
    )
    await Server(config, house.live).serve(sockets=[listening])
