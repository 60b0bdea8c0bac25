"""Brings what SQLite's log (WAL) holds into the database file, without a caller waiting for it.

Left to itself SQLite does so inside every thousandth page's commit, and whoever commits then waits for all of it:
measured, that was every hundredth booking. Here a thread of its own copies the bulk while others go on writing, and
the writer copies the rest between two commits, a millisecond's work. Only then does the log begin anew, and a log
that is written over costs a third of the syncing of one that grows.
"""

import contextlib
import sqlite3
import threading
from pathlib import Path

from handfest.storage.sqlite_driver import DriverConnection, connect

COMMITS = 100
"""Transactions between two checkpoints: with those of a booking about a thousand pages of the log."""
LOG_PAGES_MAX = 8000
"""Beyond this the writer does the whole work in a commit after all: the log must not grow without end."""
_CHECKPOINT = "PRAGMA wal_checkpoint(PASSIVE)"


class Checkpoints:
    """The checkpoints of one file; `after` and `close` are called by its writer only."""

    def __init__(self, path: Path, writing: DriverConnection) -> None:
        self._path = path
        self._writing = writing
        self._writing.run(f"PRAGMA wal_autocheckpoint={LOG_PAGES_MAX}")
        self._commits = 0
        self._copying: threading.Thread | None = None

    def after(self, commits: int) -> None:
        """So many transactions have been committed, and none is begun: go on with what is due."""
        self._commits += commits
        if self._copying is None:
            if self._commits >= COMMITS:
                self._commits = 0
                self._copying = threading.Thread(target=self._copy, name="handfest-checkpoint", daemon=True)
                self._copying.start()
        elif not self._copying.is_alive():
            self._copying = None
            _checkpoint(self._writing)

    def close(self) -> None:
        """Wait for what is running; the last connection to close copies what is left."""
        if self._copying is not None:
            self._copying.join()

    def _copy(self) -> None:
        with contextlib.suppress(sqlite3.DatabaseError):
            beside = connect(self._path)
            try:
                _checkpoint(beside)
            finally:
                beside.close()


def _checkpoint(connection: DriverConnection) -> None:
    # What cannot be copied now stays in the log, where it is as safe; the next checkpoint tries again.
    with contextlib.suppress(sqlite3.DatabaseError):
        connection.run(_CHECKPOINT)
