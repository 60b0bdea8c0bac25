"""`handfest hours ...`: a date with opening hours of its own, or closed, without touching the file by hand."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from handfest.catalogue.date_hours import with_date
from handfest.catalogue.hours_table import span_text
from handfest.catalogue.version import Applied, apply_business
from handfest.cli.chosen_business import chosen_business
from handfest.cli.options import Database, Json, settings_with
from handfest.cli.output import FINDINGS, console, fail, print_json
from handfest.cli.run import print_problems, with_store
from handfest.machine import SystemClock
from handfest.model.catalogue import Hours
from handfest.ports import Store

hours = typer.Typer(help="Dates with opening hours of their own.", no_args_is_help=True)
Day = Annotated[str, typer.Argument(help="The date: 2025-12-24.", metavar="DATE")]
Business = Annotated[str | None, typer.Option("--business", help="The business, if there are several.")]
Branch = Annotated[str | None, typer.Option("--branch", help="Only this branch, which has hours of its own.")]
Person = Annotated[
    str | None, typer.Option("--staff", help="Only this member of staff, by id, with hours of their own.")
]


@hours.command("set")
def set_hours(
    day: Day,
    spans: Annotated[
        list[str], typer.Argument(help="Open from and to: 09:00-12:00. Repeatable.", metavar="SPAN...")
    ],
    business: Business = None,
    branch: Branch = None,
    staff: Person = None,
    database: Database = None,
) -> None:
    """Open on this date at these times instead of those of its weekday."""
    _change(day, spans, business, branch, staff, database)


@hours.command("close")
def close(
    day: Day,
    business: Business = None,
    branch: Branch = None,
    staff: Person = None,
    database: Database = None,
) -> None:
    """Close on this date. Appointments already booked stay."""
    _change(day, [], business, branch, staff, database)


@hours.command("rm")
def remove(
    day: Day,
    business: Business = None,
    branch: Branch = None,
    staff: Person = None,
    database: Database = None,
) -> None:
    """Let the date follow its weekday again."""
    _change(day, None, business, branch, staff, database)


@hours.command("ls")
def list_dates(business: Business = None, database: Database = None, as_json: Json = False) -> None:
    """List the dates that do not follow their weekday."""
    compiled = with_store(settings_with(database).database, lambda store: chosen_business(store, business))
    catalogue = compiled.catalogue
    owners = [("", catalogue.hours)]
    owners += [(f"branch {one.id}", one.hours) for one in catalogue.branches if one.hours is not None]
    owners += [(f"staff {one.id}", one.hours) for one in catalogue.staff if one.hours is not None]
    rows = [row for owner, own in owners for row in _rows(owner, own)]
    if as_json:
        print_json([{"date": day, "open": spans, "of": owner} for day, spans, owner in rows])
        return
    for day, spans, owner in rows:
        told = f"{day}  {', '.join(spans) or 'closed'}  {owner}".rstrip()
        console.print(told, markup=False, soft_wrap=True)
    if not rows:
        console.print("every date follows its weekday", markup=False)


def _rows(owner: str, own: Hours) -> list[tuple[str, list[str], str]]:
    """The date, when it opens, and whose hours they are."""
    dated = {day: [span_text(opening) for opening in openings] for day, openings in own.overrides}
    dated.update({day: [] for day in own.closed})
    return [(day.isoformat(), dated[day], owner) for day in sorted(dated)]


def _change(
    written: str,
    spans: list[str] | None,
    business: str | None,
    branch: str | None,
    staff: str | None,
    database: str | None,
) -> None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        fail(f"{written!r} is no date; write it as 2025-12-24")
    if branch is not None and staff is not None:
        fail("give --branch or --staff, not both")
    kind = "branches" if branch is not None else "staff" if staff is not None else None

    async def work(store: Store) -> Applied:
        compiled = await chosen_business(store, business)
        business_id = compiled.catalogue.business.id
        stored = await store.read(lambda tx: tx.catalogue(business_id))
        assert stored is not None, "chosen_business ends the command without one"
        source = with_date(stored.source, day, spans, kind=kind, owner=branch or staff)
        applied = await apply_business(store, SystemClock(), source)
        if isinstance(applied, Applied):
            return applied
        print_problems(Path(business_id), applied)
        raise typer.Exit(FINDINGS)

    applied = with_store(settings_with(database).database, work)
    if applied.unchanged:
        console.print(f"{applied.business_id} version {applied.version} says so already", markup=False)
        return
    console.print(
        f"{applied.business_id} is at version {applied.version}; `handfest catalogue diff` shows the change, and "
        "applying the file again replaces it: write the date there too",
        markup=False,
        soft_wrap=True,
    )
