"""`handfest busy ...`: absences and other times at which somebody is not there."""

from pathlib import Path
from typing import Annotated

import typer

from handfest.calendars.icalendar_import import FeedTarget, Imported, import_feed, source_of
from handfest.calendars.icalendar_text import NotAFeed
from handfest.cli.busy_follow import follow, followed, followed_by, told, unfollow
from handfest.cli.chosen_business import chosen_business, chosen_staff
from handfest.cli.clock import clock_from
from handfest.cli.feed_lines import address_of, feed_lines
from handfest.cli.moments import read_moment
from handfest.cli.options import Database, Json, settings_with
from handfest.cli.output import console, fail, print_json
from handfest.cli.run import guarded, with_store
from handfest.machine import RandomIds, SystemClock
from handfest.ports import BusyTime, Store, Transaction
from handfest.scheduling.request import NOBODY

busy = typer.Typer(help="Times at which somebody is not there.", no_args_is_help=True)
Business = Annotated[str | None, typer.Argument(help="The business; may be left out if there is only one.")]
KINDS = ("absence", "busy")
busy.command("follow")(follow)
busy.command("followed")(followed)
busy.command("unfollow")(unfollow)


@busy.command("add")
def add(
    business: Business = None,
    start: Annotated[str, typer.Option("--from", help="Begin: 2025-12-24, 2025-12-24T14:00, or words.")] = "",
    end: Annotated[str, typer.Option("--to", help="End; a date alone is included.")] = "",
    staff: Annotated[str | None, typer.Option(help="Who: id or name. Default: everybody.")] = None,
    kind: Annotated[str, typer.Option(help="absence or busy.")] = "absence",
    label: Annotated[str | None, typer.Option(help="What it is, for the explanation.")] = None,
    database: Database = None,
) -> None:
    """Note that somebody is not there. Appointments already booked stay."""
    if kind not in KINDS:
        fail(f"--kind is one of {', '.join(KINDS)}, not {kind!r}")
    if not start or not end:
        fail("give the time with --from and --to, such as --from 2025-12-24 --to 2025-12-26")
    address = settings_with(database).database
    zone, rows = with_store(address, lambda store: _add(store, business, start, end, staff, kind, label))
    for row in rows:
        console.print(f"{row.id}  {_told(row, zone)}", markup=False, soft_wrap=True)


@busy.command("ls")
def list_busy(business: Business = None, database: Database = None, as_json: Json = False) -> None:
    """List what is to come."""
    address = settings_with(database).database
    zone, rows = with_store(address, lambda store: _coming(store, business))
    if as_json:
        print_json([_row(row) for row in rows])
        return
    for row in rows:
        console.print(f"{row.id}  {_told(row, zone)}", markup=False, soft_wrap=True)
    if not rows:
        console.print("nothing to come", markup=False)
    catalogue, calendars = with_store(address, lambda store: followed_by(store, business))
    for calendar in calendars:
        if calendar.trouble is not None:
            console.print(f"not up to date: {told(calendar, catalogue)}", markup=False, soft_wrap=True)


