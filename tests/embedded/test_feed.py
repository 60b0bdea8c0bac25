"""Bookings for calendar programs: one secret address, of which only a digest is kept."""

import asyncio
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from icalendar import Calendar
from typer.testing import CliRunner
from whenever import Instant

from contracts.samples import booking
from handfest.cli.main import app
from handfest.cli.run import with_store
from handfest.model.booking import BookingState
from handfest.settings import Settings
from handfest.testing.clock import ShiftedClock
from handfest.testing.scenario_stage import HttpAnswer, request
from handfest.web.app import create_app
from handfest.wiring import build

ROOT = Path(__file__).parents[2]
NOW = Instant.parse_iso("2025-10-21T10:00:00+02:00")


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with two businesses; the salon has bookings in several states."""
    path = str(tmp_path / "salon.sqlite3")
    monkeypatch.setenv("HANDFEST_DATABASE", path)
    for example in ("salon", "askpro"):
        run("apply", str(ROOT / "examples" / f"{example}.toml"))
    states = (BookingState.BOOKED, BookingState.CANCELLED, BookingState.UNKNOWN, BookingState.BOOKED)

    def fill(tx) -> None:
        for number, state in enumerate(states, 1):
            start = NOW.add(hours=24 * number)
            tx.save_booking(booking("salon", number, start=start, state=state))
        tx.save_booking(booking("askpro", 9, start=NOW.add(hours=30), state=BookingState.BOOKED))

    with_store(path, lambda store: store.write(fill))
    return path


def run(*arguments: str, code: int = 0) -> str:
    """The output of a command."""
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == code, done.output
    return done.output.strip()


def fetch(database: str, path: str) -> tuple[int, str, dict[str, str]]:
    """What the server answers."""
    house = build(Settings(database=database), clock=ShiftedClock(NOW), secret=lambda _name: None)

    async def get() -> HttpAnswer:
        try:
            return await request(create_app(house), "GET", path, b"", {})
        finally:
            await house.close()

    answer = asyncio.run(get())
    return answer.status, answer.text, dict(answer.headers)


def test_the_address_shows_what_stands_and_nothing_of_others(database: str) -> None:
    address = urlsplit(run("bookings", "feed", "salon"))
    status, text, headers = fetch(database, address.path)
    assert status == 200
    assert headers["content-type"].startswith("text/calendar")
    assert headers["cache-control"] == "private, no-store"
    events = Calendar.from_ical(text).walk("VEVENT")
    assert [str(event["UID"]) for event in events] == ["bk_1@handfest", "bk_4@handfest"]


def test_the_secret_itself_is_kept_nowhere(database: str) -> None:
    token = urlsplit(run("bookings", "feed", "salon")).path.removeprefix("/feeds/").removesuffix(".ics")
    assert len(token) >= 43
    with sqlite3.connect(database) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert token not in dump


@pytest.mark.parametrize("token", ["x", "None", "%20", "a" * 43])
def test_an_unknown_address_is_a_page_that_is_not_there(database: str, token: str) -> None:
    run("bookings", "feed", "salon")
    status, text, _ = fetch(database, f"/feeds/{token}.ics")
    assert (status, text) == (404, "not found")


def test_a_new_address_ends_the_old_one_and_closing_ends_all(database: str) -> None:
    first = urlsplit(run("bookings", "feed", "salon")).path
    assert "--renew" in run("bookings", "feed", "salon", code=2)
    second = urlsplit(run("bookings", "feed", "salon", "--renew")).path
    assert [fetch(database, path)[0] for path in (first, second)] == [404, 200]
    run("bookings", "feed", "salon", "--close")
    assert fetch(database, second)[0] == 404


def test_bookings_are_listed_and_shown(database: str) -> None:
    span = ("--from", "2025-10-21", "--to", "2025-10-31")
    listed = run("bookings", "ls", "salon", *span, "--json")
    assert [name in listed for name in ("bk_1", "bk_2", "bk_4", "bk_9")] == [True, False, True, False]
    assert "bk_2" in run("bookings", "ls", "salon", *span, "--all", "--json")
    assert "no bookings" in run("bookings", "ls", "salon", "--from", "2031-01-01")
    shown = run("bookings", "show", "bk_2", "--business", "salon")
    assert "cancelled" in shown
    assert "Erika Beispiel" in shown
    assert "no booking bk_9" in run("bookings", "show", "bk_9", "--business", "salon", code=2)


def test_a_calendar_is_imported_from_the_command_line_and_can_be_let_go(
    database: str, tmp_path: Path
) -> None:
    event = "BEGIN:VEVENT\nUID:1\nDTSTART:20251022T070000Z\nDTEND:20251022T080000Z\nEND:VEVENT\n"
    path = tmp_path / "maria.ics"
    path.write_text(f"BEGIN:VCALENDAR\n{event}END:VCALENDAR\n", encoding="utf-8")
    order = ("busy", "import", str(path), "--business", "salon", "--now", NOW.format_iso())
    assert "--staff" in run(*order, code=2)
    told = run(*order, "--staff", "Maria")
    source = told.split(" ")[0].rstrip(":")
    assert ": 1 busy time until" in told
    why = ("slots", "why", "salon", "--service", "herren", "--at", "2025-10-22T09:00", "--staff", "Maria")
    assert "Maria ist belegt: Mi 22.10.2025 von 09:00 bis 10:00." in run(*why, "--now", NOW.format_iso())
    path.write_text("<html>Anmelden</html>", encoding="utf-8")
    assert "nothing was changed" in run(*order, "--staff", "Maria", code=2)
    run("busy", "rm", source, "--business", "salon")
    run("busy", "rm", source, "--business", "salon", code=2)


@pytest.mark.parametrize(
    "location", ["http://example.org/a.ics", "ftp://example.org/a.ics", "/nowhere/a.ics"]
)
def test_a_feed_comes_from_a_file_or_over_https(database: str, location: str) -> None:
    assert run("busy", "import", location, "--staff", "Maria", "--business", "salon", code=2)
