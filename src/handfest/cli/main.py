"""The `handfest` command."""

import typer

from handfest.cli.command_table import CommandTable

app = typer.Typer(
    name="handfest",
    cls=CommandTable,
    help="The booking gateway between AI phone agents and calendars.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def handfest() -> None:
    """The booking gateway between AI phone agents and calendars."""


def main() -> None:
    """Entry point."""
    app()
