"""Busy times and the explainer from the command line: what is noted is in the way, and is named."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handfest.cli.main import app

ROOT = Path(__file__).parents[2]
NOW = ("--now", "2025-10-21T10:00:00+02:00")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Commands on a database with the salon in it."""
    monkeypatch.setenv("HANDFEST_DATABASE", str(tmp_path / "salon.sqlite3"))
    runner = CliRunner()

    def call(*arguments: str, code: int = 0) -> str:
        done = runner.invoke(app, list(arguments))
        assert done.exit_code == code, done.output
        return done.output

    call("apply", str(ROOT / "examples" / "salon.toml"))
    return call


def test_an_absence_is_in_the_way_and_named_until_it_ends(run) -> None:
    """ "Maria is away until the 3rd; Jana has 15:00": each rule in one sentence, for whoever is asked about."""
    run("busy", "add", "--staff", "Maria", "--from", "2030-01-02", "--to", "2030-01-03", "--label", "Urlaub")
    told = run(
        "slots",
        "why",
        "--service",
        "herren",
        "--at",
        "2030-01-03T15:00",
        *("--now", "2029-12-30T10:00:00+01:00"),
    )
    assert "Maria ist abwesend bis einschließlich Do 03.01.2030 (Urlaub)." in told
    assert "Jana: Do 03.01.2030, 15:00 ist frei." in told
    rows = json.loads(
        run(
            "slots",
            "ls",
            "--service",
            "herren",
            "--day",
            "2030-01-03",
            "--json",
            *("--now", "2029-12-30T10:00:00+01:00"),
        )
    )
    assert rows
    assert {name for row in rows for name in row["staff"]} == {"Jana"}


def test_removing_it_frees_the_time_again(run) -> None:
    run(
        "busy",
        "add",
        "--staff",
        "maria",
        "--from",
        "2030-01-03T09:00",
        "--to",
        "2030-01-03T20:00",
        "--kind",
        "busy",
    )
    (row,) = json.loads(run("busy", "ls", "--json"))
    assert (row["who"], row["kind"], row["start"]) == ("maria", "busy", "2030-01-03T08:00:00Z")
    run("busy", "rm", row["id"])
    told = run(
        "slots",
        "why",
        "--service",
        "Balayage",
        "--at",
        "2030-01-03T15:00",
        *("--now", "2029-12-30T10:00:00+01:00"),
    )
    assert "Maria: Do 03.01.2030, 15:00 ist frei." in told


def test_what_a_calendar_led_to_is_named_as_it_can_be_removed(run, tmp_path) -> None:
    """The name of a source holds colons, which must not become a picture (":a:")."""
    head, event = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x\r\n", "BEGIN:VEVENT\r\nUID:1\r\n"
    times = "DTSTART:20300103T100000Z\r\nDTEND:20300103T110000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    (tmp_path / "a.ics").write_text(head + event + times, encoding="utf-8")
    salon = (ROOT / "examples" / "salon.toml").read_text("utf-8").replace('id = "jana"', 'id = "a"')
    (tmp_path / "salon.toml").write_text(salon, encoding="utf-8")
    run("apply", str(tmp_path / "salon.toml"))
    now = ("--now", "2029-12-30T10:00:00+01:00")
    source, told = run("busy", "import", str(tmp_path / "a.ics"), "--staff", "Jana", *now).split(": ", 1)
    assert source.startswith("ics:a:")
    assert told.startswith("1 busy time until")
    run("busy", "rm", source)
    assert json.loads(run("busy", "ls", "--json")) == []


def test_without_staff_everybody_is_away(run) -> None:
    run("busy", "add", "--from", "2030-01-03", "--to", "2030-01-03")
    assert {row["who"] for row in json.loads(run("busy", "ls", "--json"))} == {"maria", "jana"}


def test_closed_days_and_staff_who_cannot_are_named(run) -> None:
    told = run("slots", "why", "--service", "balayage", "--at", "2025-10-22T10:00", *NOW)
    assert "Jana bietet das nicht an." in told
    told = json.loads(run("slots", "why", "--service", "herren", "--at", "2025-11-01T10:00", "--json", *NOW))
    assert "holiday" in {reason["cause"] for reason in told["reasons"]}


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (
            "2026-03-29T02:30",
            "the clocks of Europe/Berlin skip 02:30 on 2026-03-29; write a time before or after",
        ),
        ("2026-10-25T02:30", "twice on 2026-10-25; write 2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00"),
    ],
)
def test_a_time_that_the_clock_skips_or_shows_twice_is_asked_back(run, at, said) -> None:
    asked = ("slots", "why", "--service", "herren", "--now", "2026-03-01T10:00:00+01:00", "--at")
    assert said in " ".join(run(*asked, at, code=2).split())
    assert "arbeitet dann nicht" in run(*asked, "2026-10-25T02:30+02:00"), "with an offset it is one moment"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("busy", "add", "--staff", "maria", "--from", "2030-01-03", "--to", "2030-01-01"),
            "does not lie after",
        ),
        (
            ("busy", "add", "--staff", "Kevin", "--from", "2030-01-01", "--to", "2030-01-01"),
            "name one of: maria (Maria), jana (Jana)",
        ),
        (
            ("busy", "add", "--staff", "Maier", "--from", "2030-01-01", "--to", "2030-01-01"),
            "no one clear member of staff is 'Maier'",
        ),
        (("busy", "add", "--from", "irgendwann", "--to", "2030-01-01"), "is no moment"),
        (
            ("slots", "why", "--service", "herren", "--at", "Mittwoch oder Freitag um halb drei"),
            "oder Freitag",
        ),
        (("busy", "add", "--staff", "maria"), "--from and --to"),
        (("busy", "rm", "busy_x"), "no busy time busy_x"),
        (("busy", "ls", "nobody"), "name one of the businesses: salon"),
        (("slots", "why", "--service", "Steuer", "--at", "2030-01-03T10:00"), "no one clear service"),
    ],
)
def test_bad_input_names_its_cause_and_changes_nothing(run, arguments: tuple[str, ...], said: str) -> None:
    assert said in run(*arguments, code=2)
    assert json.loads(run("busy", "ls", "--json")) == []


def test_words_are_read_by_the_hours_of_the_business(run) -> None:
    """ "halb drei" without a half of the day is 14:30 in a house that opens at nine."""
    run("busy", "add", "--staff", "Maria", "--from", "morgen um halb drei", "--to", "morgen um vier")
    (row,) = json.loads(run("busy", "ls", "--json"))
    assert (row["start"][11:16], row["end"][11:16]) in {("13:30", "15:00"), ("12:30", "14:00")}
    run("busy", "add", "--staff", "Jana", "--from", "nächsten Monat am 3.", "--to", "nächsten Monat am 4.")
    days = [row for row in json.loads(run("busy", "ls", "--json")) if row["who"] == "jana"]
    assert len(days) == 1
