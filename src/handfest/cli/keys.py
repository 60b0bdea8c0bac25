"""`handfest keys ...`: API keys of machines."""

from typing import Annotated

import typer

from handfest.access.change_key import NewKey, add_key, revoke_key
from handfest.access.deed import Deed
from handfest.access.tokens import new_token
from handfest.cli.chosen_business import chosen_business
from handfest.cli.options import Database, Json, settings_with
from handfest.cli.output import console, fail, print_json
from handfest.cli.run import with_store
from handfest.machine import RandomIds, SystemClock
from handfest.model.access import ApiKey
from handfest.model.actor import COMMAND_LINE, Scope
from handfest.ports import Store

keys = typer.Typer(help="API keys of machines.", no_args_is_help=True)
Business = Annotated[str | None, typer.Option(help="The business; may be left out if there is only one.")]


@keys.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What the key is for, such as 'till'.")],
    scope: Annotated[
        list[str], typer.Option("--scope", help="read, desk, catalogue or people; repeatable.")
    ] = ["read"],  # noqa: B006 - typer copies it
    business: Business = None,
    days: Annotated[int | None, typer.Option(min=1, help="Days until it ends by itself.")] = None,
    database: Database = None,
) -> None:
    """Make a key. It is printed once, on standard output, and cannot be read again."""
    scopes = read_scopes(scope)

    async def make(store: Store) -> NewKey:
        chosen = (await chosen_business(store, business)).catalogue.business.id
        deed = Deed(COMMAND_LINE, SystemClock().now(), RandomIds())
        until = deed.at.add(hours=24 * days) if days is not None else None
        return await store.write(lambda tx: add_key(tx, deed, new_token, chosen, name, scopes, until))

    made = with_store(settings_with(database).database, make)
    console.print(made.token, markup=False, soft_wrap=True)
    typer.echo(f"{_told(made.key)}; send it as `Authorization: Bearer ...`", err=True)


@keys.command("ls")
def list_keys(business: Business = None, database: Database = None, as_json: Json = False) -> None:
    """List the keys of a business, those that no longer open anything included."""

    async def look(store: Store) -> tuple[ApiKey, ...]:
        chosen = (await chosen_business(store, business)).catalogue.business.id
        return await store.read(lambda tx: tx.keys(chosen))

    rows = with_store(settings_with(database).database, look)
    if as_json:
        print_json([_row(key) for key in rows])
        return
    for key in rows:
        console.print(_told(key), markup=False, soft_wrap=True)
    if not rows:
        console.print("no keys yet", markup=False)


@keys.command("revoke")
def revoke(
    key: Annotated[str, typer.Argument(help="The id, as `handfest keys ls` shows it.")],
    business: Business = None,
    database: Database = None,
) -> None:
    """Shut a key's door for good."""

    async def work(store: Store) -> ApiKey | None:
        chosen = (await chosen_business(store, business)).catalogue.business.id
        deed = Deed(COMMAND_LINE, SystemClock().now(), RandomIds())
        return await store.write(lambda tx: revoke_key(tx, deed, chosen, key))

    found = with_store(settings_with(database).database, work)
    if found is None:
        fail(f"there is no key {key}; `handfest keys ls` shows them")
    console.print(_told(found), markup=False, soft_wrap=True)


def read_scopes(said: list[str]) -> frozenset[Scope]:
    """Scopes by their names; ends the command for one that there is not."""
    try:
        return frozenset(Scope(one.strip().lower()) for one in said)
    except ValueError as error:
        fail(f"--scope is one of {', '.join(scope.value for scope in Scope)}: {error}")


def _told(key: ApiKey) -> str:
    scopes = ", ".join(sorted(scope.value for scope in key.scopes))
    state = ""
    if key.revoked_at is not None:
        state = " (revoked)"
    elif key.until is not None:
        state = f" (until {key.until.format_iso()})"
    return f"{key.id}  {key.name}  {key.business_id}: {scopes}{state}"


def _row(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.id,
        "business": key.business_id,
        "name": key.name,
        "scopes": sorted(scope.value for scope in key.scopes),
        "made_at": key.made_at.format_iso(),
        "made_by": key.made_by,
        "until": key.until.format_iso() if key.until else None,
        "revoked_at": key.revoked_at.format_iso() if key.revoked_at else None,
    }
