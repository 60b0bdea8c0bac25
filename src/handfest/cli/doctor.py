"""`handfest doctor`: what will go wrong on the phone, found before anybody calls. Safe to run hourly."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from handfest.calendars.calcom_doctor import examine
from handfest.catalogue.self_check import self_check
from handfest.cli.options import Database, Json, settings_with
from handfest.cli.output import FINDINGS, UNREACHABLE, console, fail, print_json
from handfest.cli.run import guarded
from handfest.diagnosis.findings import finding_kinds
from handfest.model.catalogue import Catalogue
from handfest.wiring import House, build


@dataclass(frozen=True, slots=True)
class Row:
    """One finding as it is printed."""

    business: str
    id: str
    name: str
    subject: str
    evidence: str
    remedy: str


Section = Callable[[House, Catalogue], Awaitable[list[Row]]]


async def catalogue_section(_house: House, catalogue: Catalogue) -> list[Row]:
    """The business file against itself (HF1xx)."""
    business = catalogue.business.id
    return [
        Row(business, one.id, one.name, one.subject, one.evidence, one.remedy)
        for one in self_check(catalogue)
    ]


async def calendar_section(house: House, catalogue: Catalogue) -> list[Row]:
    """The business file against its Cal.com account (HF3xx)."""
    if catalogue.calendar.provider != "calcom":
        return []
    client, _ = house.calcom.account(catalogue)
    variable = catalogue.calendar.webhook_secret_env
    secret = house.secret(variable) if variable else None
    kinds, language = finding_kinds(), catalogue.business.language
    rows = []
    for one in await examine(catalogue, client, house.clock.now(), secret):
        kind = kinds[one.id]
        remedy = kind.remedy.get(language, kind.remedy["en"])
        rows.append(Row(catalogue.business.id, one.id, kind.name, one.subject, one.evidence, remedy))
    return rows


SECTIONS: tuple[Section, ...] = (catalogue_section, calendar_section)


def doctor(
    business: Annotated[
        str | None, typer.Argument(help="One business; all of them if none is named.")
    ] = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Examine the applied businesses. Each finding has an id, the evidence and what to do. Exit 1 if any."""
    settings = settings_with(database)
    rows = guarded(lambda: _run(build(settings), business))
    if as_json:
        print_json({"ok": not rows, "findings": [asdict(row) for row in rows]})
    else:
        for row in rows:
            console.print(f"{row.id} {row.name}  {row.business}: {row.subject}", markup=False)
            console.print(f"    {row.evidence}", markup=False)
            console.print(f"    -> {row.remedy}", markup=False)
        console.print(f"{len(rows)} finding(s)" if rows else "nothing found", markup=False)
    if any(row.id == "HF302" for row in rows):
        raise typer.Exit(UNREACHABLE)
    if rows:
        raise typer.Exit(FINDINGS)


def _run(house: House, business: str | None) -> list[Row]:
    return asyncio.run(examine_all(house, business))


async def examine_all(house: House, business: str | None) -> list[Row]:
    """Every section for every business asked about; closes the house."""
    try:
        known = await house.store.read(lambda tx: tx.businesses())
        if business is not None and business not in known:
            fail(f"no business {business!r} is applied; `handfest apply FILE` makes one")
        rows: list[Row] = []
        for business_id in [business] if business is not None else known:
            stored = await house.store.read(lambda tx, one=business_id: tx.catalogue(one))  # type: ignore[misc]
            if stored is not None:
                catalogue = house.shelf.compiled(stored, None).catalogue
                for section in SECTIONS:
                    rows.extend(await section(house, catalogue))
        return rows
    finally:
        await house.close()
