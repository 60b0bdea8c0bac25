"""The commands by name: a module is read when its command is called, so that each starts in half the time."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

COMMANDS = {
    "demo": "demo:demo",
    "serve": "serve:serve",
    "apply": "apply:apply",
    "audit": "audit:audit",
    "report": "report:report",
    "replay": "replay:replay",
    "plan": "replay:plan",
    "when": "when:when",
    "doctor": "doctor:doctor",
    "tools": "tools:tools",
    "eval": "eval:evaluate",
    "erase": "erase:erase_caller",
    "migrate": "migrate:migrate",
    "backup": "backup:backup",
    "init": "init:init",
    "fake-calcom": "fake_calcom:fake_calcom",
    "simulate": "simulate:simulate_calls",
    "calls": "calls:calls",
    "catalogue": "catalogue:catalogue",
    "busy": "busy:busy",
    "hours": "hours:hours",
    "slots": "slots:slots",
    "bookings": "bookings:bookings",
    "users": "users:users",
    "keys": "keys:keys",
    "import": "import_business:import_business",
    "retell": "retell:retell",
}
"""Name of the command -> module of this folder and what to take from it, in the order of `handfest --help`."""


class CommandTable(TyperGroup):
    """A group whose commands stand in `COMMANDS`."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every name, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name, read now; None if there is none."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(":")
        return _command(getattr(import_module(f"handfest.cli.{module}"), name), cmd_name)


def _command(found: Any, name: str) -> Any:
    app = found
    if not isinstance(found, typer.Typer):
        app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        app.command(name)(found)
    command = typer.main.get_command(app)
    command.name = name
    return command
