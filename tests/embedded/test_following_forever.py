"""The loop that follows calendars: nothing ends it, nobody's trouble is another's, and people hear once of each."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from whenever import Instant

from handfest.calendars.calendar_follower import CalendarFollower
from handfest.calendars.feed_download import Answer, Downloaded, NotDownloaded, Stamp
from handfest.calendars.icalendar_import import FeedRead, FeedTarget, frame_of, read_within
from handfest.calendars.icalendar_text import NotAFeed
from handfest.calendars.read_apart import understand
from handfest.catalogue.compiled import Shelf
from handfest.diagnosis.watch.alerts import alert_texts
from handfest.diagnosis.watch.metrics import Metrics, store_state
from handfest.errors import StoreUnavailable
from handfest.model.followed_calendar import FollowedCalendar
from handfest.storage.memory import MemoryStore
from handfest.testing.clock import FixedClock
from handfest.testing.sinks import KeptAlarms

SALON = (Path(__file__).parents[2] / "examples" / "salon.toml").read_text(encoding="utf-8")
NOW = Instant.parse_iso("2030-01-02T10:00:00+01:00")
EVER = (Instant.parse_iso("2000-01-01T00:00:00Z"), Instant.parse_iso("2100-01-01T00:00:00Z"))
EVERY, LOOK = 900, 10
NAMES = ("anna", "bert", "carl")
SECRET = "private-0a1b2c3d4e5f"


def feed(*starts: str, padding: int = 0) -> bytes:
    """A feed with an event of half an hour at each start, and a note of so many characters."""
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{at}\r\nDTSTART:{at}\r\nDURATION:PT30M\r\nSUMMARY:Zahnarzt\r\nEND:VEVENT\r\n"
        for at in starts
    )
    note = "X-NOTE:" + "x" * padding + "\r\n"
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//\r\n{note}{events}END:VCALENDAR\r\n".encode()


class Over(Exception):
    """The test has seen enough rounds."""


@dataclass
class Feeds:
    """What each address answers now; an exception is raised."""

    answers: dict[str, Answer | Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def download(self, address: str, known: Stamp | None) -> Answer:
        """Stands for the network."""
        del known
        name = address.rsplit("/", 1)[-1]
        self.asked.append(name)
        answer = self.answers[name]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def tells(self, name: str, *starts: str) -> None:
        """From now on this feed says so."""
        self.answers[name] = Downloaded(feed(*starts), Stamp())


@dataclass
class Following:
    """A loop over three calendars, with a clock that moves in the pauses."""

    store: MemoryStore
    clock: FixedClock
    feeds: Feeds
    alarms: KeptAlarms

    async def run(self, seconds: float, at: Callable[[], None] = lambda: None) -> None:
        """Let the loop run for so long; `at` is called in each pause."""
        follower = CalendarFollower(
            self.store, Shelf(), self.clock, self.feeds.download, lambda: 0.5, EVERY, self.alarms
        )
        end = self.clock.now().add(seconds=seconds)

        async def pause() -> None:
            self.clock.advance(LOOK)
            at()
            if self.clock.now() > end:
                raise Over

        with pytest.raises(Over):
            await follower.read_forever(pause)

    async def calendar(self, name: str) -> FollowedCalendar:
        found = await self.store.read(lambda tx: tx.followed("salon", f"ics:{name}:1"))
        assert found is not None
        return found

    async def days(self, name: str) -> list[str]:
        rows = await self.store.read(lambda tx: tx.busy("salon", *EVER))
        return [row.start.format_iso()[8:10] for row in rows if row.source == f"ics:{name}:1"]


@pytest.fixture
async def following() -> Following:
    store, clock, feeds = MemoryStore(), FixedClock(NOW), Feeds()
    await store.write(lambda tx: tx.add_catalogue("salon", SALON, [], NOW))
    for name in NAMES:
        feeds.tells(name, "20300103T090000Z")
        address = f"https://cal.example/{SECRET}/{name}"
        calendar = FollowedCalendar("salon", f"ics:{name}:1", "maria", address, False, NOW, NOW)
        await store.write(lambda tx, calendar=calendar: tx.save_followed(calendar))
    return Following(store, clock, feeds, KeptAlarms())


TROUBLES = [
    NotDownloaded("the feed's server answers 503"),
    Downloaded(b"<!DOCTYPE html>", Stamp()),
    RuntimeError("a defect of ours"),
    RecursionError(),
    MemoryError(),
    asyncio.CancelledError(),
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda one: type(one).__name__)
async def test_whatever_goes_wrong_with_one_the_others_are_read_and_the_loop_goes_on(following, trouble):
    following.feeds.answers["bert"] = trouble
    await following.run(EVERY)
    for name in ("anna", "carl"):
        following.feeds.tells(name, "20300104T090000Z")
    with capture_logs() as logs:
        await following.run(2 * EVERY)
    assert [await following.days(name) for name in NAMES] == [["04"], [], ["04"]]
    bert = await following.calendar("bert")
    assert bert.trouble
    assert bert.unread
    assert SECRET not in f"{bert!r} {following.alarms} {logs}"


async def test_people_hear_once_that_it_cannot_be_read_and_once_that_it_is_back(following):
    await following.run(EVERY)
    following.feeds.answers["bert"] = RuntimeError("a defect of ours")
    await following.run(86_400)
    facts = {"business": "salon", "calendar": "ics:bert:1"}
    assert following.alarms.alarms == [("HF323", facts)]
    assert await following.days("bert") == ["03"], "what was last known stays in the way"
    following.feeds.tells("bert", "20300105T090000Z")
    with capture_logs() as logs:
        await following.run(4 * 3600)
    assert following.alarms.alarms == [("HF323", facts), ("followed_calendar_back", facts)]
    assert "a followed calendar is read again" in [row["event"] for row in logs]
    assert await following.days("bert") == ["05"]
    assert {code for code, _ in following.alarms.alarms} <= alert_texts().keys()


async def test_one_failure_that_is_mended_by_the_next_try_is_told_to_nobody(following):
    following.feeds.answers["bert"] = NotDownloaded("the feed's server answers 503")
    await following.run(LOOK)
    following.feeds.tells("bert", "20300103T090000Z")
    await following.run(EVERY)
    assert following.alarms.alarms == []
    assert await following.days("bert") == ["03"]


async def test_a_store_that_is_away_for_a_while_does_not_end_the_loop(following, monkeypatch):
    away = {"rounds": 3}
    read = following.store.read

    async def sometimes(work):
        if away["rounds"]:
            away["rounds"] -= 1
            raise StoreUnavailable("the disk is full")
        return await read(work)

    monkeypatch.setattr(following.store, "read", sometimes)
    await following.run(120)
    assert away["rounds"] == 0
    assert [await following.days(name) for name in NAMES] == [["03"]] * 3


async def test_the_figures_count_what_cannot_be_read_by_business_alone(following):
    following.feeds.answers["bert"] = following.feeds.answers["carl"] = RuntimeError()
    await following.run(EVERY)
    metrics, now = Metrics(), following.clock.now()
    metrics.observe(await following.store.read(lambda tx: store_state(tx, now)), now)
    assert metrics.registry.get_sample_value("handfest_followed_unread", {"business": "salon"}) == 2
    assert metrics.registry.get_sample_value("handfest_followed", {"business": "salon"}) == 3


@pytest.fixture
async def frame(following):
    """How the salon reads a feed of Maria's."""
    stored = await following.store.read(lambda tx: tx.catalogue("salon"))
    return frame_of(Shelf().compiled(stored, None), FeedTarget("maria", "ics:maria:1", titles=True), NOW)


