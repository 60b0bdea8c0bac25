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
