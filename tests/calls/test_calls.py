"""Plays every scenario in this folder over the real application and holds it to what the file says.

A scenario that carries a failure class (B1 to B96) in its name fails if that class comes back.
"""

import re
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


# The classes that a whole call can show; the others are proved where they live.
CLASSES_OF_CALLS = frozenset(
    f"B{number}"
    for first, last in [(1, 6), (10, 12), (15, 16), (21, 24), (29, 32), (36, 39), (41, 46), (54, 64)]
    for number in range(first, last + 1)
) | {"B85", "B86", "B90", "B93", "B95", "B96"}


def test_every_class_that_a_call_can_show_is_named_by_a_scenario() -> None:
    named = {one for path in FILES for one in read_scenario(path).classes}
    assert sorted(CLASSES_OF_CALLS - named) == []


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_name_and_title_carry_the_classes(path: Path) -> None:
    scenario = read_scenario(path)
    in_name = [part.upper() for part in re.findall(r"(?:^|_)(b\d+)(?=_)", path.stem)]
    in_title = re.findall(r"\bB\d+\b", scenario.title)
    assert set(in_name) <= set(in_title)
    assert set(in_title) <= set(scenario.classes)
