"""`handfest replay` and `handfest plan`: what recorded calls would come to under another catalogue."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from whenever import Instant

from handfest.catalogue.compare import compare
from handfest.catalogue.parse import parse_business
from handfest.cli.audit_source import calls_of_file
from handfest.cli.clock import clock_from
from handfest.cli.options import Database, Json, settings_with
from handfest.cli.output import FINDINGS, USAGE, console, counted, errors, fail, print_json
from handfest.cli.replay_play import replay_calls, replay_records
from handfest.cli.run import guarded, print_problems, read_file, with_store
from handfest.diagnosis.recording.audit_catalogue import AuditCatalogue
from handfest.diagnosis.recording.call_file import BadLine, CallRecord
from handfest.diagnosis.report.asked_call import asked_again
from handfest.diagnosis.report.asked_record import asked_record
from handfest.diagnosis.report.replay import Replay, replay_data
from handfest.diagnosis.report.report import CALLS_MAX
from handfest.diagnosis.story.explain import Story, story_in
from handfest.model.catalogue import Catalogue
from handfest.ports import Store, StoredCatalogue, Transaction

Since = Annotated[str, typer.Option(help="How far back: 30d, 12h.")]
Now = Annotated[str | None, typer.Option(help="Testing aid: an ISO moment to count back from.")]
_SPAN = re.compile(r"(\d+)([dh])")
_SHOWN = 50


def replay(
    business: Annotated[str, typer.Argument(help="The business's id.")],
    file: Annotated[
        Path | None, typer.Argument(help="A business file; or name a version.", metavar="[FILE]")
    ] = None,
    version: Annotated[int | None, typer.Option(help="A kept version of the business.")] = None,
    call: Annotated[str | None, typer.Option(help="Only this call.")] = None,
    exported: Annotated[
        list[Path] | None,
        typer.Option(
            "--calls", help="Exported calls that another gateway served, instead of ours; repeatable."
        ),
    ] = None,
    since: Since = "30d",
    now: Now = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Play recorded calls against another version or file: which would now book, fail, ask, change.

    Exported calls (--calls) are held against their own record; with FILE they need no business that is applied.
    Exit code 1: a call that was booked would fail or be asked back. 2: a line of an export could not be read.
    """
    if exported:
        _replay_exported(
            business, exported, call, _source(business, file, version, database), as_json=as_json
        )
    if (file is None) == (version is None):
        fail("name either a business file or --version N; `handfest catalogue ls` lists the versions")
    address = settings_with(database).database
    begin = _begin(since, now)
    wanted = None if file is None else _source_of(file, business)
    active, other, stories = with_store(
        address, lambda store: store.read(lambda tx: _read(tx, business, version, begin, call))
    )
    calls = tuple(map(asked_again, stories))
    found = guarded(lambda: asyncio.run(replay_calls(calls, active.source, wanted or other)))
    print_json(replay_data(found)) if as_json else _print(found)
    raise typer.Exit(FINDINGS if found.worse else 0)


def _source(business: str, file: Path | None, version: int | None, database: str | None) -> str:
    """The business file to play against: the one named, a kept version, else what is active."""
    if file is not None and version is not None:
        fail("name either a business file or --version N, not both")
    if file is not None:
        return _source_of(file, business)
    kept = with_store(
        settings_with(database).database,
        lambda store: store.read(lambda tx: tx.catalogue(business, version)),
    )
    if kept is None:
        which = f"version {version} of {business!r}" if version is not None else f"business {business!r}"
        fail(f"no {which} is kept; name a business file: handfest replay {business} FILE --calls EXPORT")
    return kept.source


def _replay_exported(
    business: str, files: list[Path], call: str | None, source: str, *, as_json: bool
) -> NoReturn:
    """Calls that another gateway served: what is unreadable is told with its place, the rest is played."""
    parsed = parse_business(source)
    if not isinstance(parsed, Catalogue):
        fail(f"the kept file of {business} has a problem: {parsed[0].cause}")
    catalogue = AuditCatalogue.from_catalogue(parsed)
    records, unreadable = [], 0
    for place, read in _exported(files):
        if isinstance(read, BadLine):
            unreadable += 1
            errors.print(f"{place}: {read}", markup=False, soft_wrap=True)
        elif call in (None, read.id, read.call.id):
            records.append(asked_record(read.call, catalogue))
    found = guarded(lambda: asyncio.run(replay_records(tuple(records), source)))
    print_json(replay_data(found)) if as_json else _print(found)
    raise typer.Exit(USAGE if unreadable else FINDINGS if found.worse else 0)


