"""`handfest doctor`: what will go wrong on the phone, found before anybody calls. Safe to run hourly."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from handfest.catalogue.parse import parse_business
from handfest.catalogue.self_check import self_check
from handfest.cli.doctor_agent import exported_findings, require_known
from handfest.cli.options import Database, Json, settings_with
from handfest.cli.output import FINDINGS, UNREACHABLE, console, counted, fail, print_json
from handfest.cli.retell import catalogue_of
from handfest.cli.run import guarded, read_file
from handfest.diagnosis.doctor.doctor_agent import AgentFinding, Expectation
from handfest.diagnosis.doctor.followed_findings import followed_findings
from handfest.diagnosis.registry.findings import finding_kinds
from handfest.errors import CalendarFault, PlatformFault
from handfest.model.catalogue import Catalogue
from handfest.web.examination import live_findings, not_examined
from handfest.wiring import House, build


@dataclass(frozen=True, slots=True)
class Row:
    """One finding as it is printed."""

    business: str
    id: str
    name: str
    title: str
    subject: str
    evidence: str
    remedy: str


Section = Callable[[House, Catalogue], Awaitable[list[Row]]]


async def catalogue_section(_house: House, catalogue: Catalogue) -> list[Row]:
    """The business file against itself (HF1xx)."""
    rows = ((one.id, one.subject, one.evidence) for one in self_check(catalogue))
    return [_row(catalogue, *row) for row in rows]


async def calendar_section(house: House, catalogue: Catalogue) -> list[Row]:
    """The business file against its Cal.com account (HF3xx)."""
    return [_row(catalogue, *row) for row in await house.calendar_findings(catalogue)]


def _row(catalogue: Catalogue, name: str, subject: str, evidence: str) -> Row:
    """A finding with its remedy in the language of the business; what speaks for itself stands for its evidence."""
    kind, language = finding_kinds()[name], catalogue.business.language
    texts = (kind.title, kind.means, kind.remedy)
    title, means, remedy = (told.get(language, told["en"]) for told in texts)
    return Row(catalogue.business.id, name, kind.name, title, subject, evidence or means, remedy)


async def followed_section(house: House, catalogue: Catalogue) -> list[Row]:
    """The calendars that are followed (HF323, HF324)."""
    business, language = catalogue.business.id, catalogue.business.language
    calendars = await house.store.read(lambda tx: tx.followed_calendars(business))
    kinds = finding_kinds()
    return [
        Row(
            business,
            one.id,
            kinds[one.id].name,
            kinds[one.id].title[language],
            one.subject,
            one.evidence(language),
            kinds[one.id].remedy[language],
        )
        for one in followed_findings(calendars, catalogue, house.clock.now())
    ]


async def agent_section(house: House, catalogue: Catalogue) -> list[Row]:
    """The live agent against the catalogue and the code (HF2xx)."""
    found = await live_findings(house, catalogue)
    return agent_rows(catalogue.business.id, catalogue.business.language, found)


SECTIONS: tuple[Section, ...] = (catalogue_section, agent_section, calendar_section, followed_section)


def doctor(
    business: Annotated[
        str | None, typer.Argument(help="One business (its id or file); all applied ones if none is named.")
    ] = None,
    agent: Annotated[
        list[Path] | None, typer.Option("--agent", help="Exported agent JSON to examine offline; repeatable.")
    ] = None,
    more: Annotated[
        list[Path] | None, typer.Argument(help="Further exported agents.", metavar="[FILE]...")
    ] = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Examine the applied businesses, or exported agents. Each finding has an id and a remedy.

    Exit code 0: nothing found. 1: findings. 3: something did not answer; the rest was examined.
    """
    settings = settings_with(database)
    if agent:
        files = [*agent, *(more or [])]
        if business is not None and business.endswith(".json"):
            files, business = [*files, Path(business)], None
        catalogue = catalogue_of(business, settings) if business is not None else None
        expect = Expectation(catalogue, settings.public_url)
        rows = [
            row
            for file in files
            for row in agent_rows(str(file), _language(catalogue), exported_findings(file, expect))
        ]
        done = Examined(rows, [])
    else:
        done = guarded(lambda: asyncio.run(examine_all(build(settings), business)))
    _print(done, as_json=as_json)


def agent_rows(subject: str, language: str, found: Iterable[AgentFinding]) -> list[Row]:
    """Findings about an agent with their names and remedies."""
    kinds = finding_kinds()
    return [
        Row(subject, one.id, kind.name, kind.title[language], one.where, one.detail, kind.remedy[language])
        for one in found
        for kind in (kinds[one.id],)
    ]


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found, and what was not looked at and why: silence about it would read as health."""

    rows: list[Row]
    skipped: list[str]
    unanswered: list[str] = field(default_factory=list)
    """What did not answer; everything else has been examined all the same."""


async def examine_all(house: House, business: str | None) -> Examined:
    """Every section for every business asked about (an id, or a file that need not be applied); closes the house."""
    done = Examined([], [])
    try:
        for catalogue in await _asked(house, business):
            for section in SECTIONS:
                try:
                    done.rows.extend(await section(house, catalogue))
                except (PlatformFault, CalendarFault) as fault:
                    done.unanswered.append(f"{catalogue.business.id}: {fault.code}: {fault}")
            reason = not_examined(house, catalogue)
            if reason is not None:
                done.skipped.append(f"{catalogue.business.id}: {reason.told('en')}")
        return done
    finally:
        await house.close()


async def _asked(house: House, business: str | None) -> list[Catalogue]:
    in_file = _in_file(business) if business is not None else None
    if in_file is not None:
        return [in_file]
    known = await house.store.read(lambda tx: tx.businesses())
    require_known(business, known)
    found = []
    for business_id in [business] if business is not None else known:
        stored = await house.store.read(lambda tx, one=business_id: tx.catalogue(one))  # type: ignore[misc]
        if stored is not None:
            found.append(house.shelf.compiled(stored, None).catalogue)
    return found


def _in_file(path: str) -> Catalogue | None:
    """The business of a file; None if `path` names none."""
    if not Path(path).is_file():
        return None
    parsed = parse_business(read_file(Path(path)))
    if not isinstance(parsed, Catalogue):
        fail(f"{path} cannot be used: {parsed[0].cause}")
    return parsed


def _language(catalogue: Catalogue | None) -> str:
    return catalogue.business.language if catalogue is not None else "en"


def _print(done: Examined, *, as_json: bool) -> None:
    rows = done.rows
    if as_json:
        found = [asdict(row) for row in rows]
        left_out = [*done.skipped, *done.unanswered]
        print_json({"ok": not rows and not done.unanswered, "findings": found, "not_examined": left_out})
    else:
        for row in rows:
            console.print(f"{row.id} {row.title}  {row.business}: {row.subject}", markup=False)
            console.print(f"    {row.evidence}", markup=False)
            console.print(f"    -> {row.remedy}", markup=False)
        for text in (*done.skipped, *done.unanswered):
            console.print(f"not examined: {text}", markup=False, soft_wrap=True)
        console.print(counted(len(rows), "finding") if rows else "nothing found", markup=False)
    if done.unanswered or any(row.id == "HF302" for row in rows):
        raise typer.Exit(UNREACHABLE)
    if rows:
        raise typer.Exit(FINDINGS)
