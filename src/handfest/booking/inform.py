"""Inform: what is offered, and when it is open."""

from datetime import date, timedelta

from handfest.booking.open_turn import OpenTurn
from handfest.booking.refuse import refuse
from handfest.booking.search_span import refuse_reading
from handfest.model.catalogue import Opening
from handfest.model.intent import Intent
from handfest.model.outcome import OpeningTimes, ServiceList
from handfest.model.reply import Reply
from handfest.model.turn import TurnRecord
from handfest.model.wish import Wish
from handfest.scheduling.opening_times import opening_of_date, opening_of_week

SPOKEN_MAX = 5
"""More than five names in one breath help nobody."""


async def list_services(turn: OpenTurn, intent: Intent) -> tuple[Reply, TurnRecord]:
    """Name what this branch offers."""
    visible = tuple(service for service in turn.catalogue.services if not service.hidden)
    turn.trace.step("services", count=len(visible))
    return await turn.close(lambda _ledger: ServiceList(visible, len(visible) > SPOKEN_MAX))


async def opening_hours(turn: OpenTurn, intent: Intent) -> tuple[Reply, TurnRecord]:
    """Name the opening times of the day asked for, or of the week."""
    if not isinstance(intent.when, Wish):
        return await refuse(turn, refuse_reading(intent.when))
    day: date | None = intent.when.day
    branch = turn.catalogue.branch(turn.compiled.branch_id)
    spans: tuple[tuple[tuple[int, ...], tuple[Opening, ...]], ...]
    if day is not None:
        spans = (((day.weekday(),), opening_of_date(turn.catalogue, branch, day)),)
    else:
        today = turn.now.to_tz(turn.zone.key).date().to_stdlib()
        spans = opening_of_week(turn.catalogue, branch, today - timedelta(days=today.weekday()))
    turn.trace.step("hours", day=day.isoformat() if day else None)
    return await turn.close(lambda _ledger: OpeningTimes(day, spans))
