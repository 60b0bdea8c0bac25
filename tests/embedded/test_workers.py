"""`serve --workers N`: refused on SQLite with the reason, real processes on one socket with PostgreSQL."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from handfest.cli.main import app
from handfest.voice.signature import HEADER, sign

ROOT = Path(__file__).parents[2]
KEY = "key-of-the-workers"
WORKERS = 3


def children(pid: int) -> list[int]:
    """The worker processes of a server; the resource tracker of the interpreter is none."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            command = (folder / "cmdline").read_text()
        except OSError:
            continue
        if parent == pid and "spawn_main" in command:
            found.append(int(folder.name))
    return found


@pytest.fixture
def server(empty_postgres: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server with several workers on a PostgreSQL database of its own."""
    command = [
        sys.executable,
        "-c",
        "from handfest.cli import main; main()",
        "serve",
        "--workers",
        str(WORKERS),
    ]
    command += ["--business", str(ROOT / "examples" / "askpro.toml"), "--port", "0"]
    command += ["--database", empty_postgres]
    environment = {**os.environ, "ASKPRO_RETELL_KEY": KEY}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    address = process.stdout.readline().split(" on ")[1].split(" ")[0]
    try:
        yield address, process
    finally:
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=30)
        assert process.returncode == 0, log


def call(address: str, call_id: str, tool: str, **arguments: str) -> dict[str, object]:
    """One signed tool call."""
    who = {"agent_id": "agent_askpro", "direction": "inbound", "from_number": "+493023125077"}
    body = {
        "name": tool,
        "args": arguments,
        "call": {**who, "call_id": call_id, "to_number": "+493023125001"},
    }
    raw = json.dumps(body).encode()
    headers = {HEADER: sign(raw, KEY, int(time.time() * 1000))}
    request = urllib.request.Request(f"{address}/retell/tools", data=raw, headers=headers)
    with urllib.request.urlopen(request, timeout=120) as answer:
        reply: dict[str, object] = json.loads(answer.read())
        return reply


def test_on_sqlite_a_second_worker_is_refused_with_the_reason(tmp_path: Path) -> None:
    arguments = ["serve", "--workers", "2", "--database", str(tmp_path / "one.sqlite3")]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 2
    assert "SQLite has one writer, and it lives in one process" in done.output.replace("\n", " ")
    assert not (tmp_path / "one.sqlite3").exists(), "nothing is begun"


def test_workers_share_one_socket_one_database_and_outlive_one_of_them(
    server: tuple[str, subprocess.Popen[str]], empty_postgres: str
) -> None:
    """Sixteen callers want the same hour of whichever worker hears them; then one worker is killed."""
    address, process = server
    wanted = {"service": "Beratung", "when": "morgen um elf"}
    with ThreadPoolExecutor(16) as callers:
        calls = [f"call_{number:04d}" for number in range(16)]
        first = list(callers.map(lambda one: call(address, one, "check_availability", **wanted), calls))
        assert {reply["code"] for reply in first} <= {"offered", "pending", "try_later"}
        booked = callers.map(
            lambda one: call(address, one, "book_appointment", offer="A1", name="Erika Beispiel"), calls
        )
        codes = Counter(str(reply["code"]) for reply in booked)
    assert codes["booked"] >= 1
    with psycopg.connect(empty_postgres) as connection:
        query = "SELECT resource_id, start FROM occupancy WHERE kind = 'booking'"
        rows = connection.execute(query).fetchall()
    assert len(rows) == len(set(rows)) == codes["booked"]
    workers = children(process.pid)
    assert len(workers) == WORKERS
    os.kill(workers[0], signal.SIGKILL)
    time.sleep(0.2)
    assert call(address, "call_after", "list_services")["ok"] is True
