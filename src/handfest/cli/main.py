"""The `handfest` command."""

import typer

from handfest.cli.apply import apply
from handfest.cli.audit import audit
from handfest.cli.backup import backup
from handfest.cli.bookings import bookings
from handfest.cli.busy import busy
from handfest.cli.calls import calls
from handfest.cli.catalogue import catalogue
from handfest.cli.demo import demo
from handfest.cli.doctor import doctor
from handfest.cli.erase import erase_caller
from handfest.cli.eval import evaluate
from handfest.cli.fake_calcom import fake_calcom
from handfest.cli.hours import hours
from handfest.cli.import_business import import_business
from handfest.cli.init import init
from handfest.cli.keys import keys
from handfest.cli.migrate import migrate
from handfest.cli.replay import plan, replay
from handfest.cli.report import report
from handfest.cli.retell import retell
from handfest.cli.serve import serve
from handfest.cli.simulate import simulate_calls
from handfest.cli.slots import slots
from handfest.cli.tools import tools
from handfest.cli.users import users
from handfest.cli.when import when

app = typer.Typer(
    name="handfest",
    help="The booking gateway between AI phone agents and calendars.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(demo)
app.command()(serve)
app.command()(apply)
app.add_typer(calls, name="calls")
app.add_typer(catalogue, name="catalogue")
app.add_typer(busy, name="busy")
app.add_typer(hours, name="hours")
app.add_typer(slots, name="slots")
app.add_typer(bookings, name="bookings")
app.add_typer(users, name="users")
app.add_typer(keys, name="keys")
app.command()(audit)
app.command()(report)
app.command()(replay)
app.command()(plan)
app.command()(when)
app.command()(doctor)
app.add_typer(import_business, name="import")
app.add_typer(retell, name="retell")
app.command()(tools)
app.command(name="eval")(evaluate)
app.command(name="erase")(erase_caller)
app.command()(migrate)
app.command()(backup)
app.command()(init)
app.command(name="fake-calcom")(fake_calcom)
app.command(name="simulate")(simulate_calls)


def main() -> None:
    """Entry point."""
    app()
