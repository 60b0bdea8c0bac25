"""`handfest import ...`: the configuration of another gateway becomes a business file."""

from pathlib import Path
from typing import Annotated

import typer

from handfest.catalogue.import_askpro import import_askpro
from handfest.cli.options import Language, known_zone
from handfest.cli.output import FINDINGS, console, counted, write_file
from handfest.cli.run import print_problems, read_file
from handfest.model.catalogue import Business, CalendarSettings, Unnamed

import_business = typer.Typer(help="Bring the configuration of another gateway.", no_args_is_help=True)


@import_business.callback()
def _group() -> None:
    """Keep `askpro` a command of its own."""


@import_business.command("askpro")
def askpro(
    services: Annotated[Path, typer.Option("--services", help="Its services table as CSV.")],
    numbers: Annotated[Path | None, typer.Option("--numbers", help="Its phone numbers table as CSV.")] = None,
    business_id: Annotated[str, typer.Option("--id", help="The business's id.")] = "askpro",
    name: Annotated[str, typer.Option("--name", help="The name callers know.")] = "AskPro",
    language: Annotated[Language, typer.Option(help="The language that is spoken.")] = Language.DE,
    time_zone: Annotated[
        str, typer.Option(help="Zone of the tz database.", callback=known_zone)
    ] = "Europe/Berlin",
    calcom_key_env: Annotated[
        str | None, typer.Option(help="Variable with the Cal.com key; without it our own calendar is used.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write; default: standard output.")
    ] = None,
) -> None:
    """Write a business file from the tables of the gateway that handfest replaces."""
    business = Business(business_id, name, language, time_zone, unnamed_service=Unnamed.ASK)
    calendar = CalendarSettings("calcom", api_key_env=calcom_key_env) if calcom_key_env else None
    table = read_file(numbers) if numbers is not None else None
    result = import_askpro(read_file(services), table, business, calendar)
    if not isinstance(result, str):
        print_problems(services, result)
        console.print(f"{counted(len(result), 'problem')}; nothing was written", markup=False)
        raise typer.Exit(FINDINGS)
    if out is None:
        typer.echo(result, nl=False)
        return
    write_file(out, result)
    console.print(f"{out} is written; add opening hours and staff, then: handfest apply {out}", markup=False)
