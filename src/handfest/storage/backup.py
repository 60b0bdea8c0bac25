"""Copy a SQLite database while it is being written to."""

import sqlite3
from contextlib import closing
from pathlib import Path

from handfest.errors import ConfigurationError, SchemaMismatch, StoreUnavailable
from handfest.storage.opening import plain_engine, require_complete, schema_version, sqlite_path


def back_up(address: str, target: Path) -> int:
    """Write a complete copy of the database at `address` to the new file `target`; its size in bytes.

    Uses SQLite's own online copy: a server may go on writing meanwhile, and the copy is one consistent state. It is
    checked before it gets its name, so a file called `target` is a whole backup or does not exist. Raises
    ConfigurationError, SchemaMismatch and StoreUnavailable.
    """
    source = _source(address)
    if target.exists():
        raise ConfigurationError(f"{target} exists; a backup never overwrites, so name a new file")
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(unfinished)) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        _check(unfinished)
        unfinished.rename(target)
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{source} cannot be backed up: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return target.stat().st_size


def _source(address: str) -> Path:
    if address.startswith("postgresql://"):
        raise ConfigurationError(
            "PostgreSQL has its own backup: pg_dump --format=custom --file=handfest.dump DATABASE, "
            "and pg_restore to bring it back"
        )
    path = sqlite_path(address)
    if not path.is_file():
        raise ConfigurationError(f"there is no database at {path}; name it with --database")
    return path


def _check(copy: Path) -> None:
    engine = plain_engine(str(copy))
    try:
        with engine.connect() as connection:
            verdict = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
            if verdict != "ok":
                raise StoreUnavailable(f"the copy is damaged ({verdict}): the database or the disk is, too")
            if schema_version(connection) is None:
                raise SchemaMismatch("the database is empty: there is nothing to back up")
            require_complete(connection)
    finally:
        engine.dispose()
