"""Calendars in and out: what a feed says blocks what it should, and what was booked can be subscribed to."""

import itertools
import time
import tomllib
from pathlib import Path

import pytest
from icalendar import Calendar
from whenever import Instant

from contracts.samples import booking
from handfest.calendars.icalendar_event import TIMES_MAX
from handfest.calendars.icalendar_import import FeedTarget, import_feed
from handfest.calendars.icalendar_text import EVENTS_MAX, NotAFeed
from handfest.catalogue.compiled import Shelf
from handfest.model.booking import Customer
from handfest.ports import StoredCatalogue
from handfest.storage.memory import MemoryStore
from handfest.web.feed_text import feed_of

HERE = Path(__file__).parent
CASES = tomllib.loads((HERE / "data" / "feeds.toml").read_text(encoding="utf-8"))["case"]
SALON = (HERE.parents[1] / "examples" / "salon.toml").read_text(encoding="utf-8")
NOW = Instant.parse_iso("2025-10-21T10:00:00+02:00")
COMPILED = Shelf().compiled(StoredCatalogue("salon", 1, SALON, NOW, True), None)
BUSINESS = COMPILED.catalogue.business.id
ANNA = FeedTarget("anna", "ics:anna:feed")
EVER = (Instant.parse_iso("2000-01-01T00:00:00Z"), Instant.parse_iso("2100-01-01T00:00:00Z"))


def feed(events: str) -> list[str]:
    """The lines of a feed with these events."""
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//\r\n"
    body = events.strip("\n").replace("\n", "\r\n")
    return f"{head}{body}\r\nEND:VCALENDAR\r\n".splitlines(keepends=True)


def meeting(number: int, day: str = "20251022") -> str:
    """An event of a quarter of an hour."""
    start = f"{day}T{number // 4 % 24:02d}{number % 4 * 15:02d}00Z"
    return f"BEGIN:VEVENT\nUID:{number}\nDTSTART:{start}\nDURATION:PT15M\nEND:VEVENT\n"


async def kept(store) -> list[str]:
    """What is kept as busy, in local time."""
    rows = await store.read(lambda tx: tx.busy(BUSINESS, *EVER))
    zone = COMPILED.zone.key
    return ["/".join(at.to_tz(zone).format_iso()[:16] for at in (row.start, row.end)) for row in rows]


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
async def test_a_feed_blocks_what_it_says(store, case) -> None:
    imported = await import_feed(store, COMPILED, ANNA, feed(case["feed"]), NOW)
    assert not isinstance(imported, NotAFeed)
    assert await kept(store) == case["taken"]
    assert dict(imported.left_out) == case.get("left_out", {})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "BEGIN:VCALENDAR"),
        ("<!DOCTYPE html>\n<title>Anmelden</title>\n", "<!DOCTYPE html>"),
        ("".join(feed(meeting(1)))[:-16], "END:VCALENDAR"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n", "END:VCALENDAR"),
    ],
)
async def test_what_is_no_feed_or_only_half_of_one_changes_nothing(store, text, named) -> None:
    await import_feed(store, COMPILED, ANNA, feed(meeting(1)), NOW)
    before = await kept(store)
    refused = await import_feed(store, COMPILED, ANNA, text.splitlines(keepends=True), NOW)
    assert isinstance(refused, NotAFeed)
    assert named in refused.cause
    assert await kept(store) == before


async def test_importing_again_replaces_that_source_and_nothing_else(store) -> None:
    await import_feed(store, COMPILED, ANNA, feed(meeting(1) + meeting(2)), NOW)
    await import_feed(store, COMPILED, FeedTarget("jana", "ics:jana:feed"), feed(meeting(3)), NOW)
    again = await import_feed(store, COMPILED, ANNA, feed(meeting(2)), NOW)
    assert not isinstance(again, NotAFeed)
    assert (again.kept, again.replaced) == (1, 2)
    assert len(await kept(store)) == 2
    empty = await import_feed(store, COMPILED, ANNA, feed(""), NOW)
    assert not isinstance(empty, NotAFeed)
    assert (empty.kept, empty.replaced) == (0, 1)