@pytest.mark.parametrize("body", [feed("20300103T090000Z", "20300104T090000Z"), b"<html>", feed()[:-9]])
async def test_read_apart_it_says_the_same(frame, body):
    apart = await understand(frame, Downloaded(body, Stamp()), here_max=0)
    assert apart == read_within(frame, Downloaded(body, Stamp()).lines())
    assert isinstance(apart, NotAFeed | FeedRead)


async def test_what_is_left_out_and_a_zone_of_its_own_come_back_from_a_process_apart(frame):
    odd = replace(frame, zone="Pacific/Chatham", days=3)
    body = feed("20300103T090000", "20300104T250000", "20300209T090000Z", "20310209T090000Z")
    apart = await understand(odd, Downloaded(body, Stamp()), here_max=0)
    assert apart == read_within(odd, Downloaded(body, Stamp()).lines())
    assert apart.left_out


@pytest.mark.parametrize(
    ("program", "patience", "said"),
    [
        ("import sys; sys.stdin.buffer.read(); sys.exit(3)", 60, "broke off (status 3)"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 60, "broke off (status -9)"),
        ("import time; time.sleep(600)", 0.2, "could not be read within 0.2 seconds"),
    ],
)
async def test_a_process_that_breaks_off_or_finds_no_end_is_a_trouble_of_that_feed(
    frame, program, patience, said
):
    body = feed(padding=100_000)
    found = await understand(
        frame, Downloaded(body, Stamp()), command=(sys.executable, "-c", program), patience=patience
    )
    assert isinstance(found, NotAFeed)
    assert said in found.cause


async def test_only_big_feeds_cost_a_process(frame):
    nothing = ("/nonexistent",)
    assert isinstance(await understand(frame, Downloaded(feed(), Stamp()), command=nothing), FeedRead)
    with pytest.raises(FileNotFoundError):
        await understand(frame, Downloaded(feed(padding=100_000), Stamp()), command=nothing)
