"""Replay and plan: what a change of the business file means for calls that were really made."""

import hashlib
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from audit.labelled_calls import samples
from diagnosis.recorded import step
from handfest.cli.demo_play import play
from handfest.cli.main import app
from handfest.cli.recorded_calendar import RecordedCalendar
from handfest.cli.replay_play import play as play_calls
from handfest.cli.replay_play import replay_calls
from handfest.diagnosis.report.asked_call import asked_again
from handfest.diagnosis.report.replay import difference, replayed
from handfest.diagnosis.story.explain import Story
from handfest.errors import OutcomeUnknown, TimedOut

SOURCE = (Path(__file__).parents[2] / "src/handfest/cli/demo_data/askpro.toml").read_text("utf-8")
CATALOGUES = Path(__file__).parents[1] / "audit" / "catalogues.json"
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
    calls = (asked_again(kept[0]),)
    found = await replay_calls(calls, closed, SOURCE)
    assert [one.verdict for one in found.differences] == ["books"]
    lost = await replay_calls(calls, SOURCE, closed)
    assert ([one.verdict for one in lost.differences], lost.worse) == (["fails"], True)


async def test_recorded_failures_are_met_again_under_both_files(kept: tuple[Story, Path]) -> None:
    story = kept[0]
    last = story.turns[-1]
    steps = tuple(one for one in last.steps if one.name != "booked")
    failed = replace(
        last, steps=(*steps, step("calendar_failed", code="calendar_timed_out")), code="try_later"
    )
    again = asked_again(replace(story, turns=(*story.turns[:-1], failed)))
    assert (await replay_calls((again,), SOURCE, SOURCE)).same == 1
    calendar = RecordedCalendar(frozenset())
    calendar.answer_as(again.requests[-1])
    assert [type(one) for one in calendar.faults.before_write] == [TimedOut]


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
    calendar = RecordedCalendar(frozenset())
    calendar.answer_as(asked_again(replace(kept[0], turns=(turn,))).requests[0])
    assert [type(one) for one in getattr(calendar.faults, where)] == [kind]


def test_what_was_never_kept_is_stood_in_for(kept: tuple[Story, Path]) -> None:
    asked = asked_again(kept[0]).requests
    assert asked[1].request.arguments["name"] == "Erika Beispiel"
    assert "[given]" not in str([one.request.arguments for one in asked])


async def test_a_time_that_was_somebody_elses_stays_taken_unless_somebody_new_serves(
    kept: tuple[Story, Path],
) -> None:
    """The record says that 14:00 was gone; a second member of staff would have had it."""
    story = kept[0]
    gone = step("asked_time_not_free", start="2025-10-22T14:00:00+02:00", why="taken")
    turns = tuple(replace(turn, steps=(*turn.steps, gone)) for turn in story.turns)
    again = (asked_again(replace(story, turns=turns)),)
    second = '[[staff]]\nid = "ben"\nname = "Ben"\nservices = ["47"]\n\n[[services]]'
    found = await replay_calls(again, SOURCE, SOURCE.replace("[[services]]", second, 1))
    assert [(one.verdict, one.before) for one in found.differences] == [("books", "offered")]


def test_what_is_offered_differs_though_nobody_booked(kept: tuple[Story, Path], tmp_path: Path) -> None:
    story = kept[0]
    old = replayed(replace(story, bookings=()))
    new = replace(old, offered=tuple(one.replace("30 min", "45 min") for one in old.offered))
    found = difference(asked_again(story), old, new)
    assert found is not None
    assert found.verdict == "changes"
    assert found.fields[0].startswith("offered: 47 2025-10-22T11:00 30 min")


SALON = next(row for row in samples() if row["catalogue"] == "salon" and not row["expect"]["findings"])


