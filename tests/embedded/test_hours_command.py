"""A date with opening hours of its own, from the command line: what is set is what is offered."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handfest.catalogue.date_hours import with_date
from handfest.cli.main import app
from handfest.errors import ConfigurationError

SALON = Path(__file__).parents[2] / "examples" / "salon.toml"
NOW = ("--now", "2029-12-30T10:00:00+01:00")
DAY = "2030-01-03"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Commands on a database with the salon in it."""
    monkeypatch.setenv("HANDFEST_DATABASE", str(tmp_path / "salon.sqlite3"))
    runner = CliRunner()

    def call(*arguments: str, code: int = 0) -> str:
        done = runner.invoke(app, list(arguments))
        assert done.exit_code == code, done.output
        return done.output

    call("apply", str(SALON))
    return call


def starts(run) -> list[str]:
    """The local times at which the salon has a slot on the day."""
    rows = json.loads(run("slots", "ls", "--service", "herren", "--day", DAY, "--json", *NOW))
    return sorted({row["start"][11:16] for row in rows})


def test_a_date_with_hours_of_its_own_is_offered_by_them_and_by_its_weekday_again(run) -> None:
    usual = starts(run)
    assert usual
    run("hours", "set", DAY, "10:00-11:00", "20:00-20:30")
    assert starts(run) == ["10:00", "10:15", "10:30", "20:00"]
    assert [row["open"] for row in json.loads(run("hours", "ls", "--json")) if row["date"] == DAY] == [
        ["10:00-11:00", "20:00-20:30"]
    ]
    run("hours", "close", DAY)
    assert starts(run) == []
    assert f"{DAY}  closed" in run("hours", "ls")
    run("hours", "rm", DAY)
    assert starts(run) == usual
    assert "says so already" in run("hours", "rm", DAY)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("set", "tomorrow", "09:00-12:00"), 2, "is no date"),
        (("set", DAY, "nine to twelve"), 1, "hours"),
        (("set", DAY, "09:00-12:00", "11:00-13:00"), 1, "overlap"),
        (("close", DAY, "--staff", "nobody"), 2, "no member of staff 'nobody'"),
        (("close", DAY, "--staff", "maria", "--branch", "mitte"), 2, "not both"),
    ],
)
def test_what_cannot_be_is_told_and_changes_nothing(run, arguments, code, told) -> None:
    before = starts(run)
    assert told in " ".join(run("hours", *arguments, code=code).split())
    assert starts(run) == before


def test_everything_else_of_the_file_stays_as_it_was_written() -> None:
    source = SALON.read_text(encoding="utf-8")
    changed = with_date(source, date(2030, 1, 3), ["10:00-11:00"])
    gone = set(source.splitlines()) - set(changed.splitlines())
    new = set(changed.splitlines()) - set(source.splitlines())
    assert gone == set()
    assert '2030-01-03 = ["10:00-11:00"]' in new
    with pytest.raises(ConfigurationError, match="no branch 'nowhere'"):
        with_date(source, date(2030, 1, 3), [], kind="branches", owner="nowhere")
