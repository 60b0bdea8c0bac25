"""Log a change: every use case of the office that changes something writes one line, in its own transaction."""

from typing import Any

from handfest.model.actor import Actor, Scope
from handfest.model.change import Change
from handfest.model.page import Page, Position, page_of
from handfest.office.objection import Objection
from handfest.office.office import Office, bounded, enter
from handfest.ports import Transaction


def change_by(
    office: Office,
    actor: Actor,
    business_id: str,
    what: str,
    subject: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> Change:
    """The line for something that is done now. Made before the transaction, which may have to run again."""
    now, ident = office.clock.now(), office.ids.new("ch")
    return Change.by(actor, business_id, ident, now, what, subject, before, after)


async def log_change(office: Office, change: Change) -> None:
    """Keep a line about what the calendar has confirmed already."""

    def work(tx: Transaction) -> None:
        tx.add_change(change)

    await office.store.write(work)


async def list_changes(
    office: Office,
    actor: Actor,
    business_id: str,
    limit: int = 50,
    after: Position | None = None,
    subject: str | None = None,
) -> Page[Change] | Objection:
    """The audit log of a business, the newest first."""
    entered = await enter(office, actor, Scope.READ, business_id)
    if isinstance(entered, Objection):
        return entered
    most = bounded(limit)
    rows = await office.store.read(lambda tx: tx.changes(business_id, most + 1, after, subject))
    return page_of(rows, [Position(row.at, row.id) for row in rows], most)
