"""Replay and plan: what a change of the business file means for calls that were really made."""

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from diagnosis.recorded import step
from handfest.calendars.memory import Faults
from handfest.cli.demo_play import play
from handfest.cli.main import app
from handfest.cli.replay_play import _recorded_faults, replay_calls
from handfest.diagnosis.report.replay import requests_of
from handfest.diagnosis.story.explain import Story
from handfest.errors import OutcomeUnknown, TimedOut

SOURCE = (Path(__file__).parents[2] / "src/handfest/cli/demo_data/askpro.toml").read_text("utf-8")
NOW = "2025-10-25T10:00:00+02:00"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Story, Path]:
    database = tmp_path_factory.mktemp("replay") / "kept.sqlite3"
    return play(database).story, database


@pytest.fixture
def database(kept: tuple[Story, Path], tmp_path: Path) -> Path:
    return Path(shutil.copy(kept[1], tmp_path / "copy.sqlite3"))


def changed(folder: Path, old: str, new: str) -> Path:
    assert old in SOURCE
    file = folder / "changed.toml"
    file.write_text(SOURCE.replace(old, new), encoding="utf-8")
    return file


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments), "--now", NOW])


def test_the_same_file_comes_to_the_same(database: Path, tmp_path: Path) -> None:
    file = changed(tmp_path, "askpro", "askpro")
    done = run("plan", file, "--database", database)
    assert (done.exit_code, "1 call replayed, 1 with the same outcome" in done.stdout) == (0, True)


def test_a_longer_service_changes_the_appointment(database: Path, tmp_path: Path) -> None:
    file = changed(tmp_path, "duration_min = 30", "duration_min = 45")
    data = json.loads(run("plan", file, "--database", database, "--json").stdout)
    assert {"where": "services[47].duration_min", "old": "30", "new": "45"} in data["changes"]
    [row] = data["replay"]["differences"]
    assert (row["verdict"], row["fields"]) == ("changes", ["duration_min: 30 -> 45"])


def test_a_rule_that_asks_back_is_found_before_it_is_applied(database: Path, tmp_path: Path) -> None:
    file = changed(tmp_path, 'unnamed_service = "default"', 'unnamed_service = "ask"')
    done = run("plan", file, "--database", database)
    assert done.exit_code == 1
    assert "asks: turn 1: offered -> service_ambiguous" in done.stdout


def test_replay_against_a_kept_version(database: Path, tmp_path: Path) -> None:
    file = changed(tmp_path, "duration_min = 30", "duration_min = 45")
    applied = CliRunner().invoke(app, ["apply", str(file), "--database", str(database)])
    assert applied.exit_code == 0, applied.output
    data = json.loads(run("replay", "askpro", "--version", 1, "--database", database, "--json").stdout)
    assert data["differences"][0]["fields"] == ["duration_min: 45 -> 30"]
    assert run("replay", "askpro", "--version", 9, "--database", database).exit_code == 2


def test_nothing_is_written(database: Path, tmp_path: Path) -> None:
    def digest() -> str:
        return hashlib.sha256(database.read_bytes()).hexdigest()

    run("calls", "ls")  # whatever opening a database does to the file has been done
    run("replay", "askpro", changed(tmp_path, "askpro", "askpro"), "--database", database)
    before = digest()
    for old, new in (("duration_min = 30", "duration_min = 45"), ('"default"', '"ask"')):
        run("plan", changed(tmp_path, old, new), "--database", database)
    assert digest() == before


async def test_days_that_are_opened_would_book_what_was_lost(kept: tuple[Story, Path]) -> None:
    closed = SOURCE.replace('wed = ["09:00-12:00", "13:00-18:00"]\n', "")
    assert closed != SOURCE
    found = await replay_calls(kept[:1], closed, SOURCE)
    assert [one.verdict for one in found.differences] == ["books"]
    lost = await replay_calls(kept[:1], SOURCE, closed)
    assert ([one.verdict for one in lost.differences], lost.worse) == (["fails"], True)


async def test_recorded_failures_are_met_again_under_both_files(kept: tuple[Story, Path]) -> None:
    story = kept[0]
    last = story.turns[-1]
    steps = tuple(one for one in last.steps if one.name != "booked")
    failed = replace(
        last, steps=(*steps, step("calendar_failed", code="calendar_timed_out")), code="try_later"
    )
    found = await replay_calls((replace(story, turns=(*story.turns[:-1], failed)),), SOURCE, SOURCE)
    assert found.same == 1
    faults = _recorded_faults(requests_of([replace(story, turns=(failed,))])[0])
    assert [type(one) for one in faults.before_write] == [TimedOut]


@pytest.mark.parametrize(
    ("name", "code", "where", "kind"),
    [
        ("outcome_unknown", "calendar_outcome_unknown", "after_write", OutcomeUnknown),
        ("fault", "calendar_timed_out", "on_read", TimedOut),
    ],
)
def test_each_failure_comes_at_its_place(
    kept: tuple[Story, Path], name: str, code: str, where: str, kind: type[Exception]
) -> None:
    turn = replace(kept[0].turns[0], steps=(*kept[0].turns[0].steps, step(name, code=code)))
    faults = _recorded_faults(requests_of([replace(kept[0], turns=(turn,))])[0])
    assert [type(one) for one in getattr(faults, where)] == [kind]
    assert faults != Faults()


def test_what_was_never_kept_is_stood_in_for(kept: tuple[Story, Path]) -> None:
    asked = requests_of([kept[0]])
    assert asked[1].request.arguments["name"] == "Erika Beispiel"
    assert "[given]" not in str([one.request.arguments for one in asked])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("replay", "askpro"), "name either a business file or --version N"),
        (("replay", "nobody", "--version", "1"), "no business 'nobody' is applied"),
        (("replay", "askpro", "--version", "1", "--since", "soon"), "--since needs a number of days"),
    ],
)
def test_wrong_usage_names_the_way_out(database: Path, arguments: tuple[str, ...], told: str) -> None:
    done = run(*arguments, "--database", database)
    assert (done.exit_code, told in " ".join(done.stderr.split())) == (2, True)


def test_a_new_business_has_no_calls_to_hold_it_against(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "new.toml"
    file.write_text(SOURCE.replace('id = "askpro"', 'id = "neu"', 1), encoding="utf-8")
    done = run("plan", file, "--database", database)
    assert (done.exit_code, "neu is new" in done.stdout) == (0, True)
