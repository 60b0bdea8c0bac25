"""Options that several commands share."""

from enum import StrEnum
from typing import Annotated
from zoneinfo import available_timezones

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


class Language(StrEnum):
    """The languages that handfest speaks."""

    DE = "de"
    EN = "en"


def known_zone(written: str) -> str:
    """A zone of the tz database; anything else ends the command with an example."""
    if written not in available_timezones():
        raise typer.BadParameter(
            f"{written!r} is no zone of the tz database; write one such as Europe/Berlin"
        )
    return written


Json = Annotated[bool, typer.Option("--json", help="Print data for machines.")]


def settings_with(database: str | None, **changes: object) -> Settings:
    """The settings of the environment with what the command line says on top."""
    given = {name: value for name, value in changes.items() if value is not None}
    if database is not None:
        given["database"] = database
    return Settings(**given)  # type: ignore[arg-type]
