"""`handfest init` writes a file that can be applied as it is, and never overwrites one."""

from pathlib import Path

import pytest

from cli.test_commands import handfest


@pytest.mark.parametrize(
    ("language", "name", "identity"),
    [
        ("de", 'Praxis "Grün & Söhne"', "praxis-gruen-soehne"),
        ("en", "Quay Street Physio", "quay-street-physio"),
    ],
)
def test_the_starter_is_applied_as_it_is(tmp_path: Path, language: str, name: str, identity: str) -> None:
    out, database = tmp_path / "mine.toml", tmp_path / "handfest.sqlite3"
    asked = ("init", "--name", name, "--language", language, "--number", "+493023125009", "--out", str(out))
    done = handfest(*asked)
    assert done.returncode == 0, done.stderr
    assert f"next: handfest apply {out}" in done.stdout
    applied = handfest("apply", str(out), database=database)
    assert applied.returncode == 0, applied.stderr
    assert f"{identity}" in applied.stdout
    before = out.read_text("utf-8")
    again = handfest(*asked)
    assert again.returncode == 2
    assert "is there already" in again.stderr
    assert out.read_text("utf-8") == before
