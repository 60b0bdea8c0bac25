"""Several processes that serve one listening socket: each is a whole gateway, the database is what they share."""

import multiprocessing
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Any

import structlog

_LOG = structlog.get_logger("handfest.serve")
YOUNG_SECONDS = 10.0
"""A worker that ends by itself this early cannot serve: starting it again would not help. One that was killed
is started again."""
PATIENCE_SECONDS = 15.0
"""How long workers may take to finish what they began before they are killed."""


class Workers:
    """Keeps a number of worker processes running until it is told to stop.

    `serve` and its arguments are handed to fresh interpreters, so that nothing of the parent (threads,
    connections, clocks) lives on in two processes.
    """

    def __init__(self, count: int, serve: Callable[..., None], *arguments: Any) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._count, self._serve, self._arguments = count, serve, arguments
        self._running: dict[BaseProcess, float] = {}
        self._stopping = False

    def run(self) -> bool:
        """Serve until a signal asks to stop; False if the workers cannot serve at all."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for _ in range(self._count):
            self._start()
        healthy = True
        while self._running:
            wait([process.sentinel for process in self._running], timeout=1.0)
            for process in [one for one in self._running if not one.is_alive()]:
                born = self._running.pop(process)
                if self._stopping:
                    continue
                _LOG.error("a worker ended", pid=process.pid, exit=process.exitcode)
                gave_up = (process.exitcode or 0) >= 0
                if gave_up and time.monotonic() - born < YOUNG_SECONDS:
                    healthy = False
                    self._stop_all()
                else:
                    self._start()
        return healthy

    def _start(self) -> None:
        process = self._context.Process(target=self._serve, args=self._arguments, name="handfest-worker")
        process.start()
        self._running[process] = time.monotonic()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop_all()

    def _stop_all(self) -> None:
        self._stopping = True
        for process in self._running:
            process.terminate()
        last = time.monotonic() + PATIENCE_SECONDS
        for process in self._running:
            process.join(max(0.0, last - time.monotonic()))
            if process.is_alive():
                process.kill()