def salon(folder: Path, hours: str = "08:00-20:00") -> Path:
    """The business file of the salon whose calls are among the samples."""
    services = json.loads(CATALOGUES.read_text("utf-8"))["salon"]["services"]
    known = ", ".join(f'"{one["id"]}"' for one in services)
    days = "".join(f'{day} = ["{hours}"]\n' for day in ("mon", "tue", "wed", "thu", "fri", "sat"))
    source = (
        '[business]\nid = "salon"\nname = "Salon"\nlanguage = "de"\ntime_zone = "Europe/Berlin"\n'
        f'unnamed_service = "ask"\n[hours]\n{days}[[staff]]\nid = "maria"\nname = "Maria"\nservices = [{known}]\n'
    )
    for one in services:
        source += f'[[services]]\nid = "{one["id"]}"\nname = "{one["name"]}"\nduration_min = {one["duration_min"]}\n'
    file = folder / "salon.toml"
    file.write_text(source, encoding="utf-8")
    return file


def test_an_export_is_played_against_a_file_and_held_against_its_record(tmp_path: Path) -> None:
    """No business is applied: calls that handfest never served, and the file somebody thinks of."""
    export = tmp_path / "calls.jsonl"
    wanted = [row for row in samples() if row["catalogue"] == "salon"]
    export.write_text("".join(json.dumps(row["call"]) + "\n" for row in wanted), encoding="utf-8")
    command = ("replay", "salon", salon(tmp_path), "--calls", export, "--database", tmp_path / "none.sqlite3")
    data = json.loads(run(*command, "--json").stdout)
    verdicts = {row["call_id"]: row["verdict"] for row in data["differences"]}
    assert data["calls"] == len(wanted)
    assert SALON["call"]["call_id"] not in verdicts, "a healthy call is booked with us as well"
    shifted = next(row for row in wanted if row["expect"]["primary"] == "HF422")
    assert verdicts[shifted["call"]["call_id"]] == "changes", "by offer no zone can shift it"
    other = next(row for row in wanted if row["expect"]["primary"] == "HF401")
    assert verdicts[other["call"]["call_id"]] == "asks", (
        "a service that was not the one offered is offered first"
    )
    assert not (tmp_path / "none.sqlite3").exists()


def test_an_export_tells_what_a_file_would_lose(tmp_path: Path) -> None:
    export = tmp_path / "calls.jsonl"
    export.write_text(json.dumps(SALON["call"]) + "\n" + '{"call_id": "c1", "tran\n', encoding="utf-8")
    done = run("replay", "salon", salon(tmp_path, "06:00-07:00"), "--calls", export)
    assert done.exit_code == 2, "a line could not be read"
    assert "line 2: the line ends in the middle of a value" in " ".join(done.stderr.split())
    assert "1 call replayed, 0 with the same outcome" in done.stdout
    assert "1 would" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("replay", "askpro"), "name either a business file or --version N"),
        (("replay", "nobody", "--version", "1"), "no business 'nobody' is applied"),
        (("replay", "askpro", "--version", "1", "--since", "soon"), "--since needs a number of days"),
        (("replay", "nobody", "--calls", "x.jsonl"), "handfest replay nobody FILE --calls EXPORT"),
        (("replay", "askpro", "--calls", "/nowhere/x.jsonl"), "cannot be read: No such file"),
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


async def test_another_providers_times_are_those_of_the_record_not_of_the_file(
    kept: tuple[Story, Path],
) -> None:
    """Cal.com keeps its own hours: a file that has none, or others, changes nothing for what it listed."""
    hours = "".join(re.findall(r"(?m)^(?:mon|tue|wed|thu|fri) = .*\n", SOURCE))
    there = SOURCE.replace(
        'provider = "embedded"',
        'provider = "calcom"\n[calendar.calcom]\napi_key_env = "KEY"\nbase_url = "https://api.cal.com/v2"\n',
    )
    closed = there.replace(hours, 'mon = ["06:00-07:00"]\n')
    assert len({SOURCE, there, closed}) == 3
    call = asked_again(kept[0])
    ends = await play_calls((call,), closed, frozenset({"anna"}))
    assert ends[call.id].outcome == "booked"
    assert (await replay_calls((call,), there, closed)).same == 1
