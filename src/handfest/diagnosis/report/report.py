"""What a period of served calls comes to: counts, causes, days, tools. The readings are made from this one value."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from handfest.diagnosis.story.explain import DONE, Story, cause_of, findings_of, story_in
from handfest.diagnosis.story.root_cause import RootCause
from handfest.diagnosis.story.served_findings import ServedFinding, served_findings
from handfest.model.booking import BookingState
from handfest.model.catalogue import Catalogue
from handfest.ports import Transaction

CALLS_MAX = 100_000
"""How many of the newest calls are looked through for a period."""
_EXAMPLES = 3
_BOOKED_OTHERWISE = frozenset({"HF409", "HF422"})
"""Findings of the audit that the caller has agreed to something else than was booked."""


@dataclass(frozen=True, slots=True)
class ReportedCall:
    """One call of the period. `lost`: it should have been booked and something went wrong."""

    story: Story
    day: date
    local_time: str
    lost: bool
    cause: RootCause | None
    findings: tuple[ServedFinding, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause over the period: how many calls were lost to it, and some of them."""

    cause: RootCause
    calls: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """One local day: calls, those that got what they wanted, those that were lost."""

    day: date
    calls: int
    done: int
    lost: int


@dataclass(frozen=True, slots=True)
class ToolTimes:
    """A tool's answers over the period, in milliseconds."""

    tool: str
    answers: int
    median_ms: float
    slow_ms: float


@dataclass(frozen=True, slots=True)
class Report:
    """A period of one or all businesses. Rates are 0..1, None where nothing was counted.

    `lost` are causes of calls that went wrong, `open_ends` those of calls that ended without a booking honestly.
    """

    business: str | None
    first: date
    last: date
    calls: tuple[ReportedCall, ...]
    outcomes: dict[str, int]
    booked_rate: float | None
    kept_rate: float | None
    lost: tuple[Cause, ...]
    open_ends: tuple[Cause, ...]
    findings: tuple[tuple[str, int], ...]
    days: tuple[Day, ...]
    tools: tuple[ToolTimes, ...]
    errors: dict[str, int]
    unknown: int


def report_of(
    tx: Transaction, catalogues: dict[str, Catalogue], business: str | None, first: date, last: date
) -> Report:
    """The report of all calls that began on a local day in [first, last]; test calls do not count."""
    calls = []
    for call in tx.calls(business, CALLS_MAX):
        catalogue = catalogues.get(call.business_id)
        if catalogue is None or call.test:
            continue
        local = call.started_at.to_tz(catalogue.business.time_zone)
        day = local.date().to_stdlib()
        if first <= day <= last:
            story = story_in(tx, call)
            calls.append(_reported(story, day, f"{local.hour:02}:{local.minute:02}"))
    calls.sort(key=lambda one: one.story.call.started_at)
    return _counted(business, first, last, tuple(calls))


def _reported(story: Story, day: date, local_time: str) -> ReportedCall:
    done = story.outcome in DONE
    findings = served_findings(story.turns, done=done, pinned=story.call.pin is not None)
    cause = cause_of(story)
    heard = story.call.audited is not None and story.call.audited.primary is not None
    failed = bool(findings) or heard or story.outcome == "pending"
    lost = not done and story.outcome != "callback" and failed
    return ReportedCall(story, day, local_time, lost, cause, findings)


def _counted(business: str | None, first: date, last: date, calls: tuple[ReportedCall, ...]) -> Report:
    done = sum(one.story.outcome in DONE for one in calls)
    kept, broken = _promises(calls)
    found = Counter(finding["id"] for one in calls for finding in findings_of(one.story))
    return Report(
        business=business,
        first=first,
        last=last,
        calls=calls,
        outcomes=dict(Counter(one.story.outcome for one in calls).most_common()),
        booked_rate=done / len(calls) if calls else None,
        kept_rate=kept / (kept + broken) if kept + broken else None,
        lost=_causes(one for one in calls if one.lost),
        open_ends=_causes(one for one in calls if not one.lost),
        findings=tuple(sorted(found.items(), key=lambda row: (-row[1], row[0]))),
        days=_days(calls, last),
        tools=_tools(calls),
        errors=_errors(calls),
        unknown=sum(row.state is BookingState.UNKNOWN for one in calls for row in one.story.bookings),
    )


def _promises(calls: tuple[ReportedCall, ...]) -> tuple[int, int]:
    """How many promises were kept and how many broken: by a calendar that differed, or by an agent's words."""
    kept = broken = 0
    for one in calls:
        names = [step.name for turn in one.story.turns for step in turn.steps]
        booked = names.count("booked") + names.count("changed")
        heard = {note.id for note in one.story.call.audited.notes} if one.story.call.audited else set()
        wrong = bool(heard & _BOOKED_OTHERWISE)
        kept += 0 if wrong else booked
        broken += names.count("mismatch") + (booked if wrong else 0)
        broken += "HF405" in heard and one.story.outcome not in DONE
    return kept, broken


def _causes(calls: Iterable[ReportedCall]) -> tuple[Cause, ...]:
    alike: dict[tuple[str, str | None], list[tuple[RootCause, str]]] = defaultdict(list)
    for one in calls:
        if one.cause is not None:
            alike[one.cause.code, one.cause.detail].append((one.cause, one.story.call.id))
    rows = [
        Cause(found[0][0], len(found), tuple(call for _, call in found[:_EXAMPLES]))
        for found in alike.values()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.calls, row.cause.code, row.cause.detail or "")))


def _days(calls: tuple[ReportedCall, ...], last: date) -> tuple[Day, ...]:
    """Every day of the period, from the first that has a call: a day without any is told, too."""
    by_day: dict[date, list[ReportedCall]] = defaultdict(list)
    for one in calls:
        by_day[one.day].append(one)
    begins = min(by_day, default=last)
    days = (begins + timedelta(days=ahead) for ahead in range((last - begins).days + 1))
    return tuple(
        Day(
            day,
            len(by_day[day]),
            sum(one.story.outcome in DONE for one in by_day[day]),
            sum(one.lost for one in by_day[day]),
        )
        for day in days
    )


def _tools(calls: tuple[ReportedCall, ...]) -> tuple[ToolTimes, ...]:
    times: dict[str, list[float]] = defaultdict(list)
    for one in calls:
        for turn in one.story.turns:
            times[turn.tool].append(turn.took_ms)
    rows = [
        ToolTimes(tool, len(took), _quantile(took, 0.5), _quantile(took, 0.95))
        for tool, took in times.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.slow_ms, row.tool)))


def _quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


def _errors(calls: tuple[ReportedCall, ...]) -> dict[str, int]:
    failing = ("calendar_failed", "look_up_failed", "outcome_unknown", "fault", "declined")
    codes = Counter(
        str(step.facts.get("code"))
        for one in calls
        for turn in one.story.turns
        for step in turn.steps
        if step.name in failing
    )
    return dict(codes.most_common())
