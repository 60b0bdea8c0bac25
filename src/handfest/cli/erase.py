"""`handfest erase`: forget a caller's personal data."""

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from handfest.access.deed import Deed
from handfest.access.erase import Erased, Personal, erase, personal_of_call, personal_of_number
from handfest.cli.chosen_business import chosen_business
from handfest.cli.options import Database, Json, settings_with
from handfest.cli.output import FINDINGS, console, counted, errors, fail, print_json
from handfest.cli.run import with_store
from handfest.machine import RandomIds, SystemClock
from handfest.model.actor import COMMAND_LINE
from handfest.ports import Store, Transaction
from handfest.voice.numbers import caller_number

Phone = Annotated[str | None, typer.Option("--phone", help="The caller's number, such as +493023125077.")]
CallId = Annotated[str | None, typer.Option("--call", help="One call's id; only this call is forgotten.")]


def erase_caller(
    phone: Phone = None,
    call: CallId = None,
    business: Annotated[str | None, typer.Option(help="May be left out if there is only one.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Forget a caller: numbers, names, words and transcripts go; what happened and its figures stay."""
    if (phone is None) == (call is None):
        fail("say whom to forget: either --phone NUMBER or --call CALL")
    number = caller_number(phone) if phone is not None else None
    if phone is not None and number is None:
        fail(f"{phone!r} is no phone number with its country, such as +493023125077")
    where = settings_with(database).database
    found, provider = with_store(where, lambda store: _found(store, business, number, call))
    if found is None:
        fail(f"there is no call {call}; `handfest calls ls` lists the newest")
    if not yes:
        _confirm(found)
    done = with_store(where, lambda store: _erase(store, found.business_id, number, call))
    print_json(asdict(done)) if as_json else _tell(done, provider)
    if done.left:
        raise typer.Exit(FINDINGS)


def _look(tx: Transaction, business_id: str, number: str | None, call: str | None) -> Personal | None:
    if number is not None:
        return personal_of_number(tx, business_id, number)
    return personal_of_call(tx, business_id, call or "")


async def _found(
    store: Store, business: str | None, number: str | None, call: str | None
) -> tuple[Personal | None, str]:
    catalogue = (await chosen_business(store, business)).catalogue
    found = await store.read(lambda tx: _look(tx, catalogue.business.id, number, call))
    return found, catalogue.calendar.provider


async def _erase(store: Store, business_id: str, number: str | None, call: str | None) -> Erased:
    """Looks again in the same transaction: what came in meanwhile is forgotten, too."""
    deed = Deed(COMMAND_LINE, SystemClock().now(), RandomIds())

    def work(tx: Transaction) -> Erased:
        found = _look(tx, business_id, number, call)
        assert found is not None, "calls are never removed"
        return erase(tx, deed, found)

    return await store.write(work)


def _confirm(found: Personal) -> None:
    if not sys.stdin.isatty():
        fail("this cannot be undone; add --yes")
    bookings, callbacks = counted(len(found.bookings), "booking"), counted(len(found.callbacks), "callback")
    kept = f"{counted(len(found.calls), 'call')}, {bookings} and {callbacks}"
    errors.print(f"{found.business_id}: {kept} lose their personal data for good.", markup=False)
    if not typer.confirm("Forget this caller?", err=True):
        raise typer.Exit(0)


def _tell(done: Erased, provider: str) -> None:
    rows = (
        ("call", len(done.calls)),
        ("turn", done.turns),
        ("transcript", done.transcripts),
        ("booking", len(done.bookings)),
        ("callback", len(done.callbacks)),
    )
    if not any(count for _, count in rows):
        console.print("nothing of this caller was kept", markup=False)
    else:
        console.print("erased: " + ", ".join(counted(count, name) for name, count in rows), markup=False)
    for ids, words in (
        (done.upcoming, "still ahead, and nobody's name is with it any more"),
        (
            done.held_elsewhere if provider != "embedded" else (),
            f"{provider} keeps its own copy; erase it there",
        ),
        (done.left, "left, because it is not over yet; ask again later"),
    ):
        for one in ids:
            console.print(f"  {one}: {words}", markup=False, soft_wrap=True)
