"""`handfest busy follow | followed | unfollow`: calendars that are read again and again by the server."""

import sys
from typing import Annotated

import typer
from whenever import Instant

from handfest.calendars.icalendar_import import source_of
from handfest.catalogue.compiled import Shelf
from handfest.cli.chosen_business import chosen_business, chosen_staff
from handfest.cli.feed_lines import address_of
from handfest.cli.options import Database, Json, settings_with
from handfest.cli.output import FINDINGS, console, counted, fail, print_json
from handfest.cli.run import with_store
from handfest.diagnosis.doctor.followed_findings import staff_gone
from handfest.machine import SystemClock
from handfest.model.catalogue import Catalogue
from handfest.model.followed_calendar import FollowedCalendar
from handfest.ports import Store, Transaction
from handfest.scheduling.request import NOBODY
from handfest.settings import Settings
from handfest.turn_log import AlarmLog
from handfest.wiring import follower_of

Business = Annotated[str | None, typer.Argument(help="The business; may be left out if there is only one.")]
FOLLOWED_MAX = 200
"""How many calendars one business can follow."""


def follow(
    address: Annotated[
        str, typer.Argument(help="The calendar's secret https:// address; - reads it from standard input.")
    ],
    staff: Annotated[str | None, typer.Option(help="Whose calendar it is: id or name.")] = None,
    business: Annotated[str | None, typer.Option(help="The business, if there are several.")] = None,
    titles: Annotated[bool, typer.Option("--titles", help="Keep what the events are called.")] = False,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Take the events of a calendar as busy times now, and let the server read it again and again."""
    settings = settings_with(database)
    where = address_of(sys.stdin.readline() if address == "-" else address)
    calendar = with_store(
        settings.database, lambda store: _follow(store, settings, business, where, staff, titles)
    )
    if as_json:
        print_json(_row(calendar))
        return
    minutes = round(settings.follow_seconds / 60)
    left_out = f", {counted(calendar.left_out, 'event')} left out" if calendar.left_out else ""
    console.print(
        f"{calendar.id}: {counted(calendar.kept, 'busy time')}{left_out}; `handfest serve` reads {calendar.shown} "
        f"about every {counted(minutes, 'minute')}",
        markup=False,
        soft_wrap=True,
    )


def followed(business: Business = None, database: Database = None, as_json: Json = False) -> None:
    """List the calendars that are followed, and how reading them goes."""
    catalogue, rows = with_store(settings_with(database).database, lambda store: followed_by(store, business))
    if as_json:
        print_json([_row(row) for row in rows])
        return
    for row in rows:
        console.print(told(row, catalogue), markup=False, soft_wrap=True)
    if not rows:
        console.print("no calendar is followed; `handfest busy follow` begins it", markup=False)


def unfollow(
    calendar_id: Annotated[str, typer.Argument(help="The id that `busy followed` shows: ics:...")],
    business: Annotated[str | None, typer.Option(help="The business, if there are several.")] = None,
    database: Database = None,
) -> None:
    """Follow a calendar no longer, and forget its busy times and its address."""

    async def work(store: Store) -> bool:
        business_id = (await chosen_business(store, business)).catalogue.business.id

        def drop(tx: Transaction) -> bool:
            gone = tx.drop_followed(business_id, calendar_id)
            if gone:
                tx.replace_busy(business_id, calendar_id, ())
            return gone

        return await store.write(drop)

    if not with_store(settings_with(database).database, work):
        fail(f"no calendar {calendar_id} is followed; `handfest busy followed` lists them")
    console.print(f"{calendar_id} is followed no longer, its busy times are removed", markup=False)


async def followed_by(store: Store, business: str | None) -> tuple[Catalogue, tuple[FollowedCalendar, ...]]:
    """The catalogue of the business and what it follows."""
    catalogue = (await chosen_business(store, business)).catalogue
    rows = await store.read(lambda tx: tx.followed_calendars(catalogue.business.id))
    return catalogue, rows


def told(row: FollowedCalendar, catalogue: Catalogue) -> str:
    """One calendar in one line, without its address."""
    read = _local(row.last_good(), catalogue)
    text = f"{row.id}  {row.resource_id:<12} {row.shown}  {row.kept} busy times, read {read}"
    if row.trouble is not None:
        text += f"; not since: {row.trouble} (these stay; next try {_local(row.due_at, catalogue)})"
    if staff_gone(row, catalogue):
        text += f"; {row.resource_id} is not in the business file any more"
    return text


async def _follow(
    store: Store, settings: Settings, business: str | None, address: str, staff: str | None, titles: bool
) -> FollowedCalendar:
    compiled = await chosen_business(store, business)
    catalogue, now = compiled.catalogue, SystemClock().now()
    if staff is None and catalogue.staff:
        fail("say whose calendar this is with --staff: id or name")
    if catalogue.calendar.provider != "embedded":
        fail(
            f"the calendar of {catalogue.business.id} is {catalogue.calendar.provider}, which knows its own "
            "busy times; connect this calendar there"
        )
    person = chosen_staff(compiled, staff)
    who = person.id if person else NOBODY
    known = await store.read(lambda tx: tx.followed_calendars(catalogue.business.id))
    source = source_of(address, who)
    if len(known) >= FOLLOWED_MAX and source not in {one.id for one in known}:
        fail(f"{catalogue.business.id} follows {FOLLOWED_MAX} calendars already; `busy unfollow` some")
    follower = follower_of(settings, store, Shelf(), SystemClock(), AlarmLog())
    found = await follower.follow(
        FollowedCalendar(catalogue.business.id, source, who, address, titles, made_at=now, due_at=now)
    )
    if isinstance(found, str):
        fail(f"{found}; nothing was changed", FINDINGS)
    return found


def _local(at: Instant, catalogue: Catalogue) -> str:
    return at.to_tz(catalogue.business.time_zone).format_iso()[:16]


def _row(row: FollowedCalendar) -> dict[str, object]:
    return {
        "id": row.id,
        "who": row.resource_id,
        "address": row.shown,
        "titles": row.titles,
        "busy_times": row.kept,
        "left_out": row.left_out,
        "read": row.read_at.format_iso() if row.read_at else None,
        "next": row.due_at.format_iso(),
        "failures": row.failures,
        "trouble": row.trouble,
    }
