"""The story of a call: lanes, brackets, columns, and a page that stands alone."""

import io
import json
import re
import tomllib
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from typer.testing import CliRunner

from diagnosis.recorded import START, step, turn
from handfest.cli.demo_play import play
from handfest.cli.main import app
from handfest.cli.story_text import print_story
from handfest.diagnosis.story.explain import Story, as_data, cause_of
from handfest.diagnosis.story.story_page import story_page
from handfest.diagnosis.story.timeline import Event, Lane, Mark, brackets, timeline
from handfest.errors import CalendarFault
from handfest.model.call import AuditNote, Call, CallAudited
from handfest.model.transcript import Transcript, TranscriptLine

CALL = Call("studio", "call_1", "retell", START)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Story, Path]:
    """The incident's call as it is kept, and the database it is kept in."""
    database = tmp_path_factory.mktemp("demo") / "demo.sqlite3"
    return play(database).story, database


def text_of(story: Story) -> str:
    out = io.StringIO()
    print_story(Console(file=out, width=100, highlight=False), story)
    return out.getvalue()


def lost() -> Story:
    checked = turn(
        1,
        step("heard", arguments={"date": "2026-03-03"}, tool="check_availability"),
        step("offered", 9.0, offer="A1", service_id="47", start="2026-03-03T10:00:00+01:00"),
    )
    failed = turn(
        2, step("calendar_failed", 900.0, code="calendar_timed_out", cause="<no answer>"), code="try_later"
    )
    return Story(replace(CALL, ended_at=START.add(minutes=4)), (checked, failed), (), ())


def test_the_kept_call_has_no_finding_and_no_cause(kept: tuple[Story, Path]) -> None:
    data = as_data(kept[0])
    assert (data["outcome"], data["findings"], data["cause"]) == ("booked", [], None)
    assert set(data) >= {
        "call_id",
        "business",
        "outcome",
        "service_id",
        "offers",
        "bookings",
        "steps",
        "findings",
    }
    assert [one["number"] for one in data["steps"]] == list(range(1, len(data["steps"]) + 1))


def test_the_kept_call_reads_well_at_a_hundred_columns(kept: tuple[Story, Path]) -> None:
    told = text_of(kept[0])
    assert max(map(len, told.splitlines())) <= 100
    assert "No findings." in told
    assert told.count("┏") == 2
    assert told.count("┗") == 1
    assert told.count("╵") == 1


def test_a_booking_closes_the_bracket_of_its_offer(kept: tuple[Story, Path]) -> None:
    events = timeline(kept[0])
    ends = {name: event for event in events for name in event.closes}
    assert (ends["A1"].booked, ends["A2"].booked) == (False, True)
    assert ends["A2"].lane is Lane.CALENDAR


def test_b93_a_lost_call_tells_cause_evidence_remedy_and_owner() -> None:
    told = " ".join(text_of(lost()).split())
    assert "Why it was not booked: HF411" in told
    assert "the calendar did not answer in time (calendar_timed_out: <no answer>) (step 3)" in told
    assert "owner calendar" in told
    assert cause_of(lost()) is not None


def test_a_hold_that_nobody_closed_ends_with_the_call() -> None:
    events = timeline(lost())
    assert (events[-1].text, events[-1].closes) == ("the call has ended", ("A1",))
    assert events[-1].at_s == 240.0


def test_b91_a_call_with_an_open_outcome_is_pending_not_booked(kept: tuple[Story, Path]) -> None:
    from handfest.model.booking import BookingState

    story = kept[0]
    unknown = replace(story.bookings[0], state=BookingState.UNKNOWN)
    open_call = replace(story, call=replace(story.call, outcome="open"), bookings=(unknown,))
    assert as_data(open_call)["outcome"] == "pending"


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.foreign += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("which", ["kept", "lost"])
def test_the_page_stands_alone_and_is_well_formed(which: str, kept: tuple[Story, Path]) -> None:
    page = story_page(kept[0] if which == "kept" else lost())
    parser = _Page()
    parser.feed(page)
    assert (parser.open, parser.foreign) == ([], [])
    assert not re.search(r"https?://|@import|url\(|<script", page)


def test_what_callers_and_calendars_say_is_text_in_the_page() -> None:
    page = story_page(lost())
    assert "&lt;no answer&gt;" in page
    assert "<no answer>" not in page


_ENGLISH = re.compile(
    r"\b(caller|agent|tool|evidence|remedy|owner|findings|timeline|offers|held|until|looked|free|step|the|and|was)\b"
)


