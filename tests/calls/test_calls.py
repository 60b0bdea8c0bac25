"""Plays every scenario in this folder over the real application and holds it to what the file says.

A scenario that carries a failure class (B1 to B96) in its name fails if that class comes back.
"""

import shutil
from pathlib import Path

import pytest

from handfest.storage.opening import prepare
from handfest.testing.scenario_file import read_scenario
from handfest.testing.scenario_play import play

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*.toml"))


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set-up SQLite file to copy, because setting one up takes longer than most scenarios."""
    path = tmp_path_factory.mktemp("empty") / "empty.sqlite3"
    prepare(str(path))
    return path


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
async def test_call(path: Path, tmp_path: Path, empty_database: Path) -> None:
    scenario = read_scenario(path)
    database = shutil.copy(empty_database, tmp_path / "calls.sqlite3")
    played = await play(scenario, str(database))
    if played.differences:
        pytest.fail("\n".join((scenario.title, *played.differences)), pytrace=False)
