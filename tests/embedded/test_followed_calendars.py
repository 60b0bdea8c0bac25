"""Followed calendars: read again and again, from a server on this machine, by an injected clock."""

import asyncio
import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner
from whenever import Instant

from handfest.calendars.calendar_follower import LEASE_SECONDS, PAUSES_SECONDS, CalendarFollower
from handfest.calendars.feed_download import NotDownloaded, download_feed, feed_address
from handfest.catalogue.compiled import Shelf
from handfest.catalogue.parse import parse_business
from handfest.cli.main import app
from handfest.diagnosis.doctor.followed_findings import followed_findings
from handfest.diagnosis.watch.metrics import Metrics, store_state
from handfest.model.followed_calendar import FollowedCalendar
from handfest.storage.memory import MemoryStore
from handfest.testing.clock import FixedClock
from handfest.testing.sinks import KeptAlarms

ROOT = Path(__file__).parents[2]
SALON = (ROOT / "examples" / "salon.toml").read_text(encoding="utf-8")
NOW = Instant.parse_iso("2030-01-02T10:00:00+01:00")
EVER = (Instant.parse_iso("2000-01-01T00:00:00Z"), Instant.parse_iso("2100-01-01T00:00:00Z"))
SECRET = "private-0a1b2c3d4e5f"
EVERY = 900


def feed(*starts: str) -> str:
    """A feed with an event of half an hour at each start."""
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{start}\r\nSUMMARY:Zahnarzt\r\nDTSTART:{start}\r\nDURATION:PT30M\r\nEND:VEVENT\r\n"
        for start in starts
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//\r\n{events}END:VCALENDAR\r\n"


TWO, ONE = feed("20300103T090000Z", "20300104T090000Z"), feed("20300104T090000Z")


@dataclass
class FeedServer:
    """What a calendar's server answers now, and what it was asked."""

    text: str = TWO
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"ETag": '"1"', "Last-Modified": "Tue, 01 Jan"})
    asked: list[dict[str, str]] = field(default_factory=list)
    address: str = ""


