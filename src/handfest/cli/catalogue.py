"""`handfest catalogue ...`: versions of a business file, and how its services are understood."""

from pathlib import Path
from typing import Annotated, Any

import typer

from handfest.catalogue.compare import compare
from handfest.catalogue.confusion import Confusion, confusions
from handfest.catalogue.index import ServiceIndex, compile_index
from handfest.catalogue.packs import trades
from handfest.catalogue.parse import parse_business
from handfest.catalogue.resolve import resolve_service
from handfest.catalogue.suggestions import SuggestedAlias, suggested_aliases
from handfest.catalogue.version import roll_back
from handfest.cli.chosen_business import chosen_business
from handfest.cli.options import Database, Json, Language, settings_with
from handfest.cli.output import FINDINGS, console, fail, print_json
from handfest.cli.run import print_problems, read_file, with_store
from handfest.model.catalogue import Catalogue
from handfest.model.resolution import Resolution
from handfest.ports import Store, StoredCatalogue

catalogue = typer.Typer(
    help="Versions of a business file, and how its services are understood.", no_args_is_help=True
)
Business = Annotated[str, typer.Argument(help="The business's id.")]
OneBusiness = Annotated[
    str | None, typer.Argument(help="The business's id; may be left out if there is only one.")
]
BusinessOrFile = Annotated[str, typer.Argument(help="The business's id, or a business file.")]


@catalogue.command("ls")
def list_versions(business: OneBusiness = None, database: Database = None, as_json: Json = False) -> None:
    """List the versions of a business, newest first."""
    rows = with_store(settings_with(database).database, lambda store: _versions_of(store, business))
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


@catalogue.command("test")
def try_phrase(
    business: BusinessOrFile,
    phrase: Annotated[str, typer.Argument(help="What a caller says.")],
    language: Annotated[Language | None, typer.Option(help="Default: the business's.")] = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Show which service a caller's words mean, and what speaks for it."""
    found = _catalogue(business, database)
    index = _index(found)
    resolution = resolve_service(phrase, index, language or found.business.language)
    names = {service.id: service.name for service in found.services}
    decision = _decision(resolution, names)
    if as_json:
        print_json({**decision, "vocabulary": list(index.trades)})
        return
    console.print(_verdict(decision), markup=False)
    for row in decision["candidates"]:
        console.print(
            f"    {row['name']} ({row['service_id']}): {row['evidence']}, {row['score']:.2f}", markup=False
        )
    console.print(f"vocabulary: {', '.join(index.trades) or 'none'}", markup=False)


@catalogue.command("check")
def check(business: BusinessOrFile, database: Database = None, as_json: Json = False) -> None:
    """List words that fit several services, and vocabulary that does not exist. Ends with 1 where there is any."""
    found = _catalogue(business, database)
    confused = confusions(_index(found))
    unknown = [name for name in found.business.vocabulary if name not in trades()]
    if as_json:
        print_json({"confusions": [_confusion(row) for row in confused], "unknown_vocabulary": unknown})
    else:
        for row in confused:
            console.print(f"“{row.phrase}” fits {', '.join(row.service_ids)}", markup=False)
            console.print(
                f"    handfest asks; if one is usually meant, give it the alias “{row.alias}”, "
                f"for instance {row.suggested_id}",
                markup=False,
            )
        for name in unknown:
            console.print(
                f"vocabulary “{name}” does not exist; there are: {', '.join(trades())}", markup=False
            )
        if not confused and not unknown:
            console.print("every service is told apart", markup=False)
    if confused or unknown:
        raise typer.Exit(FINDINGS)


@catalogue.command("suggestions")
def suggestions(
    business: Business,
    database: Database = None,
    calls: Annotated[int, typer.Option(help="How many of the newest calls.", min=1, max=10_000)] = 1000,
    as_json: Json = False,
) -> None:
    """List words that callers confirmed for a service when asked, for review as aliases."""
    rows = with_store(settings_with(database).database, lambda store: _suggestions(store, business, calls))
    if as_json:
        print_json([{"phrase": r.phrase, "service_id": r.service_id, "count": r.count} for r in rows])
        return
    for row in rows:
        console.print(f"{row.count:>4}  “{row.phrase}” -> {row.service_id}", markup=False)
    if not rows:
        console.print("no caller has answered a question about services yet", markup=False)


def _catalogue(business: str, database: str | None) -> Catalogue:
    """The catalogue of a file that exists, or else the active version of a business of that id."""
    path = Path(business)
    if path.is_file():
        parsed = parse_business(read_file(path))
        if isinstance(parsed, Catalogue):
            return parsed
        print_problems(path, parsed)
        raise typer.Exit(FINDINGS)
    rows = with_store(settings_with(database).database, lambda store: _versions(store, business))
    active = next((row for row in rows if row.active), None)
    if active is None:
        fail(f"{business!r} is no file and no business that is applied; `handfest apply FILE` makes one")
    return _parsed(active)


def _index(found: Catalogue) -> ServiceIndex:
    return compile_index(found.services, found.staff, found.business.language, found.business.vocabulary)


def _decision(resolution: Resolution, names: dict[str, str]) -> dict[str, Any]:
    return {
        "spoken": resolution.spoken,
        "result": type(resolution).__name__.lower(),
        "service_ids": list(getattr(resolution, "service_ids", ()))
        or [each for each in (getattr(resolution, "service_id", None),) if each],
        "score": getattr(resolution, "score", None),
        "evidence": getattr(resolution, "evidence", None),
        "reason": getattr(resolution, "reason", None),
        "candidates": [
            {
                "service_id": c.service_id,
                "name": names[c.service_id],
                "score": c.score,
                "evidence": c.evidence,
            }
            for c in resolution.candidates
        ],
    }


def _verdict(decision: dict[str, Any]) -> str:
    ids = ", ".join(decision["service_ids"])
    match decision["result"]:
        case "resolved":
            return f"“{decision['spoken']}” is {ids}: {decision['evidence']}, {decision['score']:.2f}"
        case "several":
            return f"“{decision['spoken']}” wishes for several: {ids}"
        case "ambiguous":
            return f"“{decision['spoken']}” is asked about ({decision['reason']})"
    return f"“{decision['spoken']}” is no service here ({decision['reason']})"


def _confusion(row: Confusion) -> dict[str, Any]:
    return {
        "phrase": row.phrase,
        "service_ids": list(row.service_ids),
        "alias": row.alias,
        "suggested_id": row.suggested_id,
    }


async def _suggestions(store: Store, business: str, calls: int) -> tuple[SuggestedAlias, ...]:
    return suggested_aliases(await store.read(lambda tx: tx.newest_turns(business, calls)))


async def _versions_of(store: Store, business: str | None) -> tuple[StoredCatalogue, ...]:
    return await _versions(store, (await chosen_business(store, business)).catalogue.business.id)


async def _versions(store: Store, business: str) -> tuple[StoredCatalogue, ...]:
    return await store.read(lambda tx: tx.catalogues(business))


def _parsed(row: StoredCatalogue) -> Catalogue:
    parsed = parse_business(row.source)
    if not isinstance(parsed, Catalogue):
        fail(f"version {row.version} cannot be read by this handfest: {parsed[0].cause}")
    return parsed