async def test_titles_are_private_unless_asked_for(store) -> None:
    lines = feed(meeting(1).replace("DURATION", "SUMMARY:Zahnarzt\nDURATION"))
    await import_feed(store, COMPILED, ANNA, lines, NOW)
    [row] = await store.read(lambda tx: tx.busy(BUSINESS, *EVER))
    assert row.label is None
    await import_feed(store, COMPILED, FeedTarget("anna", ANNA.source, titles=True), lines, NOW)
    [row] = await store.read(lambda tx: tx.busy(BUSINESS, *EVER))
    assert row.label == "Zahnarzt"


async def test_an_event_without_end_reaches_no_further_than_the_horizon(store) -> None:
    lines = feed(meeting(1).replace("DURATION", "RRULE:FREQ=DAILY\nDURATION"))
    imported = await import_feed(store, COMPILED, ANNA, lines, NOW)
    assert not isinstance(imported, NotAFeed)
    days = (imported.until - NOW).total("hours") / 24
    assert imported.kept == pytest.approx(days, abs=1)
    assert imported.kept <= TIMES_MAX


async def test_a_million_events_are_read_in_bounded_time_and_what_is_left_out_is_reported(store) -> None:
    old, new = meeting(1, "20190301"), meeting(2)
    events = itertools.chain(itertools.repeat(old, 980_000), itertools.repeat(new, 20_000))
    lines = itertools.chain(
        ["BEGIN:VCALENDAR\r\n"],
        (line for event in events for line in event.splitlines(keepends=True)),
        ["END:VCALENDAR\r\n"],
    )
    began = time.process_time()
    imported = await import_feed(store, COMPILED, ANNA, lines, NOW)
    assert not isinstance(imported, NotAFeed)
    assert imported.left_out["over"] == 980_000
    assert imported.left_out[f"beyond the first {EVENTS_MAX} that matter"] == 20_000 - EVENTS_MAX
    assert imported.kept == 1, "the same time is kept once"
    assert time.process_time() - began < 60


async def test_an_event_that_never_ends_in_the_text_is_cut_off_not_kept_in_memory(store) -> None:
    endless = itertools.chain(
        ["BEGIN:VCALENDAR\r\n", "BEGIN:VEVENT\r\n"],
        itertools.repeat("COMMENT:" + "x" * 9_990 + "\r\n", 30_000),
    )
    imported = await import_feed(store, COMPILED, ANNA, endless, NOW)
    assert not isinstance(imported, NotAFeed)
    assert imported.kept == 0
    assert any(cause.startswith("unread") for cause in imported.left_out)


def test_bookings_are_read_back_as_they_were_written() -> None:
    customer = Customer(
        "Erika Beispiel; Söhne, GmbH\nZeile", "+493023125077", None, "kommt, vielleicht; später"
    )
    made = booking(BUSINESS, customer=customer)
    text = feed_of(COMPILED.catalogue, [made], NOW)
    [event] = Calendar.from_ical(text).walk("VEVENT")
    assert event["UID"] == "bk_1@handfest"
    assert event["DTSTART"].dt == made.start.to_stdlib()
    assert event["DTEND"].dt == made.start.add(minutes=30).to_stdlib()
    assert str(event["SUMMARY"]) == "Beratung: Erika Beispiel; Söhne, GmbH\nZeile"
    assert "kommt, vielleicht; später" in str(event["DESCRIPTION"])
    assert all(len(line) <= 75 for line in text.split(b"\r\n")), "lines are folded as RFC 5545 asks"


async def test_what_is_exported_can_be_imported(store) -> None:
    text = feed_of(COMPILED.catalogue, [booking(BUSINESS)], NOW).decode()
    await import_feed(store, COMPILED, ANNA, text.splitlines(keepends=True), NOW)
    assert await kept(store) == ["2025-10-22T09:00/2025-10-22T09:30"]