@pytest.fixture
def server() -> Iterator[FeedServer]:
    """A server of one feed; it knows its own ETag again."""
    state = FeedServer()

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(dict(self.headers))
            known = self.headers.get("If-None-Match") == state.headers.get("ETag", "-")
            self.send_response(304 if known and state.status == 200 else state.status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if not known and state.status == 200:
                self.wfile.write(state.text.encode())

        def log_message(self, *_: object) -> None: ...

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
    thread.start()
    state.address = f"http://127.0.0.1:{listening.server_port}/{SECRET}/basic.ics"
    yield state
    listening.shutdown()
    thread.join()
    listening.server_close()


@dataclass
class Salon:
    """A salon that follows Maria's calendar."""

    store: MemoryStore
    clock: FixedClock
    follower: CalendarFollower
    alarms: KeptAlarms

    async def calendar(self) -> FollowedCalendar:
        [found] = await self.store.read(lambda tx: tx.followed_calendars("salon"))
        return found

    async def kept(self) -> list[str]:
        rows = await self.store.read(lambda tx: tx.busy("salon", *EVER))
        return [row.start.format_iso()[5:10] for row in rows]

    async def later(self, seconds: float) -> int:
        """Let time pass and read what is due then."""
        self.clock.advance(seconds)
        return await self.follower.read_due()


@pytest.fixture
async def salon(server: FeedServer) -> Salon:
    store, clock = MemoryStore(), FixedClock(NOW)
    await store.write(lambda tx: tx.add_catalogue("salon", SALON, [], NOW))
    alarms = KeptAlarms()
    follower = CalendarFollower(store, Shelf(), clock, download_feed, lambda: 0.5, EVERY, alarms)
    opened = Salon(store, clock, follower, alarms)
    calendar = FollowedCalendar("salon", "ics:maria:1", "maria", server.address, False, NOW, NOW)
    assert isinstance(await opened.follower.follow(calendar), FollowedCalendar)
    return opened


async def test_what_the_calendar_says_now_is_what_blocks(salon: Salon, server: FeedServer) -> None:
    assert await salon.kept() == ["01-03", "01-04"]
    assert await salon.later(EVERY - 1) == 0
    server.text, server.headers = ONE, {"ETag": '"2"'}
    assert await salon.later(1) == 1
    assert await salon.kept() == ["01-04"]
    calendar = await salon.calendar()
    assert (calendar.kept, calendar.etag, calendar.read_at) == (1, '"2"', salon.clock.now())


async def test_an_unchanged_feed_is_asked_for_by_its_stamp_and_keeps_what_is_known(salon, server) -> None:
    assert await salon.later(EVERY) == 1
    assert server.asked[-1]["If-None-Match"] == '"1"'
    assert server.asked[-1]["If-Modified-Since"] == "Tue, 01 Jan"
    assert await salon.kept() == ["01-03", "01-04"]
    assert (await salon.calendar()).read_at == salon.clock.now()


@pytest.mark.parametrize("change", ["a new version of the file", "the end of what was looked ahead"])
async def test_an_unchanged_feed_is_read_whole_when_it_means_more_now(salon, server, change) -> None:
    if change == "a new version of the file":
        await salon.store.write(lambda tx: tx.add_catalogue("salon", SALON + "\n", [], NOW))
        await salon.later(EVERY)
    else:
        await salon.later(86_400 * 40)
    assert "If-None-Match" not in server.asked[-1]


@pytest.mark.parametrize(
    ("status", "text", "said"),
    [
        (503, "", "answers 503"),
        (404, "", "is it the secret one, was it renewed?"),
        (302, "", "not https://"),
        (200, "<!DOCTYPE html><title>Anmelden</title>", "begins with BEGIN:VCALENDAR"),
        (200, TWO[:-20], "ends before END:VCALENDAR"),
        (200, "", "begins with BEGIN:VCALENDAR"),
    ],
)
async def test_what_cannot_be_read_keeps_what_was_last_known_and_says_so(
    salon, server, capsys, status, text, said
) -> None:
    server.status, server.text, server.headers = status, text, {"Location": "http://127.0.0.2/elsewhere"}
    assert await salon.later(EVERY) == 0
    assert await salon.kept() == ["01-03", "01-04"]
    calendar = await salon.calendar()
    assert said in calendar.trouble
    assert calendar.read_at == NOW
    catalogue = parse_business(SALON)
    assert followed_findings([calendar], catalogue, salon.clock.now()) == (), "the next try is a minute away"
    assert await salon.later(PAUSES_SECONDS[0]) == 0
    [found] = followed_findings([await salon.calendar()], catalogue, salon.clock.now())
    assert found.id == "HF323"
    assert said in found.evidence("en")
    assert SECRET not in f"{found} {calendar!r} {capsys.readouterr()}"


async def test_tries_that_fail_come_ever_more_seldom_and_one_that_succeeds_starts_anew(salon, server) -> None:
    server.status = 500
    await salon.later(EVERY)
    for pause in (*PAUSES_SECONDS, PAUSES_SECONDS[-1]):
        asked = len(server.asked)
        assert (await salon.calendar()).due_at == salon.clock.now().add(seconds=pause)
        await salon.later(pause - 1)
        assert len(server.asked) == asked
        await salon.later(1)
        assert len(server.asked) == asked + 1
    server.status = 200
    assert await salon.later(PAUSES_SECONDS[-1]) == 1
    calendar = await salon.calendar()
    assert (calendar.failures, calendar.trouble) == (0, None)
    assert calendar.due_at == salon.clock.now().add(seconds=EVERY)


async def test_one_worker_reads_and_the_others_leave_it_alone(salon, server) -> None:
    asked = len(server.asked)
    salon.clock.advance(EVERY)
    assert sum(await asyncio.gather(*(salon.follower.read_due() for _ in range(5)))) == 1
    assert len(server.asked) == asked + 1


async def test_a_worker_that_died_holds_nothing_up(salon) -> None:
    due = NOW.add(seconds=EVERY)
    calendar = await salon.calendar()
    until = due.add(seconds=LEASE_SECONDS)
    assert await salon.store.write(lambda tx: tx.take_followed(calendar, due, until))
    assert await salon.later(EVERY) == 0
    assert await salon.later(LEASE_SECONDS) == 1


async def test_what_is_followed_no_longer_does_not_come_back_from_a_read_under_way(salon, server) -> None:
    async def given_up_meanwhile(address, known):
        answer = await download_feed(address, known)
        await salon.store.write(lambda tx: tx.drop_followed("salon", "ics:maria:1"))
        await salon.store.write(lambda tx: tx.replace_busy("salon", "ics:maria:1", ()))
        return answer

    server.headers = {"ETag": '"2"'}
    follower = CalendarFollower(
        salon.store, Shelf(), salon.clock, given_up_meanwhile, lambda: 0.5, EVERY, salon.alarms
    )
    salon.clock.advance(EVERY)
    assert await follower.read_due() == 0
    assert await salon.kept() == []


async def test_reads_are_spread_around_the_interval(salon) -> None:
    due = set()
    for drawn in (0.0, 0.999):
        follower = CalendarFollower(
            salon.store, Shelf(), salon.clock, download_feed, lambda drawn=drawn: drawn, EVERY, salon.alarms
        )
        salon.clock.advance(((await salon.calendar()).due_at - salon.clock.now()).total("seconds"))
        await follower.read_due()
        due.add(round(((await salon.calendar()).due_at - salon.clock.now()).total("seconds")))
    assert due == {810, 990}


async def test_findings_and_figures_tell_the_age_of_what_is_known(salon) -> None:
    calendar, catalogue = await salon.calendar(), parse_business(SALON)
    at = NOW.add(hours=3)
    [found] = followed_findings([calendar], catalogue, at)
    assert "is `handfest serve` running?" in found.evidence("en")
    gone = parse_business(SALON.replace("maria", "martha"))
    assert [one.id for one in followed_findings([calendar], gone, NOW)] == ["HF324"]
    metrics = Metrics()
    metrics.observe(await salon.store.read(lambda tx: store_state(tx, at)), at)
    labels = {"business": "salon"}
    assert metrics.registry.get_sample_value("handfest_followed", labels) == 1
    assert metrics.registry.get_sample_value("handfest_followed_oldest_seconds", labels) == 3 * 3600


@pytest.mark.parametrize(
    ("written", "fetched"),
    [
        ("webcal://p01.example/published/2/abc", "https://p01.example/published/2/abc"),
        (" https://cal.example/x.ics\n", "https://cal.example/x.ics"),
        ("http://127.0.0.1:8000/x.ics", "http://127.0.0.1:8000/x.ics"),
        ("http://cal.example/x.ics", None),
        ("file:///etc/passwd", None),
        ("https://", None),
        ("feed.ics", None),
    ],
)
def test_only_private_ways_are_fetched(written: str, fetched: str | None) -> None:
    address = feed_address(written)
    assert (None if isinstance(address, NotDownloaded) else address) == fetched


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Commands on a database with the salon in it."""
    monkeypatch.setenv("HANDFEST_DATABASE", str(tmp_path / "salon.sqlite3"))

    def call(*arguments: str, code: int = 0, typed: str = "") -> str:
        done = CliRunner().invoke(app, list(arguments), input=typed)
        assert done.exit_code == code, done.output
        assert SECRET not in done.output
        return done.output

    call("apply", str(ROOT / "examples" / "salon.toml"))
    return call


def test_from_the_command_line_it_begins_is_listed_and_ends(run, server, tmp_path) -> None:
    days = (Instant.now().add(hours=24 * ahead).to_stdlib() for ahead in (1, 2))
    server.text = feed(*(day.strftime("%Y%m%dT090000Z") for day in days))
    assert "2 busy times" in run("busy", "follow", "-", "--staff", "Maria", "--titles", typed=server.address)
    [row] = json.loads(run("busy", "followed", "--json"))
    assert (row["who"], row["address"], row["busy_times"]) == ("maria", "127.0.0.1/...ic.ics", 2)
    assert {one["source"] for one in json.loads(run("busy", "ls", "--json"))} == {row["id"]}
    assert f"{row['id']}  maria" in run("busy", "followed")
    assert "unfollow" in run("busy", "rm", row["id"], code=2)
    file = tmp_path / "smaller.toml"
    file.write_text(SALON.replace('"maria"', '"martha"'), encoding="utf-8")
    assert f"busy unfollow {row['id']}" in run("apply", str(file))
    assert "HF324" in run("doctor", code=1)
    run("busy", "unfollow", row["id"])
    assert json.loads(run("busy", "ls", "--json")) == []
    assert "no calendar is followed" in run("busy", "followed")


def test_what_cannot_be_followed_is_said_and_nothing_is_kept(run, server) -> None:
    assert "https://" in run("busy", "follow", "http://cal.example/x.ics", "--staff", "maria", code=2)
    assert "--staff" in run("busy", "follow", server.address, code=2)
    server.status = 404
    assert "answers 404" in run("busy", "follow", server.address, "--staff", "maria", code=1)
    assert "no calendar ics:x" in run("busy", "unfollow", "ics:x", code=2)
    assert json.loads(run("busy", "followed", "--json")) == []
