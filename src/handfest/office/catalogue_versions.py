"""Versions of the catalogue: listed, read, compared, and gone back to."""

from dataclasses import dataclass

from whenever import Instant

from handfest.catalogue.compare import Change as Difference
from handfest.catalogue.compare import compare
from handfest.catalogue.parse import parse_business
from handfest.catalogue.version import Applied, roll_back_in
from handfest.errors import ConfigurationError
from handfest.model.actor import Actor, Scope
from handfest.model.catalogue import Catalogue
from handfest.office.log_change import change_by
from handfest.office.objection import Objection, ObjectionCode, not_found
from handfest.office.office import Office, enter
from handfest.ports import StoredCatalogue, Transaction


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version without its text."""

    version: int
    applied_at: Instant
    active: bool


async def list_versions(office: Office, actor: Actor, business_id: str) -> tuple[VersionRow, ...] | Objection:
    """Every version, the newest first."""
    entered = await enter(office, actor, Scope.READ, business_id)
    if isinstance(entered, Objection):
        return entered
    rows = await office.store.read(lambda tx: tx.catalogues(business_id))
    return tuple(VersionRow(row.version, row.applied_at, row.active) for row in rows)


async def show_version(
    office: Office, actor: Actor, business_id: str, version: int
) -> StoredCatalogue | Objection:
    """One version with its text."""
    entered = await enter(office, actor, Scope.READ, business_id)
    if isinstance(entered, Objection):
        return entered
    return await office.store.read(lambda tx: tx.catalogue(business_id, version)) or not_found("version")


async def compare_versions(
    office: Office, actor: Actor, business_id: str, old: int, new: int
) -> tuple[Difference, ...] | Objection:
    """What differs between two versions, in the keys of the business file."""
    found = []
    for version in (old, new):
        row = await show_version(office, actor, business_id, version)
        if isinstance(row, Objection):
            return row
        parsed = parse_business(row.source)
        if not isinstance(parsed, Catalogue):
            return Objection(
                ObjectionCode.NOT_POSSIBLE, f"version {version} cannot be read by this handfest any more"
            )
        found.append(parsed)
    return compare(*found)


async def go_back(
    office: Office, actor: Actor, business_id: str, version: int | None = None
) -> Applied | Objection:
    """Make an older version the active one: the one named, else the one before. A draft is left as it is."""
    entered = await enter(office, actor, Scope.CATALOGUE, business_id)
    if isinstance(entered, Objection):
        return entered
    before = entered.stored.version
    change = change_by(office, actor, business_id, "catalogue_rolled_back", business_id, {"version": before})

    def work(tx: Transaction) -> Applied:
        applied = roll_back_in(tx, business_id, version)
        tx.add_change(change.with_after({"version": applied.version}))
        return applied

    try:
        return await office.store.write(work)
    except ConfigurationError as error:
        return Objection(ObjectionCode.NOT_POSSIBLE, str(error))