@busy.command("import")
def import_calendar(
    location: Annotated[
        str, typer.Argument(help="An .ics file or its https:// address.", metavar="FILE|URL")
    ],
    staff: Annotated[str | None, typer.Option(help="Whose calendar it is: id or name.")] = None,
    business: Annotated[str | None, typer.Option(help="The business, if there are several.")] = None,
    titles: Annotated[bool, typer.Option("--titles", help="Keep what the events are called.")] = False,
    now: Annotated[str | None, typer.Option("--now", help="Testing aid: an ISO moment to look from.")] = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Take the events of a calendar as busy times. Importing the same source again replaces what it led to."""
    clock = guarded(lambda: clock_from(now))
    where = address_of(location) if "://" in location else str(Path(location).resolve())

    async def work(store: Store) -> Imported | NotAFeed:
        compiled = await chosen_business(store, business)
        if staff is None and compiled.catalogue.staff:
            fail("say whose calendar this is with --staff: id or name")
        person = chosen_staff(compiled, staff)
        who = person.id if person else NOBODY
        target = FeedTarget(who, source_of(where, who), titles)
        return await import_feed(store, compiled, target, lines, clock.now())

    with feed_lines(location) as lines:
        result = with_store(settings_with(database).database, work)
    if isinstance(result, NotAFeed):
        fail(f"{result.cause}; nothing was changed")
    _report(result, as_json)


def _report(result: Imported, as_json: bool) -> None:
    if as_json:
        left_out = dict(result.left_out)
        print_json(
            {
                "source": result.source,
                "kept": result.kept,
                "replaced": result.replaced,
                "until": result.until.format_iso(),
                "left_out": left_out,
            }
        )
        return
    day = result.until.format_iso()[:10]
    times = "busy time" if result.kept == 1 else "busy times"
    told = f"{result.source}: {result.kept} {times} until {day} ({result.replaced} replaced)"
    console.print(told, markup=False, soft_wrap=True)
    for cause, number in sorted(result.left_out.items()):
        console.print(f"  left out: {number} {cause}", markup=False, soft_wrap=True)


@busy.command("rm")
def remove(
    busy_id: Annotated[str, typer.Argument(help="The id that `busy ls` shows, or a source: ics:...")],
    business: Annotated[str | None, typer.Option(help="The business, if there are several.")] = None,
    database: Database = None,
) -> None:
    """Forget a busy time."""
    gone = with_store(settings_with(database).database, lambda store: _remove(store, business, busy_id))
    if not gone:
        fail(f"no busy time {busy_id} is kept; `handfest busy ls` lists them")
    console.print(f"{busy_id} is removed", markup=False)


async def _add(
    store: Store, business: str | None, start: str, end: str, staff: str | None, kind: str, label: str | None
) -> tuple[str, list[BusyTime]]:
    compiled = await chosen_business(store, business)
    now, ids = SystemClock().now(), RandomIds()
    first = read_moment(start, compiled, now)
    last = read_moment(end, compiled, now, end=True)
    if last <= first:
        fail(f"--to {end} does not lie after --from {start}")
    person = chosen_staff(compiled, staff)
    everybody = [one.id for one in compiled.catalogue.staff] or [NOBODY]
    rows = [
        BusyTime(compiled.catalogue.business.id, ids.new("busy"), who, first, last, kind, label)
        for who in ([person.id] if person else everybody)
    ]

    def keep(tx: Transaction) -> None:
        for row in rows:
            tx.add_busy(row)

    await store.write(keep)
    return compiled.zone.key, rows


async def _coming(store: Store, business: str | None) -> tuple[str, tuple[BusyTime, ...]]:
    compiled = await chosen_business(store, business)
    now = SystemClock().now()
    horizon = now.add(hours=24 * 366 * 10)
    rows = await store.read(lambda tx: tx.busy(compiled.catalogue.business.id, now, horizon))
    return compiled.zone.key, rows


async def _remove(store: Store, business: str | None, busy_id: str) -> bool:
    business_id = (await chosen_business(store, business)).catalogue.business.id
    if busy_id.startswith("ics:"):
        if await store.read(lambda tx: tx.followed(business_id, busy_id)) is not None:
            fail(f"{busy_id} is followed and would come back; `handfest busy unfollow {busy_id}` ends that")
        return await store.write(lambda tx: tx.replace_busy(business_id, busy_id, ())) > 0
    return await store.write(lambda tx: tx.remove_busy(business_id, busy_id))


def _told(row: BusyTime, zone: str) -> str:
    first, last = (moment.to_tz(zone).format_iso()[:16] for moment in (row.start, row.end))
    return f"{row.resource_id:<12} {row.kind:<8} {first} to {last}  {row.label or ''}".rstrip()


def _row(row: BusyTime) -> dict[str, object]:
    return {
        "id": row.id,
        "who": row.resource_id,
        "kind": row.kind,
        "start": row.start.format_iso(),
        "end": row.end.format_iso(),
        "label": row.label,
        "source": row.source,
    }
