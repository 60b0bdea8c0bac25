"""Where a process spends its CPU: the stack is looked at every millisecond of CPU, and each look is some layer's."""

import signal
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

EVERY_SECONDS = 0.001
OTHER = "event loop and sockets; commits, on the writer's thread"
LAYERS: Sequence[tuple[str, tuple[str, ...]]] = (
    ("HTTP: server, middleware, routes, guard", ("/uvicorn/", "/starlette/", "handfest/web/")),
    ("signature, body and dialect", ("handfest/voice/",)),
    ("values to rows and back (JSON)", ("handfest/storage/codec",)),
    ("statements", ("handfest/storage/",)),
    ("words understood", ("handfest/desk/understand", "handfest/speech/", "handfest/catalogue/")),
    ("free slots", ("handfest/scheduling/", "handfest/calendars/")),
    ("words of the answer", ("handfest/desk/reply", "handfest/desk/spoken")),
    ("log, metrics, open pages", ("handfest/turn_log", "handfest/diagnosis/", "/structlog/")),
    ("trace and redaction", ("handfest/trace/",)),
    ("desk and use cases", ("handfest/desk/", "handfest/booking/", "handfest/model/", "handfest/machine")),
)
"""Layers by the files that are theirs. A frame of no layer (a library) belongs to whoever called it."""


@dataclass
class Samples:
    """Counts looks by layer from `start` on; the thread that starts it must be the main one."""

    counts: Counter[str] = field(default_factory=Counter)

    def start(self) -> None:
        """Look from now on, whenever the process has used another millisecond of CPU."""
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, EVERY_SECONDS, EVERY_SECONDS)

    def stop(self) -> Mapping[str, int]:
        """The counts; nothing is looked at any more."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        return self.counts

    def _look(self, _number: int, frame: FrameType | None) -> None:
        self.counts[layer_of(frame)] += 1


def layer_of(frame: FrameType | None) -> str:
    """The layer of the innermost frame that belongs to one."""
    while frame is not None:
        name = Path(frame.f_code.co_filename).as_posix()
        for layer, files in LAYERS:
            if any(part in name for part in files):
                return layer
        frame = frame.f_back
    return OTHER
