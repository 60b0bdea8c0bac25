"""`handfest backup`: a complete copy of the database, while the server runs."""

from pathlib import Path
from typing import Annotated

import typer

from handfest.cli.options import Database, settings_with
from handfest.cli.output import console
from handfest.cli.run import guarded
from handfest.storage.backup import back_up


def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="A new file for the copy.")],
    database: Database = None,
) -> None:
    """Copy the SQLite database to a new file, also while the server runs. To restore, serve the copy."""
    address = settings_with(database).database
    size = guarded(lambda: back_up(address, target))
    console.print(f"{target}: {size} bytes, checked", markup=False, soft_wrap=True)
