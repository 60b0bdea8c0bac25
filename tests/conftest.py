"""What holds for every test: nobody's settings, no network, steady examples, and one real PostgreSQL."""

import gc
import ipaddress
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, settings

from console.browser import chromium_path
from contracts.postgres_server import (
    drop_database,
    empty_database,
    ensure_server,
    make_database,
    new_name,
    own_database,
    stop_server,
)
from handfest.storage.opening import prepare

for _name in [name for name in os.environ if name.startswith("HANDFEST_")]:
    # A developer's own settings must not decide what a test sees.
    if _name not in ("HANDFEST_TEST_POSTGRES", "HANDFEST_TEST_SEARCH", "HANDFEST_TEST_CHROMIUM"):
        del os.environ[_name]

# Compiled vocabularies stay for the whole session: looking through them for garbage again and again took a tenth of it.
gc.set_threshold(50_000, 20, 100)

settings.register_profile(
    "steady",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", parent=settings.get_profile("steady"), derandomize=False, print_blob=True)
settings.load_profile("search" if os.environ.get("HANDFEST_TEST_SEARCH") else "steady")

_SERVER_FOLDER = pytest.StashKey[Path]()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that coordinates the session stops the server; workers only use it."""
    if _SERVER_FOLDER in config.stash and not hasattr(config, "workerinput"):
        stop_server(config.stash[_SERVER_FOLDER])


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Name the folder where the session's server is noted; the base folder is shared by all workers."""
    config = session.config
    base: Path = config._tmp_path_factory.getbasetemp()
    config.stash[_SERVER_FOLDER] = (base.parent if hasattr(config, "workerinput") else base) / "postgres"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests need the system's Chromium; without one they are left out, which the summary says."""
    if chromium_path() is None:
        browser = [item for item in items if item.get_closest_marker("browser")]
        items[:] = [item for item in items if item not in browser]
        config.hook.pytest_deselected(items=browser)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was left out, and the one command that brings it."""
    if chromium_path() is None:
        terminalreporter.write_line(
            "Left out: the browser tests (tests/console/test_in_a_browser.py), for there is no Chromium. "
            "`sudo apt-get install chromium` brings it, or set HANDFEST_TEST_CHROMIUM to one you have."
        )


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Sockets reach this machine and nothing else."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _loopback(str(address[0])):
            raise AssertionError(f"a test tried to reach {address[0]}; tests have no network")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """A command that a test runs in its own process sets logging up for a stream that is gone afterwards.

    Tracebacks stay plain: drawn with every local value, those of one defect took a quarter of a minute.
    """
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def worker() -> str:
    """The name of this test process."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> str:
    """The address of the session's PostgreSQL. Never skipped: what cannot start fails the test."""
    return ensure_server(request.config.stash[_SERVER_FOLDER])


@pytest.fixture(scope="session")
def _worker_database(postgres_server: str, worker: str) -> Iterator[str]:
    address = make_database(postgres_server, new_name(worker))
    prepare(address)
    yield address
    drop_database(postgres_server, address)


@pytest.fixture
def postgres_address(_worker_database: str) -> str:
    """A PostgreSQL database with our schema and nothing in it."""
    empty_database(_worker_database)
    return _worker_database


@pytest.fixture
def empty_postgres(postgres_server: str, worker: str) -> Iterator[str]:
    """A PostgreSQL database of its own without any schema."""
    with own_database(postgres_server, worker) as address:
        yield address


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    prepare(str(path))
    return path


@pytest.fixture
def sqlite_address(_sqlite_template: Path, tmp_path: Path) -> str:
    """A SQLite file with our schema and nothing in it."""
    path = tmp_path / "handfest.sqlite3"
    shutil.copy(_sqlite_template, path)
    return str(path)
