"""Commands are read when they are called: each name leads somewhere, and a small command stays small."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from handfest.cli.command_table import COMMANDS
from handfest.cli.main import app


def test_the_overview_names_every_command_with_its_purpose() -> None:
    told = CliRunner().invoke(app, ["--help"], terminal_width=100).output
    rows = [line.strip(" │\n").split(maxsplit=1) for line in told.splitlines()]
    purposes = {row[0]: row[1] for row in rows if len(row) == 2 and row[0] in COMMANDS}
    assert set(purposes) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_name_leads_to_a_command_that_explains_itself(name: str) -> None:
    done = CliRunner().invoke(app, [name, "--help"])
    assert done.exit_code == 0
    assert f"handfest {name}" in done.output or f"root {name}" in done.output


def test_an_unknown_name_is_a_usage_error() -> None:
    done = CliRunner().invoke(app, ["calender"])
    assert done.exit_code == 2
    assert "calender" in done.output


def test_a_command_reads_only_what_it_needs() -> None:
    """Whoever asks what words mean does not wait for a web server to be read."""
    script = (
        "import sys; from handfest.cli.main import app; app(['when', 'morgen um 14 Uhr'], standalone_mode=False); "
        "print(sorted({'fastapi', 'aiohttp', 'uvicorn'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["when", "morgen", "--zone", "Mars"], "no zone of the tz database"),
        (["when", "morgen", "--language", "fr"], "not one of 'de', 'en'"),
        (["when", "morgen", "--opening", "9-18"], "09:00-18:00"),
        (["slots", "why", "--service", "x", "--at", "morgen", "--language", "fr"], "not one of 'de', 'en'"),
        (["report", "--language", "fr"], "not one of 'de', 'en'"),
        (["audit", "x.jsonl", "--language", "fr"], "not one of 'de', 'en'"),
    ],
)
def test_a_value_that_cannot_be_names_what_can(arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(app, arguments)
    assert (done.exit_code, said in " ".join(done.output.replace("│", "").split())) == (2, True), done.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("morgen um drei", ["ask: half_of_day", "morgen um 3 Uhr nachts oder um 15 Uhr?"]),
        ("Freitag in einer Woche", ["date: 2026-06-19", "am Freitag, dem 19. Juni"]),
        ("bitte einen Termin", ["nothing about time"]),
    ],
)
def test_words_about_time_are_told_as_an_agent_would_say_them(words: str, told: list[str]) -> None:
    done = CliRunner().invoke(app, ["when", words, "--now", "2026-06-09T10:00:00+02:00"])
    assert done.output.splitlines() == told
    settled = CliRunner().invoke(app, ["when", "morgen um drei", "--opening", "09:00-18:00", "--json"])
    assert '"15:00"' in settled.output