def _exported(files: list[Path]) -> Iterator[tuple[Path, CallRecord | BadLine]]:
    for file in files:
        try:
            with file.open("rb") as source:
                for read in calls_of_file(source, file):
                    yield file, read
        except OSError as error:
            fail(f"{file}: cannot be read: {error.strerror}")


def plan(
    file: Annotated[Path, typer.Argument(help="The business file that is to be applied.")],
    since: Since = "30d",
    now: Now = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Show what applying FILE would change: in the catalogue, and for the calls of the last days.

    Nothing is applied. Exit code 1: a call that was served would fail or be asked back.
    """
    source = read_file(file)
    parsed = _parsed(file, source)
    business = parsed.business.id
    begin = _begin(since, now)
    known = with_store(settings_with(database).database, lambda store: _known(store, business))
    if known is None:
        if as_json:
            print_json({"business": business, "new": True, "changes": [], "replay": None})
        else:
            console.print(f"{business} is new: there is no call to hold it against", markup=False)
        return
    _active, _other, stories = with_store(
        settings_with(database).database,
        lambda store: store.read(lambda tx: _read(tx, business, None, begin, None)),
    )
    changes = _changes(known, parsed)
    calls = tuple(map(asked_again, stories))
    found = guarded(lambda: asyncio.run(replay_calls(calls, known.source, source)))
    if as_json:
        print_json({"business": business, "new": False, "changes": changes, "replay": replay_data(found)})
    else:
        for row in changes:
            console.print(f"{row['where']}: {row['old']} -> {row['new']}", markup=False, soft_wrap=True)
        if not changes:
            console.print(f"{file} is what is active already", markup=False)
        _print(found)
    raise typer.Exit(FINDINGS if found.worse else 0)


def _begin(since: str, now: str | None) -> Instant:
    match = _SPAN.fullmatch(since)
    if match is None:
        fail(f"--since needs a number of days or hours such as 30d or 12h, not {since!r}")
    hours = int(match[1]) * (24 if match[2] == "d" else 1)
    return guarded(lambda: clock_from(now)).now().subtract(hours=hours)


def _source_of(file: Path, business: str) -> str:
    source = read_file(file)
    parsed = _parsed(file, source)
    if parsed.business.id != business:
        fail(f"{file} is the file of {parsed.business.id!r}, not of {business!r}")
    return source


def _parsed(file: Path, source: str) -> Catalogue:
    parsed = parse_business(source)
    if not isinstance(parsed, Catalogue):
        print_problems(file, parsed)
        raise typer.Exit(FINDINGS)
    return parsed


async def _known(store: Store, business: str) -> StoredCatalogue | None:
    return await store.read(lambda tx: tx.catalogue(business))


def _read(
    tx: Transaction, business: str, version: int | None, begin: Instant, call: str | None
) -> tuple[StoredCatalogue, str, tuple[Story, ...]]:
    """The active version, the source of the other one, and the calls since then that called a tool."""
    active, other = tx.catalogue(business), tx.catalogue(business, version)
    if active is None:
        fail(f"no business {business!r} is applied; `handfest apply FILE` makes one")
    if other is None:
        fail(f"{business} has no version {version}; `handfest catalogue ls {business}` lists them")
    rows = [
        row for row in tx.calls(business, CALLS_MAX) if row.started_at >= begin and call in (None, row.id)
    ]
    stories = (story_in(tx, row) for row in rows)
    return active, other.source, tuple(story for story in stories if story.turns)


def _changes(known: StoredCatalogue, new: Catalogue) -> list[dict[str, Any]]:
    old = parse_business(known.source)
    if not isinstance(old, Catalogue):
        return []
    return [{"where": row.where, "old": row.old, "new": row.new} for row in compare(old, new)]


_WORDS: dict[str, str] = {
    "books": "would now be booked",
    "fails": "would no longer be booked",
    "asks": "would be asked back",
    "changes": "would come to something else",
    "untold": "cannot be told: about an appointment from before",
}


def _print(found: Replay) -> None:
    _say(f"{counted(found.calls, 'call')} replayed, {found.same} with the same outcome")
    for verdict, count in found.verdicts.items():
        _say(f"  {count} {_WORDS[verdict]}")
    for one in found.differences[:_SHOWN]:
        place = f"turn {one.turn}: " if one.turn is not None else ""
        changed = f": {place}{one.before} -> {one.after}" if one.before != one.after else ""
        _say(f"{one.call_id}  {one.verdict}{changed}")
        for name in one.fields:
            _say(f"    {name}")


def _say(text: str) -> None:
    console.print(text, markup=False, soft_wrap=True)
