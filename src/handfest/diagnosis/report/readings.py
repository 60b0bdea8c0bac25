"""The four readings of a report: for the owner, the developer, the operator, and of an incident."""

import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from handfest.diagnosis.pages.chart import Series
from handfest.diagnosis.pages.document import Bars, Block, Document, Heading, Paragraph, Rows
from handfest.diagnosis.registry.findings import Owner, finding_kinds
from handfest.diagnosis.report.report import Report, ReportedCall
from handfest.diagnosis.story.explain import DONE, Story, cause_of, findings_of
from handfest.diagnosis.story.story_words import StoryWords
from handfest.diagnosis.story.timeline import timeline

READINGS = ("owner", "developer", "operator", "incident")
LANGUAGES = ("de", "en")
_LISTED = 50


class _Words:
    def __init__(self, language: str) -> None:
        self.language = language
        self._words = _data()[language]

    def __call__(self, name: str, **facts: object) -> str:
        return str(self._words[name]).format(**facts)

    def owner(self, owner: Owner | None) -> str:
        return str(self._words["owners"][owner.value if owner else "nobody"])

    def day(self, day: date) -> str:
        return day.strftime("%d.%m.%Y") if self.language == "de" else day.isoformat()

    def outcome(self, outcome: str) -> str:
        return str(self._words["outcome_names"].get(outcome, outcome))

    def rate(self, rate: float | None) -> str:
        if rate is None:
            return "–"
        return f"{self.figure(100 * rate)} %"

    def figure(self, value: float) -> str:
        text = f"{value:.1f}"
        return text.replace(".", ",") if self.language == "de" else text


@cache
def _data() -> dict[str, Any]:
    source = resources.files("handfest.diagnosis.report").joinpath("report_words.toml").read_text("utf-8")
    return tomllib.loads(source)


def reading(report: Report, of: str, language: str) -> Document:
    """The report as this reader needs it; `of` is one of READINGS, `language` one of LANGUAGES."""
    words = _Words(language)
    business = report.business or words("all_businesses")
    blocks = _READERS[of](report, words) if report.calls else iter((Paragraph(words("no_calls")),))
    subtitle = words(
        "subtitle", business=business, first=words.day(report.first), last=words.day(report.last)
    )
    return Document(words(f"title_{of}"), subtitle, language, tuple(blocks))


def incident_of(story: Story, language: str) -> Document:
    """The incident reading of one call: why it ended so, its timeline, and what shows it."""
    words = _Words(language)
    names = StoryWords(language)
    rows = tuple(
        (f"{event.at_s:.3f}", names.name("lanes", event.lane.value), event.text)
        for event in timeline(story, language)
    )
    started = story.call.started_at.format_iso()[:19].replace("T", " ")
    subtitle = f"{story.call.business_id}, {story.call.id}, {started} UTC: {words.outcome(story.outcome)}"
    blocks = (
        *_why(story, words),
        Rows(("s", words("owner"), words("what")), rows),
        *_shown(story, words),
    )
    return Document(words("title_incident"), subtitle, language, blocks)


def _why(story: Story, words: _Words) -> Iterator[Block]:
    cause = cause_of(story)
    if cause is not None:
        told = (cause.cause[words.language], cause.remedy[words.language], words.owner(cause.owner))
        yield Rows((words("cause"), words("remedy"), words("owner")), (told,))


def _shown(story: Story, words: _Words) -> Iterator[Block]:
    found = findings_of(story, words.language)
    if found:
        yield Heading(words("findings"))
        rows = tuple((one["id"], one["title"], _evidence(one)) for one in found)
        yield Rows((words("finding"), words("means"), words("evidence")), rows)


def _headline(report: Report, words: _Words) -> Iterator[Block]:
    waiting = sum(one.story.outcome == "callback" for one in report.calls)
    yield Paragraph(
        words(
            "headline",
            calls=len(report.calls),
            done=sum(one.story.outcome in DONE for one in report.calls),
            rate=words.rate(report.booked_rate),
            lost=sum(one.lost for one in report.calls),
            callbacks=waiting,
        )
    )
    if report.kept_rate is not None:
        yield Paragraph(words("kept", rate=words.rate(report.kept_rate)))


def _chart(report: Report, words: _Words) -> Bars:
    days = report.days
    return Bars(
        words("per_day"),
        tuple(day.day.strftime("%d.%m." if words.language == "de" else "%m-%d") for day in days),
        (
            Series(words("done"), "good", tuple(day.done for day in days)),
            Series(words("others"), "plain", tuple(day.calls - day.done - day.lost for day in days)),
            Series(words("lost_short"), "bad", tuple(day.lost for day in days)),
        ),
    )


