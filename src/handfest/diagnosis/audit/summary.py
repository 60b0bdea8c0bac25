"""What many audits say together: how many calls were booked, which promises kept, what to repair first."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from handfest.diagnosis.audit.finding import CallAudit
from handfest.diagnosis.hearing.business_clock import BusinessClock
from handfest.diagnosis.recording.audit_catalogue import AuditCatalogue
from handfest.diagnosis.recording.recorded_call import RecordedCall, ToolRequest, ToolResult

_KEPT = ("booked", "changed", "cancelled")
_BREAKS_PROMISE = frozenset({"HF401", "HF405", "HF409", "HF422"})


@dataclass(frozen=True, slots=True)
class FindingCount:
    """A finding over all calls: in how many, and how many of those have no booking because of it."""

    id: str
    calls: int
    lost_bookings: int


@dataclass(frozen=True, slots=True)
class ToolSpeed:
    """A tool over all calls: its answers, their mean and longest wait in seconds."""

    tool: str
    answers: int
    mean_sec: float
    longest_sec: float


@dataclass(frozen=True, slots=True)
class VersionRate:
    """An agent version: its calls and the share of them that went wrong."""

    agent_version: int | None
    calls: int
    bad_rate: float


@dataclass(frozen=True, slots=True)
class DayRate:
    """A local day: its calls, how many were booked, how many went wrong."""

    day: date
    calls: int
    booked: int
    bad: int


@dataclass(frozen=True, slots=True)
class AuditSummary:
    """All calls together. Rates are 0..1, or None where nothing was counted.

    `booked_rate` is the share of calls with a booking, change or cancellation; `kept_rate` the share of
    spoken promises that tools had confirmed for the same service and time. `findings` is ordered by lost
    bookings, then by calls; `tools` slowest first; `worst_version` the highest share of bad calls.
    """

    calls: int
    unreadable: int
    bad_calls: int
    booked_rate: float | None
    kept_rate: float | None
    findings: tuple[FindingCount, ...]
    tools: tuple[ToolSpeed, ...]
    versions: tuple[VersionRate, ...]
    worst_version: VersionRate | None
    days: tuple[DayRate, ...]


class AuditTally:
    """Adds up audits as they come; holds counters only, so any number of calls fits."""

    def __init__(self) -> None:
        self._calls = self._unreadable = self._bad = self._done = self._promises = self._kept = 0
        self._found: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()
        self._waits: dict[str, tuple[int, float, float]] = {}
        self._versions: dict[int | None, tuple[int, int]] = {}
        self._days: dict[date, tuple[int, int, int]] = {}

    def add_unreadable(self) -> None:
        """Count a line that was no auditable call."""
        self._unreadable += 1

    def add(self, call: RecordedCall, audit: CallAudit, catalogue: AuditCatalogue) -> None:
        """Count one audited call; its day is the business's local one."""
        bad, done = audit.primary is not None, audit.outcome in _KEPT
        ids = {finding.id for finding in audit.findings}
        self._calls += 1
        self._bad += bad
        self._done += done
        self._found.update(ids)
        if audit.primary is not None and not done:
            self._lost[audit.primary] += 1
        if audit.spoken_commitment is not None:
            self._promises += 1
            self._kept += not ids & _BREAKS_PROMISE
        total, wrong = self._versions.get(call.agent_version, (0, 0))
        self._versions[call.agent_version] = (total + 1, wrong + bad)
        day, _ = BusinessClock.of(catalogue.time_zone).wall(call.start)
        calls, booked, bad_calls = self._days.get(day, (0, 0, 0))
        self._days[day] = (calls + 1, booked + done, bad_calls + bad)
        self._add_waits(call)

    def _add_waits(self, call: RecordedCall) -> None:
        asked = {step.key: step for step in call.steps if isinstance(step, ToolRequest)}
        for step in call.steps:
            request = asked.get(step.key) if isinstance(step, ToolResult) else None
            if request is not None:
                wait = max(0.0, step.at_sec - request.at_sec)
                answers, total, longest = self._waits.get(request.tool, (0, 0.0, 0.0))
                self._waits[request.tool] = (answers + 1, total + wait, max(longest, wait))

    def summary(self) -> AuditSummary:
        """What was counted so far."""
        counts = [FindingCount(id_, calls, self._lost[id_]) for id_, calls in self._found.items()]
        versions = tuple(
            VersionRate(version, calls, bad / calls) for version, (calls, bad) in self._versions.items()
        )
        return AuditSummary(
            calls=self._calls,
            unreadable=self._unreadable,
            bad_calls=self._bad,
            booked_rate=self._done / self._calls if self._calls else None,
            kept_rate=self._kept / self._promises if self._promises else None,
            findings=tuple(sorted(counts, key=lambda c: (-c.lost_bookings, -c.calls, c.id))),
            tools=self._tools(),
            versions=tuple(sorted(versions, key=lambda v: (-v.calls, str(v.agent_version)))),
            worst_version=max(versions, key=lambda v: (v.bad_rate, v.calls), default=None),
            days=tuple(DayRate(day, *self._days[day]) for day in sorted(self._days)),
        )

    def _tools(self) -> tuple[ToolSpeed, ...]:
        speeds = [
            ToolSpeed(tool, answers, round(total / answers, 3), round(longest, 3))
            for tool, (answers, total, longest) in self._waits.items()
        ]
        return tuple(sorted(speeds, key=lambda speed: (-speed.mean_sec, speed.tool)))


def summarise(audited: Iterable[tuple[RecordedCall, CallAudit]], catalogue: AuditCatalogue) -> AuditSummary:
    """The summary of audits that all belong to one catalogue."""
    tally = AuditTally()
    for call, audit in audited:
        tally.add(call, audit, catalogue)
    return tally.summary()
