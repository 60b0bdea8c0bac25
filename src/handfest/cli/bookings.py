"""`handfest bookings ...`: look at what was booked, and let calendar programs read it."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table
from whenever import Instant

from handfest.access.tokens import digest, new_token
from handfest.cli.chosen_business import chosen_business
from handfest.cli.moments import read_moment
from handfest.cli.options import Database, Json, settings_with
from handfest.cli.output import console, fail, print_json
from handfest.cli.run import with_store
from handfest.machine import SystemClock
from handfest.model.booking import Booking
from handfest.ports import Store
from handfest.settings import Settings

bookings = typer.Typer(help="The bookings that were made.", no_args_is_help=True)
Business = Annotated[str | None, typer.Argument(help="The business; may be left out if there is only one.")]
DAYS_SHOWN = 62


@bookings.command("ls")
def list_bookings(
    business: Business = None,
    start: Annotated[str | None, typer.Option("--from", help="First day; default: today.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last day; default: two months on.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Also cancelled, changed and refused ones.")] = False,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1, max=10_000)] = 100,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List the bookings of a business by their start."""
    address = settings_with(database).database
    rows = with_store(address, lambda store: _list(store, business, start, end, limit, booked=not every))
    if as_json:
        print_json([_row(booking) for booking in rows])
        return
    table = Table(box=None, pad_edge=False)
    for column in ("start", "minutes", "service", "staff", "customer", "state", "id"):
        table.add_column(column)
    for booking in rows:
        row = _row(booking)
        table.add_row(*(escape(str(row[name] or "")) for name in row if name in _COLUMNS))
    console.print(table if rows else "no bookings")


@bookings.command("show")
def show(
    booking_id: Annotated[str, typer.Argument(help="The id that `bookings ls` shows.")],
    business: Annotated[str | None, typer.Option(help="The business, if there are several.")] = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Show one booking with everything that is known of it."""
    booking = with_store(settings_with(database).database, lambda store: _show(store, business, booking_id))
    if booking is None:
        fail(f"no booking {booking_id}; `handfest bookings ls --all` lists them")
    row = _row(booking) | _more(booking)
    if as_json:
        print_json(row)
        return
    for name, value in row.items():
        if value not in (None, ""):
            console.print(f"{name:<12} {value}", markup=False, soft_wrap=True)


@bookings.command("feed")
def feed(
    business: Business = None,
    close: Annotated[bool, typer.Option("--close", help="Close the feed instead.")] = False,
    renew: Annotated[bool, typer.Option("--renew", help="Make a new address; the old one ends.")] = False,
    database: Database = None,
) -> None:
    """Make the secret address under which calendar programs can read the bookings. It is shown only once."""
    settings = settings_with(database)
    told = with_store(settings.database, lambda store: _feed(store, settings, business, close, renew))
    console.print(told, markup=False, soft_wrap=True)


_COLUMNS = ("start", "minutes", "service", "staff", "customer", "state", "id")


async def _list(
    store: Store, business: str | None, start: str | None, end: str | None, limit: int, *, booked: bool
) -> tuple[Booking, ...]:
    compiled = await chosen_business(store, business)
    now = SystemClock().now()
    today = now.to_tz(compiled.zone.key).date().format_iso()
    first = read_moment(start or today, compiled, now)
    last = read_moment(end, compiled, now, end=True) if end else first.add(hours=24 * DAYS_SHOWN)
    business_id = compiled.catalogue.business.id
    return await store.read(lambda tx: tx.bookings(business_id, first, last, limit, booked=booked))


async def _show(store: Store, business: str | None, booking_id: str) -> Booking | None:
    compiled = await chosen_business(store, business)
    return await store.read(lambda tx: tx.booking(compiled.catalogue.business.id, booking_id))


async def _feed(store: Store, settings: Settings, business: str | None, close: bool, renew: bool) -> str:
    business_id = (await chosen_business(store, business)).catalogue.business.id
    if close:
        closed = await store.write(lambda tx: tx.drop_feed(business_id))
        return "the feed is closed" if closed else "there is no feed"
    if not renew and await store.read(lambda tx: tx.feed(business_id)) is not None:
        fail(f"{business_id} has a feed already, and its address is shown only once; --renew makes a new one")
    token, now = new_token(), SystemClock().now()
    await store.write(lambda tx: tx.save_feed(business_id, digest(token), now))
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    return f"{base.rstrip('/')}/feeds/{token}.ics"


def _row(booking: Booking) -> dict[str, object]:
    return {
        "start": _local(booking.start, booking.zone),
        "minutes": booking.duration_min,
        "service": booking.service_name,
        "staff": booking.staff_name,
        "customer": booking.customer.name,
        "state": booking.state.value,
        "id": booking.id,
        "business": booking.business_id,
        "branch": booking.branch_id,
        "call": booking.call_id,
    }


def _more(booking: Booking) -> dict[str, object]:
    return {
        "offer": booking.offer_id,
        "service_id": booking.service_id,
        "staff_id": booking.staff_id,
        "phone": booking.customer.phone,
        "email": booking.customer.email,
        "notes": booking.customer.notes,
        "price": booking.price,
        "made": _local(booking.made_at, booking.zone),
        "settled": _local(booking.settled_at, booking.zone),
        "uid": booking.uid,
        "replaces": booking.replaces,
        "replaced_by": booking.replaced_by,
        "refusal": booking.refusal,
        "test": booking.test,
    }


def _local(at: Instant | None, zone: str) -> str | None:
    return None if at is None else at.to_tz(zone).format_iso().split("[")[0].split(".")[0]
