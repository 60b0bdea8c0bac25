"""Health: how well callers were served day by day, what waits, and how the calendar does."""

from dataclasses import dataclass
from datetime import timedelta

from handfest.catalogue.compiled import CompiledCatalogue
from handfest.catalogue.self_check import CatalogueFinding, self_check
from handfest.diagnosis.doctor.followed_findings import FollowedFinding, followed_findings
from handfest.errors import ConfigurationError
from handfest.model.actor import Actor, Scope
from handfest.model.booking import Booking
from handfest.model.call import Callback
from handfest.model.digest import LATENCY_BOUNDS_MS, Figures
from handfest.model.followed_calendar import FollowedCalendar
from handfest.office.digest_calls import AT_ONCE, digest_calls
from handfest.office.objection import Objection, invalid
from handfest.office.office import Office, enter
from handfest.ports import ProviderState, TellsState, Transaction

DAYS_MAX = 92
WAITING_MAX = 100
ANSWERED_BY = 0.99
"""The aim: so many of all answers within the last bound of `LATENCY_BOUNDS_MS`."""


@dataclass(frozen=True, slots=True)
class FindingCount:
    """In how many calls of a day a finding was made."""

    day: str
    finding: str
    calls: int


@dataclass(frozen=True, slots=True)
class ErrorBudget:
    """An aim and what is left of it: `left` is the share of the failures it allows that have not happened.

    It is None where nothing was counted; below 0 the aim is missed.
    """

    name: str
    aim: float
    good: int
    all: int

    @property
    def left(self) -> float | None:
        """1 is untouched, 0 used up, below 0 overdrawn."""
        if not self.all:
            return None
        allowed = (1 - self.aim) * self.all
        failed = self.all - self.good
        return 1 - failed / allowed if allowed else float(not failed)


@dataclass(frozen=True, slots=True)
class Health:
    """A business's health over the days asked for. `provider` is None for a calendar that cannot be away."""

    days: tuple[Figures, ...]
    total: Figures
    findings: tuple[FindingCount, ...]
    budgets: tuple[ErrorBudget, ...]
    unsettled: tuple[Booking, ...]
    callbacks: tuple[Callback, ...]
    provider_name: str
    provider: ProviderState | None
    catalogue: tuple[CatalogueFinding, ...]
    followed: tuple[FollowedCalendar, ...]
    calendars: tuple[FollowedFinding, ...]


async def health(office: Office, actor: Actor, business_id: str, days: int = 30) -> Health | Objection:
    """The last `days` local days, today among them."""
    entered = await enter(office, actor, Scope.READ, business_id)
    if isinstance(entered, Objection):
        return entered
    if not 1 <= days <= DAYS_MAX:
        return invalid(f"give 1 to {DAYS_MAX} days", field="days")
    await digest_calls(office, business_id, AT_ONCE)
    now = office.clock.now()
    today = now.to_tz(entered.zone).date().to_stdlib()
    first, last = (today - timedelta(days=days - 1)).isoformat(), today.isoformat()

    def work(tx: Transaction) -> Health:
        rows = tx.figures_by_day(business_id, first, last)
        found = tx.marks_by_day(business_id, "finding", first, last)
        unsettled = [row for row in tx.unsettled_bookings(now) if row.business_id == business_id]
        total, followed = _total(rows), tx.followed_calendars(business_id)
        return Health(
            days=rows,
            total=total,
            findings=tuple(FindingCount(*row) for row in found),
            budgets=_budgets(total),
            unsettled=tuple(unsettled[:WAITING_MAX]),
            callbacks=tx.callbacks_found(business_id, WAITING_MAX, still_open=True),
            provider_name=entered.catalogue.calendar.provider,
            provider=_provider(office, entered.compiled),
            catalogue=self_check(entered.catalogue),
            followed=followed,
            calendars=followed_findings(followed, entered.catalogue, now),
        )

    return await office.store.read(work)


def _total(rows: tuple[Figures, ...]) -> Figures:
    latency = [sum(column) for column in zip(*(row.latency for row in rows), strict=True)]
    return Figures(
        "",
        sum(row.calls for row in rows),
        sum(row.booked for row in rows),
        sum(row.kept for row in rows),
        sum(row.broken for row in rows),
        tuple(latency or [0] * (len(LATENCY_BOUNDS_MS) + 1)),
    )


def _budgets(total: Figures) -> tuple[ErrorBudget, ...]:
    """A promise may never be broken; answers may be late once in a hundred."""
    answers = sum(total.latency)
    return (
        ErrorBudget("promises_kept", 1.0, total.kept, total.kept + total.broken),
        ErrorBudget("answers_in_time", ANSWERED_BY, answers - total.latency[-1], answers),
    )


def _provider(office: Office, compiled: CompiledCatalogue) -> ProviderState | None:
    try:
        calendar = office.calendars.of(compiled.catalogue)
    except ConfigurationError:
        return ProviderState(answers=False, left=0, per_minute=0)
    return calendar.state() if isinstance(calendar, TellsState) else None
