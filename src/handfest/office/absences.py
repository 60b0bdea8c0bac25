"""Absences and other busy times: noted, listed and taken back. Appointments already booked stay."""

from dataclasses import dataclass

from whenever import Instant

from handfest.model.actor import Actor, Scope
from handfest.office.log_change import change_by
from handfest.office.objection import Objection, invalid, not_found
from handfest.office.office import Office, enter
from handfest.ports import BusyTime, Transaction
from handfest.scheduling.request import NOBODY

KINDS = ("absence", "busy")
DAYS_MAX = 366 * 2
LABEL_MAX = 100


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody (or, with `staff_id` None, everybody) is not there in [start, end). `kind` is absence or busy."""

    start: Instant
    end: Instant
    staff_id: str | None = None
    kind: str = "absence"
    label: str | None = None


async def list_absences(
    office: Office, actor: Actor, business_id: str, first: Instant, last: Instant
) -> tuple[BusyTime, ...] | Objection:
    """Busy times that touch [first, last), imported ones among them."""
    entered = await enter(office, actor, Scope.READ, business_id)
    if isinstance(entered, Objection):
        return entered
    if not 0 < (last - first).total("hours") <= 24 * DAYS_MAX:
        return invalid(f"give a period of at most {DAYS_MAX} days that ends after it begins", field="last")
    return await office.store.read(lambda tx: tx.busy(business_id, first, last))


async def add_absence(
    office: Office, actor: Actor, business_id: str, away: Away
) -> tuple[BusyTime, ...] | Objection:
    """Note it: one busy time for each member of staff whom it concerns."""
    entered = await enter(office, actor, Scope.DESK, business_id)
    if isinstance(entered, Objection):
        return entered
    if away.kind not in KINDS:
        return invalid(f"kind is one of {', '.join(KINDS)}", field="kind")
    if not 0 < (away.end - away.start).total("hours") <= 24 * DAYS_MAX:
        return invalid(f"give a time of at most {DAYS_MAX} days that ends after it begins", field="end")
    staff = [person.id for person in entered.catalogue.staff]
    if away.staff_id is not None and away.staff_id not in staff:
        return invalid("there is no such member of staff", field="staff_id")
    concerned = [away.staff_id] if away.staff_id is not None else staff or [NOBODY]
    label = " ".join((away.label or "").split())[:LABEL_MAX] or None
    rows = tuple(
        BusyTime(business_id, office.ids.new("busy"), who, away.start, away.end, away.kind, label)
        for who in concerned
    )
    changes = [
        change_by(office, actor, business_id, "absence_added", row.id, {}, _plain(row)) for row in rows
    ]

    def work(tx: Transaction) -> None:
        for row, change in zip(rows, changes, strict=True):
            tx.add_busy(row)
            tx.add_change(change)

    await office.store.write(work)
    return rows


async def remove_absence(
    office: Office, actor: Actor, business_id: str, busy_id: str
) -> BusyTime | Objection:
    """Take it back; what was imported comes again with the next import."""
    entered = await enter(office, actor, Scope.DESK, business_id)
    if isinstance(entered, Objection):
        return entered
    change = change_by(office, actor, business_id, "absence_removed", busy_id)

    def work(tx: Transaction) -> BusyTime | Objection:
        row = tx.busy_time(business_id, busy_id)
        if row is None or not tx.remove_busy(business_id, busy_id):
            return not_found("absence")
        tx.add_change(change)
        return row

    return await office.store.write(work)


def _plain(row: BusyTime) -> dict[str, str | None]:
    return {
        "who": row.resource_id,
        "from": row.start.format_iso(),
        "to": row.end.format_iso(),
        "kind": row.kind,
    }
