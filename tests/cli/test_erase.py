"""`handfest erase` as an operator types it."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from contracts.samples import booking, call
from handfest.cli.demo_play import play
from handfest.cli.main import app
from handfest.model.booking import BookingState
from handfest.storage.opening import open_store

ASKPRO = Path(__file__).parents[2] / "examples" / "askpro.toml"
NUMBER = "+493023125077"


def handfest(*arguments: str, database: Path) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(app, [*arguments, "--database", str(database)])


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A business with one caller, who has an appointment."""
    path = tmp_path / "handfest.sqlite3"
    assert handfest("apply", str(ASKPRO), database=path).exit_code == 0

    async def fill() -> None:
        store = open_store(str(path))
        [business] = await store.read(lambda tx: tx.businesses())
        over = call(business)
        await store.write(lambda tx: tx.save_call(replace(over, ended_at=over.started_at.add(minutes=2))))
        made = replace(booking(business), state=BookingState.BOOKED, uid="ev_1")
        await store.write(lambda tx: tx.save_booking(made))
        await store.close()

    asyncio.run(fill())
    return path


def test_it_says_what_was_erased_and_what_was_not_there(database: Path) -> None:
    done = handfest("erase", "--phone", NUMBER, "--yes", database=database)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "erased: 1 call, 0 turns, 0 transcripts, 1 booking, 0 callbacks" in done.stdout
    again = handfest("erase", "--phone", NUMBER, "--yes", database=database)
    assert (again.exit_code, again.stdout.strip()) == (0, "nothing of this caller was kept")


def test_one_call_as_data_for_machines(database: Path) -> None:
    done = handfest("erase", "--call", "call_1", "--yes", "--json", database=database)
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["calls"], told["bookings"], told["held_elsewhere"]) == (["call_1"], ["bk_1"], ["ev_1"])
    kept = handfest("calls", "ls", "--json", database=database)
    assert [row["call"] for row in json.loads(kept.stdout)] == ["call_1"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "say whom to forget"),
        (("--phone", NUMBER, "--call", "call_1"), "say whom to forget"),
        (("--phone", "Erika"), "no phone number"),
        (("--call", "call_9", "--yes"), "there is no call call_9"),
        (("--phone", NUMBER), "add --yes"),
    ],
)
def test_nothing_is_erased_by_half_an_order(database: Path, arguments: tuple[str, ...], words: str) -> None:
    done = handfest("erase", *arguments, database=database)
    assert done.exit_code == 2
    assert words in done.stderr
    assert handfest("erase", "--phone", NUMBER, "--yes", database=database).stdout.startswith(
        "erased: 1 call"
    )


def test_the_story_of_an_erased_call_is_still_told_without_its_words(tmp_path: Path) -> None:
    path = tmp_path / "demo.sqlite3"
    story = play(path).story
    before = handfest("calls", "explain", story.call.id, database=path)
    done = handfest("erase", "--call", story.call.id, "--yes", database=path)
    assert done.exit_code == 0, done.output
    after = handfest("calls", "explain", story.call.id, "--language", "en", database=path)
    assert after.exit_code == 0, after.output
    assert "Für 30 Minuten Beratung ist am" in before.output
    assert "Für 30 Minuten Beratung ist am" not in after.output
    assert "event type  2563193                      =  2563193" in after.output
    assert "No findings." in after.output