def _owner(report: Report, words: _Words) -> Iterator[Block]:
    yield from _headline(report, words)
    yield _chart(report, words)
    yield Heading(words("lost"))
    if not report.lost:
        yield Paragraph(words("nothing_lost"))
    else:
        yield Rows(
            (words("cause"), words("calls")),
            tuple((row.cause.cause[words.language], str(row.calls)) for row in report.lost),
        )
        yield Heading(words("to_do"))
        # What the owner can do stands first; the rest is to be passed on.
        mine = sorted(report.lost, key=lambda row: row.cause.owner is not Owner.BUSINESS)
        yield Rows(
            (words("remedy"), words("owner")),
            tuple((row.cause.remedy[words.language], words.owner(row.cause.owner)) for row in mine),
        )
    if report.open_ends:
        yield Heading(words("open_ends"))
        yield Rows(
            (words("cause"), words("calls")),
            tuple((row.cause.cause[words.language], str(row.calls)) for row in report.open_ends),
        )


def _developer(report: Report, words: _Words) -> Iterator[Block]:
    yield from _headline(report, words)
    if not report.lost and not report.findings:
        yield Paragraph(words("nothing_lost"))
    columns = tuple(words(name) for name in ("finding", "calls", "cause", "remedy", "owner", "examples"))
    rows = tuple(
        (
            f"{row.cause.code} ({row.cause.detail})" if row.cause.detail else row.cause.code,
            str(row.calls),
            row.cause.cause[words.language],
            row.cause.remedy[words.language],
            words.owner(row.cause.owner),
            ", ".join(row.examples),
        )
        for row in (*report.lost, *report.open_ends)
    )
    if rows:
        yield Rows(columns, rows)
    shown = [
        (found["id"], found["title"], one.story.call.id, _evidence(found))
        for one in report.calls
        for found in findings_of(one.story, words.language)
    ]
    if shown:
        yield Heading(words("findings"))
        columns = (words("finding"), words("means"), words("call"), words("evidence"))
        yield Rows(columns, tuple(shown[:_LISTED]))
    yield Paragraph(words("explain"))


def _evidence(found: dict[str, Any]) -> str:
    steps = ", ".join(map(str, found["steps"]))
    return f"{found['evidence']} ({steps})" if steps else str(found["evidence"])


def _operator(report: Report, words: _Words) -> Iterator[Block]:
    yield from _headline(report, words)
    if report.unknown:
        yield Paragraph(words("unknown", count=report.unknown))
    yield _chart(report, words)
    yield Heading(words("outcomes"))
    counted = tuple((words.outcome(name), str(count)) for name, count in report.outcomes.items())
    yield Rows((words("outcome"), words("calls")), counted)
    yield Heading(words("tools"))
    yield Rows(
        (words("tool"), words("answers"), words("median"), words("slow")),
        tuple(
            (one.tool, str(one.answers), words.figure(one.median_ms), words.figure(one.slow_ms))
            for one in report.tools
        ),
    )
    if report.errors:
        yield Heading(words("errors"))
        rows = tuple((code, str(count)) for code, count in report.errors.items())
        yield Rows((words("code"), words("calls")), rows)
    if report.findings:
        yield Heading(words("findings"))
        kinds = finding_kinds()
        named = tuple(
            (finding, kinds[finding].title[words.language], str(count)) for finding, count in report.findings
        )
        yield Rows((words("finding"), words("means"), words("calls")), named)


def _incident(report: Report, words: _Words) -> Iterator[Block]:
    yield from _headline(report, words)
    lost = [one for one in report.calls if one.lost or one.findings]
    if not lost:
        yield Paragraph(words("nothing_lost"))
        return
    yield Heading(words("lost_calls"))
    several = len({one.story.call.business_id for one in report.calls}) > 1
    columns: tuple[str, ...] = tuple(map(words, ("time", "call", "outcome", "cause", "evidence")))
    rows: tuple[tuple[str, ...], ...] = tuple(_incident_row(one, words) for one in lost[:_LISTED])
    if several:  # each has its own clock
        columns = (columns[0], words("business"), *columns[1:])
        rows = tuple(
            (row[0], one.story.call.business_id, *row[1:]) for row, one in zip(rows, lost, strict=False)
        )
    yield Rows(columns, rows)
    yield Paragraph(words("explain"))


def _incident_row(one: ReportedCall, words: _Words) -> tuple[str, ...]:
    cause = f"{one.cause.code}: {one.cause.cause[words.language]}" if one.cause else ""
    evidence = "; ".join(
        f"{found['id']} {found['evidence']}" for found in findings_of(one.story, words.language)
    )
    time = f"{words.day(one.day)} {one.local_time}"
    return time, one.story.call.id, words.outcome(one.story.outcome), cause, evidence


_READERS: dict[str, Callable[[Report, _Words], Iterator[Block]]] = {
    "owner": _owner,
    "developer": _developer,
    "operator": _operator,
    "incident": _incident,
}
