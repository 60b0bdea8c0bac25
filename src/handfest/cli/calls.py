"""`handfest calls ...`: look at what was served."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from handfest.cli.options import Database, Json, Language, settings_with
from handfest.cli.output import console, errors, fail, print_json, write_file
from handfest.cli.run import with_store
from handfest.cli.spoken_language import spoken_language
from handfest.cli.story_text import print_story, print_turns
from handfest.diagnosis.story.explain import Story, as_data, story_in, story_of
from handfest.diagnosis.story.story_page import story_page
from handfest.model.call import Call
from handfest.ports import Store, Transaction

calls = typer.Typer(help="The calls that were served.", no_args_is_help=True)
CallId = Annotated[str, typer.Argument(help="The call's id.")]


@calls.command("ls")
def list_calls(
    database: Database = None,
    business: Annotated[str | None, typer.Option(help="Only this business.")] = None,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1, max=1000)] = 20,
    as_json: Json = False,
) -> None:
    """List the newest calls."""
    rows = with_store(settings_with(database).database, lambda store: _calls(store, business, limit))
    if as_json:
        print_json([_row(*row) for row in rows])
        return
    table = Table(box=None, pad_edge=False)
    for column in ("started", "business", "call", "turns", "service", "outcome"):
        table.add_column(column, overflow="fold", no_wrap=column in ("started", "call"))
    for call, outcome in rows:
        row = {**_row(call, outcome), "started": call.started_at.format_iso()[:16].replace("T", " ")}
        table.add_row(*(escape(str(row[name] or "")) for name in row))
    console.print(table if rows else "no calls yet")


@calls.command("show")
def show(call: CallId, database: Database = None, as_json: Json = False) -> None:
    """Show every step of a call."""
    story = _story(call, database)
    print_json(as_data(story)) if as_json else print_turns(console, story)


@calls.command("explain")
def explain(
    call: CallId,
    database: Database = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the story as one page of HTML to this file.")
    ] = None,
    language: Annotated[
        Language | None, typer.Option(help="de or en; default: the business's. JSON: en.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Explain a call: what was heard, offered, held and booked, and why."""
    story = _story(call, database)
    if as_json:
        print_json(as_data(story, language or "en"))
    elif html is None:
        print_story(console, story, language or _spoken(story, database))
    if html is not None:
        write_file(html, story_page(story, language or _spoken(story, database)))
        errors.print(f"written to {html}", markup=False, soft_wrap=True)


def _spoken(story: Story, database: str | None) -> str:
    return spoken_language(settings_with(database).database, story.call.business_id)


def _story(call_id: str, database: str | None) -> Story:
    story = with_store(settings_with(database).database, lambda store: story_of(store, call_id))
    if story is None:
        fail(f"no call {call_id} was served; `handfest calls ls` lists the newest")
    return story


async def _calls(store: Store, business: str | None, limit: int) -> tuple[tuple[Call, str], ...]:
    """The newest calls, each with its outcome: `open` is only what may still be booked."""

    def work(tx: Transaction) -> tuple[tuple[Call, str], ...]:
        return tuple(
            (call, call.outcome if call.ended_at is None else story_in(tx, call).outcome)
            for call in tx.calls(business, limit)
        )

    return await store.read(work)


def _row(call: Call, outcome: str) -> dict[str, object]:
    return {
        "started": call.started_at.format_iso(),
        "business": call.business_id,
        "call": call.id,
        "turns": call.turns,
        "service": call.pin.service_id if call.pin else None,
        "outcome": outcome,
    }
