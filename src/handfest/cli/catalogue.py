"""`handfest catalogue ...`: versions of a business file, compared and rolled back."""

from typing import Annotated

import typer

from handfest.catalogue.compare import compare
from handfest.catalogue.parse import parse_business
from handfest.catalogue.version import roll_back
from handfest.cli.options import Database, Json, settings_with
from handfest.cli.output import console, fail, print_json
from handfest.cli.run import with_store
from handfest.model.catalogue import Catalogue
from handfest.ports import Store, StoredCatalogue

catalogue = typer.Typer(help="Versions of a business file.", no_args_is_help=True)
Business = Annotated[str, typer.Argument(help="The business's id.")]


@catalogue.command("ls")
def list_versions(business: Business, database: Database = None, as_json: Json = False) -> None:
    """List the versions of a business, newest first."""
    rows = with_store(settings_with(database).database, lambda store: _versions(store, business))
    if not rows:
        fail(f"no business {business!r} is applied; `handfest apply FILE` makes one")
    if as_json:
        print_json(
            [
                {"version": row.version, "applied_at": row.applied_at.format_iso(), "active": row.active}
                for row in rows
            ]
        )
        return
    for row in rows:
        mark = "*" if row.active else " "
        console.print(f"{mark} {row.version:>4}  {row.applied_at.format_iso()}", markup=False)


@catalogue.command("diff")
def diff(
    business: Business,
    old: Annotated[int, typer.Argument(help="A version.")],
    new: Annotated[int, typer.Argument(help="Another version.")],
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Compare two versions of a business."""
    rows = with_store(settings_with(database).database, lambda store: _versions(store, business))
    by_version = {row.version: row for row in rows}
    for version in (old, new):
        if version not in by_version:
            fail(
                f"{business} has no version {version}; kept are: {', '.join(map(str, by_version)) or 'none'}"
            )
    changes = compare(_parsed(by_version[old]), _parsed(by_version[new]))
    if as_json:
        print_json([{"where": row.where, "old": row.old, "new": row.new} for row in changes])
        return
    for row in changes:
        console.print(str(row), markup=False)
    if not changes:
        console.print("no difference", markup=False)


@catalogue.command("rollback")
def rollback(
    business: Business,
    version: Annotated[int | None, typer.Argument(help="The version; default: the one before.")] = None,
    database: Database = None,
) -> None:
    """Make an older version the active one."""
    done = with_store(settings_with(database).database, lambda store: roll_back(store, business, version))
    console.print(f"{done.business_id}: version {done.version} is active", markup=False)


async def _versions(store: Store, business: str) -> tuple[StoredCatalogue, ...]:
    return await store.read(lambda tx: tx.catalogues(business))


def _parsed(row: StoredCatalogue) -> Catalogue:
    parsed = parse_business(row.source)
    if not isinstance(parsed, Catalogue):
        fail(f"version {row.version} cannot be read by this handfest: {parsed[0].cause}")
    return parsed
