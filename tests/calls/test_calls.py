"""Plays every scenario in this folder over the real application and holds it to what the file says.

A scenario that carries a failure class (B1 to B96) in its name fails if that class comes back.
"""

from pathlib import Path

import pytest

from handfest.testing.scenario_file import read_scenario
from handfest.testing.scenario_play import play

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
async def test_call(path: Path, tmp_path: Path) -> None:
    scenario = read_scenario(path)
    played = await play(scenario, str(tmp_path / "calls.sqlite3"))
    if played.differences:
        pytest.fail("\n".join((scenario.title, *played.differences)), pytrace=False)
