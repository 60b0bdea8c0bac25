"""The overview: every business of somebody, the one that needs them most first."""

from dataclasses import dataclass
from datetime import date, timedelta

from handfest.desk.counter import LIVE_MINUTES
from handfest.model.actor import Actor, Scope
from handfest.model.booking import BookingState
from handfest.model.digest import Figures
from handfest.office.office import Office
from handfest.ports import Transaction

DAYS = 7
"""Figures are of today and the days before, so many in all."""
CALLBACKS_COUNTED = 200


@dataclass(frozen=True, slots=True)
class BusinessRow:
    """One business. `unsettled` bookings have no known outcome, `callbacks` wait, `live` calls are going on."""

    business_id: str
    name: str
    figures: Figures
    unsettled: int
    callbacks: int
    live: int
    paused_lines: int

    @property
    def badness(self) -> tuple[float, ...]:
        """What is worse comes first: broken promises, outcomes not known, then lost calls, then what waits."""
        lost = 1 - self.figures.booked_rate if self.figures.booked_rate is not None else 0.0
        return (self.figures.broken, self.unsettled, round(lost, 6), self.callbacks, self.paused_lines)


async def overview(office: Office, actor: Actor) -> tuple[BusinessRow, ...]:
    """The businesses that this actor may look into, the worst first, then by name."""
    now = office.clock.now()

    def work(tx: Transaction) -> list[BusinessRow]:
        # Days are local; a business's own day may have begun already, or not yet.
        today = now.to_tz("UTC").date().to_stdlib() + timedelta(days=1)
        figures = {row.key: row for row in tx.figures_by_business(_iso(today, DAYS), _iso(today, 0))}
        open_outcomes = tx.unsettled_bookings(now)
        rows = []
        for business_id in tx.businesses():
            stored = tx.catalogue(business_id) if actor.may(Scope.READ, business_id) else None
            if stored is None:
                continue
            unknown = [
                row
                for row in open_outcomes
                if row.business_id == business_id and row.state is BookingState.UNKNOWN
            ]
            rows.append(
                BusinessRow(
                    business_id=business_id,
                    name=office.shelf.compiled(stored, None).catalogue.business.name,
                    figures=figures.get(business_id) or Figures(business_id, 0, 0, 0, 0, (0,) * 5),
                    unsettled=len(unknown),
                    callbacks=len(tx.callbacks_found(business_id, CALLBACKS_COUNTED, still_open=True)),
                    live=len(tx.live_calls(business_id, now.subtract(minutes=LIVE_MINUTES))),
                    paused_lines=len(tx.pauses(business_id)),
                )
            )
        return rows

    rows = await office.store.read(work)
    return tuple(sorted(rows, key=lambda row: (tuple(-value for value in row.badness), row.name)))


def _iso(today: date, days_before: int) -> str:
    return (today - timedelta(days=days_before)).isoformat()
