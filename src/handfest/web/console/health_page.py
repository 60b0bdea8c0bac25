"""Health: how callers were served, what waits, how the calendar does, and what the doctor finds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from starlette.responses import Response

from handfest.catalogue.self_check import CatalogueFinding
from handfest.diagnosis.pages.chart import Chart, Series, chart_of
from handfest.diagnosis.registry.findings import finding_kinds
from handfest.model.actor import Scope
from handfest.model.digest import LATENCY_BOUNDS_MS, Figures
from handfest.model.followed_calendar import FollowedCalendar
from handfest.office.health import ErrorBudget, FindingCount, Health, health
from handfest.office.objection import Objection
from handfest.web.console.visit import Visit
from handfest.web.examination import Examination, LiveFinding, NotExamined, examine_live, told_finding

SPANS = (7, 30, 90)
FINDINGS_SHOWN = 8


async def health_page(visit: Visit) -> Response:
    """The last days."""
    asked = visit.asked("days") or ""
    days = int(asked) if asked in {str(span) for span in SPANS} else SPANS[1]
    found = await health(visit.house.office, visit.actor, visit.business, days)
    if isinstance(found, Objection):
        return visit.missing()
    dates = [visit.local(visit.now).date().to_stdlib() - timedelta(days=back) for back in range(days)][::-1]
    asked_to = visit.asked("examine") is not None and visit.may(Scope.DESK)
    live = Examination(())
    if asked_to:
        live = await examine_live(visit.house, visit.catalogue, visit.words.language)
    return visit.show(
        "health.html.j2",
        health=found,
        days=days,
        spans=SPANS,
        charts=_charts(visit, found, dates),
        findings=_findings(visit, found.findings),
        budgets=[(budget, *_budget(visit, budget)) for budget in found.budgets],
        in_time=_in_time(found.total),
        followed=[_followed(visit, one) for one in found.followed],
        doctor=[
            *told_catalogue(visit, found.catalogue),
            *(
                told_finding(one.id, one.subject, one.evidence(visit.words.language), visit.words.language)
                for one in found.calendars
            ),
            *live.findings,
        ],
        examined=_examined(visit, live.left_out) if asked_to else None,
    )


@dataclass(frozen=True, slots=True)
class FollowedRow:
    """A followed calendar in words: whose, from which host (its address is a secret), what is known, what is wrong."""

    who: str
    host: str
    known: str
    trouble: str | None


def _followed(visit: Visit, calendar: FollowedCalendar) -> FollowedRow:
    words, person = visit.words, visit.catalogue.staff_member(calendar.resource_id)
    known, trouble = str(words.health["followed_never"]), None
    if calendar.read_at is not None:
        name = "followed_read_one" if calendar.kept == 1 else "followed_read"
        at = words.moment(visit.local(calendar.read_at))
        known = words.say("health", name, count=calendar.kept, at=at)
    if calendar.failures:
        name = "followed_trouble_one" if calendar.failures == 1 else "followed_trouble"
        at = words.moment(visit.local(calendar.due_at))
        trouble = words.say("health", name, count=calendar.failures, at=at)
    who = person.name if person else visit.catalogue.business.name
    return FollowedRow(who, calendar.host, known, trouble)


def told_catalogue(visit: Visit, found: Sequence[CatalogueFinding]) -> list[LiveFinding]:
    """What the self-check of a catalogue found, in the reader's language."""
    return [told_finding(one.id, one.subject, one.evidence, visit.words.language) for one in found]


def _examined(visit: Visit, left_out: NotExamined | None) -> str:
    if left_out is None:
        return str(visit.words.health["examined_all"])
    return visit.words.say("health", "examine_failed", cause=left_out.told(visit.words.language))


def _in_time(total: Figures) -> float | None:
    answers = sum(total.latency)
    return (answers - total.latency[-1]) / answers if answers else None


def _charts(visit: Visit, found: Health, dates: Sequence[date]) -> list[Chart]:
    words, by_day = visit.words.health, {row.key: row for row in found.days}
    nothing = Figures("", 0, 0, 0, 0, (0,) * (len(LATENCY_BOUNDS_MS) + 1))
    rows = [by_day.get(day.isoformat(), nothing) for day in dates]
    names = [visit.words.short_day(day).partition(" ")[2] for day in dates]
    counts = Counter[str]()
    for one in found.findings:
        counts[one.day] += one.calls
    return [
        chart_of(
            words["calls_by_day"],
            names,
            [
                Series(words["booked"], "good", tuple(row.booked for row in rows)),
                Series(words["not_booked"], "soft", tuple(row.calls - row.booked for row in rows)),
            ],
        ),
        chart_of(
            words["promises_by_day"],
            names,
            [
                Series(words["kept"], "good", tuple(row.kept for row in rows)),
                Series(words["broken"], "bad", tuple(row.broken for row in rows)),
            ],
        ),
        chart_of(
            words["latency_by_day"],
            names,
            [
                Series(words["fast"], "plain", tuple(sum(row.latency[:2]) for row in rows)),
                Series(words["middling"], "soft", tuple(sum(row.latency[2:-1]) for row in rows)),
                Series(words["slow"], "bad", tuple(row.latency[-1] for row in rows)),
            ],
        ),
        chart_of(
            words["findings_by_day"],
            names,
            [Series(words["findings"], "bad", tuple(counts[day.isoformat()] for day in dates))],
        ),
    ]


def _findings(visit: Visit, found: Sequence[FindingCount]) -> list[tuple[str, int, str, str]]:
    """The findings of these days, the commonest first: id, calls, what it means, what helps."""
    counts = Counter[str]()
    for one in found:
        counts[one.finding] += one.calls
    kinds, language = finding_kinds(), visit.words.language
    return [
        (name, count, kinds[name].means[language], kinds[name].remedy[language])
        for name, count in counts.most_common(FINDINGS_SHOWN)
        if name in kinds
    ]


def _budget(visit: Visit, budget: ErrorBudget) -> tuple[str, str]:
    """What is left of a budget in words, and how it is coloured."""
    if budget.left is None:
        return visit.words.health["nothing_counted"], ""
    if budget.left < 0:
        return visit.words.health["overdrawn"], "bad"
    left = visit.words.percent(budget.left)
    return visit.words.say("health", "left", share=left), "good" if budget.left > 0.25 else "warn"
