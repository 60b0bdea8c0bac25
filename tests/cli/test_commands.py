"""The commands as a user types them: what they print, what they change, how they end."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handfest.cli.main import app

ROOT = Path(__file__).parents[2]
ASKPRO = ROOT / "examples" / "askpro.toml"


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def handfest(*arguments: str, database: Path | None = None) -> Done:
    """Run the command in this process, which saves the start of an interpreter; a traceback fails the test."""
    given = [*arguments, *(("--database", str(database)) if database is not None else ())]
    done = CliRunner().invoke(app, given)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Done(done.exit_code, done.stdout, done.stderr)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database that does not exist yet."""
    return tmp_path / "new" / "handfest.sqlite3"


def test_demo_keeps_the_incident_at_every_step() -> None:
    """B1, B10: service 47, event type 2563193 and 30 minutes from the first answer to the booking."""
    command = [sys.executable, "-c", "from handfest.cli import main; main()", "demo", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["lost"]["booked"] is None
    kept = told["kept"]
    assert [turn["code"] for turn in kept["turns"]] == ["offered", "offered", "booked"]
    for thing in (kept["offered"], kept["booked"], *told["explained"]["offers"]):
        assert (thing["service_id"], thing["event_type"], thing["duration_min"]) == ("47", 2563193, 30)
    assert kept["equal"] is True
    assert told["explained"]["findings"] == []
    assert kept["booked"]["start"] == "2025-10-22T14:00:00+02:00"


def test_demo_tells_both_calls_on_a_terminal() -> None:
    """The lost call comes first, then the kept one, then the explanation."""
    done = handfest("demo")
    assert done.returncode == 0, done.stderr
    places = [
        done.stdout.index(words) for words in ("as it was lost", "same call, kept", "explained", "Kept: ")
    ]
    assert places == sorted(places)
    assert done.stdout.count("event type 2563193") >= 3


def test_apply_makes_versions_that_can_be_compared_and_rolled_back(database: Path, tmp_path: Path) -> None:
    """S17: a new file is a new version; going back is one command."""
    assert handfest("apply", str(ASKPRO), database=database).returncode == 0
    longer = tmp_path / "longer.toml"
    longer.write_text(ASKPRO.read_text().replace("duration_min = 15", "duration_min = 20"))
    assert "version 2 is active" in handfest("apply", str(longer), database=database).stdout
    assert "version 2 is this file already" in handfest("apply", str(longer), database=database).stdout
    difference = handfest("catalogue", "diff", "askpro", "1", "2", database=database).stdout
    assert difference.strip() == "services[32].duration_min: 15 -> 20"
    assert "version 1 is active" in handfest("catalogue", "rollback", "askpro", database=database).stdout
    # The only business there is need not be named.
    rows = json.loads(handfest("catalogue", "ls", "--json", database=database).stdout)
    assert [(row["version"], row["active"]) for row in rows] == [(2, False), (1, True)]


def test_a_bad_file_names_every_problem_and_changes_nothing(database: Path, tmp_path: Path) -> None:
    """Line, cause and remedy for each of three mistakes; the active version stays."""
    handfest("apply", str(ASKPRO), database=database)
    bad = tmp_path / "bad.toml"
    source = (
        ASKPRO.read_text()
        .replace("Europe/Berlin", "Europe/Bern")
        .replace("duration_min = 15", "duration_min = 0")
    )
    bad.write_text(source.replace('language = "de"', 'language = "xx"'))
    done = handfest("apply", str(bad), "--json", database=database)
    assert done.returncode == 1
    problems = json.loads(done.stdout)["problems"]
    assert {row["where"] for row in problems} == {
        "business.language",
        "business.time_zone",
        "services[0].duration_min",
    }
    assert all(row["line"] and row["cause"] and row["remedy"] for row in problems)
    rows = json.loads(handfest("catalogue", "ls", "askpro", "--json", database=database).stdout)
    assert [(row["version"], row["active"]) for row in rows] == [(1, True)]


def test_a_start_that_is_refused_leaves_no_database_behind(database: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(ASKPRO.read_text().replace("duration_min = 15", "duration_min = 17.5"))
    refused = handfest("serve", "--business", str(bad), "--port", "0", database=database)
    assert refused.returncode == 1
    assert "duration_min" in refused.stderr
    assert not database.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("apply", "no-such-file.toml"), "cannot be read"),
        (("calls", "explain", "call_x"), "no call call_x was served"),
        (("catalogue", "ls", "nobody"), "handfest apply FILE"),
        (("serve", "--workers", "2"), "SQLite has one writer"),
        (("serve", "--now", "yesterday"), "--now needs an ISO moment"),
    ],
)
def test_every_error_names_its_cause_and_ends_with_usage(
    arguments: tuple[str, ...], said: str, database: Path
) -> None:
    """No traceback: one line that tells what to do."""
    done = handfest(*arguments, database=database)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_foreign_database_is_refused(tmp_path: Path) -> None:
    """A file that is not ours is neither read nor changed (B96)."""
    import sqlite3

    path = tmp_path / "other.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE customers(id INTEGER)")
    before = path.read_bytes()
    done = handfest("calls", "ls", database=path)
    assert done.returncode == 2
    assert "not handfest's" in done.stderr
    assert path.read_bytes() == before
