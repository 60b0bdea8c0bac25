"""`handfest migrate`: bring a database's schema up or down."""

from typing import Annotated

import typer

from handfest.cli.options import Database, settings_with
from handfest.cli.output import console
from handfest.cli.run import guarded
from handfest.storage import opening


def migrate(
    target: Annotated[str, typer.Argument(help="up, down (to nothing), or a schema version.")] = "up",
    database: Database = None,
) -> None:
    """Bring the schema up to this version of handfest, or down to an older one. Back up first."""
    address = settings_with(database).database
    goal = {"up": "head", "down": "base"}.get(target, target)
    before, after = guarded(lambda: opening.migrate(address, goal))
    told = f"schema: {after or 'none'}" + (", as before" if before == after else f" (was {before or 'none'})")
    console.print(told, markup=False)