@pytest.mark.parametrize("which", ["kept", "lost"])
def test_a_story_is_told_in_german_without_an_english_word(which: str, kept: tuple[Story, Path]) -> None:
    story = kept[0] if which == "kept" else lost()
    out = io.StringIO()
    print_story(Console(file=out, width=100, highlight=False), story, "de")
    page = re.sub(r"<style>.*?</style>|<[^>]*>", " ", story_page(story, "de"), flags=re.DOTALL)
    for told in (out.getvalue(), page, json.dumps(as_data(story, "de")["findings"], ensure_ascii=False)):
        # Codes and the names of tools and fields are the same in every language.
        prose = re.sub(r"\S*_\S*|\S+: *\S+|“[^”]*”|\"[a-z_]+\":|<no answer>", " ", told)
        assert not _ENGLISH.findall(prose), prose
    assert max(map(len, out.getvalue().splitlines())) <= 100


def lines_of(words: dict[str, Any]) -> dict[str, str]:
    """Every line by the path to it; the states of bookings are English by their codes."""
    lines = {}
    for name, said in words.items():
        if isinstance(said, str):
            lines[name] = said
        elif name != "states":
            lines |= {f"{name}.{inner}": line for inner, line in said.items()}
    return lines


def test_both_languages_have_the_same_words() -> None:
    for name in ("story_words.toml", "timeline.toml"):
        words = tomllib.loads(files("handfest.diagnosis.story").joinpath(name).read_text("utf-8"))
        german, english = (lines_of(words[language]) for language in ("de", "en"))
        assert set(german) == set(english), name
        for line, said in english.items():
            assert set(re.findall(r"{(\w+)}", said)) == set(re.findall(r"{(\w+)}", german[line])), line
    shown = tomllib.loads(
        files("handfest.diagnosis.story").joinpath("served_evidence.toml").read_text("utf-8")
    )
    assert all(set(said) == {"de", "en"} for said in shown.values())
    calendar_faults = {kind.code for kind in CalendarFault.__subclasses__()}
    assert calendar_faults <= set(shown), "each is told in both languages, not only by its code"


def test_explain_writes_the_page_to_a_file(kept: tuple[Story, Path], tmp_path: Path) -> None:
    story, database = kept
    file = tmp_path / "call.html"
    command = ["calls", "explain", story.call.id, "--database", str(database), "--html", str(file)]
    assert CliRunner().invoke(app, command).exit_code == 0
    page = file.read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert '<html lang="de">' in page, "the language of the business"
    assert CliRunner().invoke(app, [*command, "--language", "en"]).exit_code == 0
    assert '<html lang="en">' in file.read_text("utf-8")


@st.composite
def histories(draw: st.DrawFn) -> tuple[Event, ...]:
    """Offers opened and closed in any order, several at once."""
    events, open_now = [], []
    for number in range(draw(st.integers(0, 12))):
        closes = draw(st.lists(st.sampled_from(open_now), unique=True)) if open_now else []
        opens = [f"A{number}.{index}" for index in range(draw(st.integers(0, 3)))]
        open_now = [name for name in open_now if name not in closes] + opens
        events.append(Event(number, Lane.GATEWAY, "", 1, None, tuple(opens), tuple(closes)))
    return tuple(events)


@given(histories())
def test_every_bracket_opens_once_and_never_crosses_another(events: tuple[Event, ...]) -> None:
    rows = brackets(events)
    drawn = [mark for row in rows for mark in row]
    assert drawn.count(Mark.OPENS) == sum(len(event.opens) for event in events)
    for column in range(len(rows[0]) if rows else 0):
        inside = False
        for row in rows:
            mark = row[column]
            assert (mark in (Mark.OPEN, Mark.LET_GO, Mark.BOOKED)) <= inside
            inside = mark in (Mark.OPENS, Mark.OPEN)


def test_what_the_audit_heard_is_marked_in_the_timeline_and_quoted_as_evidence() -> None:
    lines = (
        TranscriptLine(61.0, "caller", "Ja, bitte."),
        TranscriptLine(63.5, "agent", "Ihr Termin ist gebucht."),
    )
    audited = CallAudited("not_booked", "HF405", (AuditNote("HF405", 63.5), AuditNote("HF409", 61.0)))
    story = replace(
        lost(),
        transcript=Transcript("studio", "call_1", START, True, lines),
        call=replace(CALL, audited=audited),
    )
    assert [event.text for event in timeline(story) if event.bad and event.turn == 0] == [
        "“Ihr Termin ist gebucht.”"
    ]
    evidence = {found["id"]: found["evidence"] for found in as_data(story)["findings"]}
    assert evidence["HF405"] == "“Ihr Termin ist gebucht.”"
    assert evidence["HF409"] == "61 s", "what is no claim has its second only"


def test_starts_that_others_hold_are_one_line() -> None:
    held = [
        step("lost_to_another_caller", start=f"2026-03-03T{hour:02}:00:00Z", staff="maria")
        for hour in (9, 10)
    ]
    story = Story(CALL, (turn(1, *held, step("offered", offer="A1", service_id="47")),), (), ())
    told = [event.text for event in timeline(story) if event.text.startswith("held by")]
    assert told == ["held by other callers: 2026-03-03 09:00, 10:00"]
