"""Options that several commands share."""

from typing import Annotated

import typer

from handfest.settings import Settings

Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        envvar="HANDFEST_DATABASE",
        help="SQLite file or postgresql:// address. Default: a file under the user's data folder.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print data for machines.")]


def settings_with(database: str | None, **changes: object) -> Settings:
    """The settings of the environment with what the command line says on top."""
    given = {name: value for name, value in changes.items() if value is not None}
    if database is not None:
        given["database"] = database
    return Settings(**given)  # type: ignore[arg-type]
