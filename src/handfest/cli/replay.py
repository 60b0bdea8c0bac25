"""`handfest replay` and `handfest plan`: what recorded calls would come to under another catalogue."""

import asyncio
import re
from pathlib import Path
from typing import Annotated, Any

import typer
from whenever import Instant

from handfest.catalogue.compare import compare
from handfest.catalogue.parse import parse_business
from handfest.cli.clock import clock_from
from handfest.cli.options import Database, Json, settings_with
from handfest.cli.output import FINDINGS, console, counted, fail, print_json
from handfest.cli.replay_play import replay_calls
from handfest.cli.run import guarded, print_problems, read_file, with_store
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
    since: Since = "30d",
    now: Now = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Play recorded calls against another version or file: which would now book, fail, ask, change.

    Exit code 1: a call that was served would fail or be asked back.
    """
    if (file is None) == (version is None):
        fail("name either a business file or --version N; `handfest catalogue ls` lists the versions")
    address = settings_with(database).database
    begin = _begin(since, now)
    wanted = None if file is None else _source_of(file, business)
    active, other, stories = with_store(
        address, lambda store: store.read(lambda tx: _read(tx, business, version, begin, call))
    )
    found = guarded(lambda: asyncio.run(replay_calls(stories, active.source, wanted or other)))
    print_json(replay_data(found)) if as_json else _print(found)
    raise typer.Exit(FINDINGS if found.worse else 0)


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
    found = guarded(lambda: asyncio.run(replay_calls(stories, known.source, source)))
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
        _say(f"{one.call_id}  {one.verdict}: {place}{one.before} -> {one.after}")
        for name in one.fields:
            _say(f"    {name}")


def _say(text: str) -> None:
    console.print(text, markup=False, soft_wrap=True)
