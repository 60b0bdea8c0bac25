"""`handfest report`: what a period comes to, for whoever reads it."""

import json
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer
from whenever import Instant

from handfest.catalogue.parse import parse_business
from handfest.cli.clock import clock_from
from handfest.cli.options import Database, Language, settings_with
from handfest.cli.output import errors, fail, write_file
from handfest.cli.run import guarded, with_store
from handfest.cli.spoken_language import spoken_language
from handfest.diagnosis.pages.document import Document, as_html, as_json, as_markdown
from handfest.diagnosis.report.readings import LANGUAGES, READINGS, incident_of, reading
from handfest.diagnosis.report.report import Report, report_of
from handfest.diagnosis.story.explain import story_of
from handfest.model.catalogue import Catalogue
from handfest.ports import Store, Transaction

DAYS = 7
"""How many days a report looks back where none are named."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """The period as it was asked for."""

    business: str | None
    first: str | None
    last: str | None
    now: Instant

    def days(self, zone: str) -> tuple[date, date]:
        """The first and the last day; `today` is that of the business."""
        today = self.now.to_tz(zone).date().to_stdlib()
        end = _day("--to", self.last, today) or today
        begin = _day("--from", self.first, today) or end - timedelta(days=DAYS - 1)
        if begin > end:
            fail(f"--from {begin} lies after --to {end}")
        return begin, end


def report(
    first: Annotated[str | None, typer.Option("--from", help="First day: ISO, today or yesterday.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day, that day included.")] = None,
    reader: Annotated[str, typer.Option("--for", help="owner, developer, operator or incident.")] = "owner",
    business: Annotated[str | None, typer.Option(help="Only this business.")] = None,
    call: Annotated[str | None, typer.Option(help="With --for incident: only this call.")] = None,
    language: Annotated[Language | None, typer.Option(help="Default: the business's.")] = None,
    form: Annotated[str, typer.Option("--format", help="md, html or json.")] = "md",
    out: Annotated[Path | None, typer.Option("--out", help="Write to this file.")] = None,
    now: Annotated[str | None, typer.Option(help="Testing aid: an ISO moment to count days from.")] = None,
    database: Database = None,
) -> None:
    """Report a period of served calls. Without days: the last seven."""
    _check("--for", reader, READINGS)
    _check("--format", form, ("md", "html", "json"))
    address = settings_with(database).database
    if call is not None:
        document = _one_call(address, call, language)
    else:
        at = guarded(lambda: clock_from(now)).now()
        asked = _Asked(business, first, last, at)
        found, spoken = with_store(address, lambda store: _report(store, asked))
        document = reading(found, reader, language or spoken)
    text = _rendered(document, form)
    if out is None:
        sys.stdout.write(text)
    else:
        write_file(out, text)
        errors.print(f"written to {out}", markup=False, soft_wrap=True)


def _check(option: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        fail(f"{option} is one of {', '.join(known)}, not {given!r}")


def _day(option: str, given: str | None, today: date) -> date | None:
    if given is None:
        return None
    named = {"today": today, "yesterday": today - timedelta(days=1)}
    if given in named:
        return named[given]
    try:
        return date.fromisoformat(given)
    except ValueError:
        fail(f"{option} needs a day such as 2026-03-02, today or yesterday, not {given!r}")


async def _report(store: Store, asked: _Asked) -> tuple[Report, str]:
    """The report and the language to tell it in where none is asked for."""

    def work(tx: Transaction) -> tuple[Report, str]:
        catalogues = _catalogues(tx)
        if asked.business is not None and asked.business not in catalogues:
            known = ", ".join(sorted(catalogues)) or "none"
            fail(f"no business {asked.business!r} is applied; there are: {known}")
        of = catalogues.get(asked.business or "") or next(iter(catalogues.values()), None)
        begin, end = asked.days(of.business.time_zone if of is not None else "UTC")
        spoken = of.business.language if of is not None and of.business.language in LANGUAGES else "en"
        return report_of(tx, catalogues, asked.business, begin, end), spoken

    return await store.read(work)


def _catalogues(tx: Transaction) -> dict[str, Catalogue]:
    found = {}
    for business_id in tx.businesses():
        stored = tx.catalogue(business_id)
        parsed = parse_business(stored.source) if stored is not None else None
        if isinstance(parsed, Catalogue):
            found[business_id] = parsed
    return found


def _one_call(address: str, call: str, language: str | None) -> Document:
    story = with_store(address, lambda store: story_of(store, call))
    if story is None:
        fail(f"no call {call} was served; `handfest calls ls` lists the newest")
    return incident_of(story, language or spoken_language(address, story.call.business_id))


def _rendered(document: Document, form: str) -> str:
    if form == "html":
        return as_html(document)
    if form == "json":
        return json.dumps(as_json(document), ensure_ascii=False, indent=2) + "\n"
    return as_markdown(document)
