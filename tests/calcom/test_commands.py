"""The guide, command by command: a fake on a port, a business file from its account, applied and examined."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handfest.cli.main import app
from handfest.testing.fake_calcom_world import KEY


@pytest.fixture
def address() -> Iterator[str]:
    """`handfest fake-calcom` in a process of its own, on a free port."""
    command = [
        sys.executable,
        "-c",
        "from handfest.cli import main; main()",
        "fake-calcom",
        "--port",
        "0",
    ]
    environment = {**os.environ, "COLUMNS": "200"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        found = re.search(r"http://127.0.0.1:\d+/v2", process.stdout.readline())
        assert found is not None
        yield found.group()
        process.terminate()


def run(*arguments: str, **environment: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments), env=environment)
    return result.exit_code, result.output


def test_a_business_file_is_made_applied_and_examined(address: str, tmp_path: Path) -> None:
    file, database = str(tmp_path / "studio.toml"), ["--database", str(tmp_path / "h.sqlite3")]
    made = ["init", "--from-calcom", "--base-url", address, "--number", "+493023125051", "--out", file]
    code, text = run(*made, CALCOM_KEY=KEY)
    assert (code, "services from the account" in text) == (0, True), text
    assert run(*made, CALCOM_KEY=KEY)[0] == 2, "a file that is there is never overwritten"
    assert KEY not in Path(file).read_text("utf-8")
    code, text = run("apply", file, *database)
    assert code == 0, text
    code, text = run("doctor", *database, "--json", CALCOM_KEY=KEY)
    ids = {row["id"] for row in json.loads(text)["findings"] if row["id"].startswith("HF3")}
    assert code == 1
    assert ids, "the account asks for things that a phone call cannot fill"
    assert not ids & {"HF301", "HF302", "HF303", "HF306", "HF307", "HF314", "HF321"}, "init took these over"
    code, text = run("doctor", *database, "--json", CALCOM_KEY="cal_wrong")
    assert [row["id"] for row in json.loads(text)["findings"] if row["id"].startswith("HF3")] == ["HF301"]


def test_an_account_that_cannot_be_reached_is_exit_3_and_a_key_that_is_not_set_says_so(
    tmp_path: Path,
) -> None:
    file = str(tmp_path / "x.toml")
    made = ["init", "--from-calcom", "--base-url", "http://127.0.0.1:9/v2", "--out", file]
    code, text = run(*made, CALCOM_KEY=KEY)
    assert (code, Path(file).exists()) == (3, False), text
    code, text = run(*made)
    assert (code, "CALCOM_KEY" in text) == (2, True)
