"""Bookings: the list, the day, the week, and the card of one booking that says where it comes from."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from starlette.responses import Response
from whenever import Instant

from handfest.model.booking import Booking, BookingState
from handfest.office.change_booking import cancel_booking, move_booking
from handfest.office.day_view import day_view
from handfest.office.list_bookings import Days, bookings_of_days, find_bookings
from handfest.office.objection import Objection
from handfest.office.show_booking import show_booking
from handfest.web.body import read_form
from handfest.web.console.calls_page import place_of, position_of
from handfest.web.console.day_picture import picture_of
from handfest.web.console.open_days import shut_by
from handfest.web.console.visit import Visit
from handfest.web.console.why_answer import moment_in
from handfest.web.feed_text import feed_of

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class WeekDay:
    """One day of the week with its bookings; `shut` says why nobody serves on it (closed | holiday)."""

    day: date
    title: str
    shut: str | None
    bookings: tuple[Booking, ...]


async def bookings_page(visit: Visit) -> Response:
    """A day, a week, or what a search finds."""
    if visit.asked("text") or visit.asked("view") == "list":
        return await _list(visit)
    day = _day(visit.asked("day")) or visit.local(visit.now).date().to_stdlib()
    return await (_week(visit, day) if visit.asked("view") == "week" else _one_day(visit, day))


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if 1970 < day.year < 2200 else None


async def _list(visit: Visit) -> Response:
    text, after = visit.asked("text"), position_of(visit.asked("after"))
    found = await find_bookings(visit.house.office, visit.actor, visit.business, text or "", PER_PAGE, after)
    if isinstance(found, Objection):
        return visit.missing()
    older = visit.path("bookings", view="list", text=text, after=place_of(found.next)) if found.next else None
    return visit.show("bookings_list.html.j2", view="list", text=text, rows=found.rows, older=older, day=None)


async def _one_day(visit: Visit, day: date) -> Response:
    view = await day_view(visit.house.office, visit.actor, visit.business, day)
    if isinstance(view, Objection):
        return visit.missing()
    return visit.show(
        "bookings_day.html.j2",
        view="day",
        text=None,
        day=day,
        title=visit.words.day(day, year=True),
        drawing=picture_of(visit, view),
        shut=shut_by(visit.catalogue, day),
        before=visit.path("bookings", day=str(day - timedelta(days=1))),
        after=visit.path("bookings", day=str(day + timedelta(days=1))),
    )


async def _week(visit: Visit, day: date) -> Response:
    monday = day - timedelta(days=day.weekday())
    zone = visit.compiled.zone
    first, last = (Instant(datetime.combine(monday + timedelta(days=days), time(), zone)) for days in (0, 7))
    found = await bookings_of_days(visit.house.office, visit.actor, visit.business, Days(first, last))
    if isinstance(found, Objection):
        return visit.missing()
    by_day: dict[date, list[Booking]] = {}
    for booking in found:
        by_day.setdefault(visit.local(booking.start).date().to_stdlib(), []).append(booking)
    days = [monday + timedelta(days=offset) for offset in range(7)]
    return visit.show(
        "bookings_week.html.j2",
        view="week",
        text=None,
        day=day,
        title=f"{visit.words.short_day(days[0])} – {visit.words.short_day(days[-1])}",
        days=[
            WeekDay(
                day=one,
                title=visit.words.short_day(one),
                shut=shut_by(visit.catalogue, one),
                bookings=tuple(by_day.get(one, ())),
            )
            for one in days
        ],
        today=visit.local(visit.now).date().to_stdlib(),
        before=visit.path("bookings", view="week", day=str(monday - timedelta(days=7))),
        after=visit.path("bookings", view="week", day=str(monday + timedelta(days=7))),
    )


async def booking_page(visit: Visit) -> Response:
    """One booking: what, for whom, and which words, offer and call it comes from."""
    wanted = visit.request.path_params["booking"]
    shown = await show_booking(visit.house.office, visit.actor, visit.business, wanted)
    if isinstance(shown, Objection):
        return visit.missing()
    booking = shown.booking
    return visit.show(
        "booking.html.j2",
        shown=shown,
        booking=booking,
        start=visit.asked("start") or booking.local_start.format_iso()[:16],
        free=[near for near in (visit.asked("free") or "").split(",") if moment_in(visit, near)],
        open=booking.state is BookingState.BOOKED and booking.start > visit.now,
        when=lambda text: visit.words.moment(visit.local(moment_in(visit, text) or visit.now)),
    )


async def change_booking(visit: Visit) -> Response:
    """Move or cancel a booking; the calendar has the last word."""
    form, wanted = await read_form(visit.request), visit.request.path_params["booking"]
    office, actor = visit.house.office, visit.actor
    if form.get("act") == "cancel":
        cancelled = await cancel_booking(office, actor, visit.business, wanted)
        return visit.after(cancelled, "cancelled", "bookings", wanted)
    start = moment_in(visit, form.get("start", ""))
    if start is None:
        return visit.back("bookings", wanted, problem="invalid")
    moved = await move_booking(office, actor, visit.business, wanted, start, form.get("staff") or None)
    if isinstance(moved, Objection):
        free = [_local_text(visit, moment) for moment in moved.facts.get("free") or ()]
        said = form.get("start")
        return visit.back("bookings", wanted, problem=moved.code.value, start=said, free=",".join(free))
    return visit.after(moved, "moved", "bookings", moved.id)


def _local_text(visit: Visit, moment: str) -> str:
    return visit.local(Instant.parse_iso(moment)).format_iso()[:16]


async def booking_ics(visit: Visit) -> Response:
    """The booking as a file for a calendar program."""
    wanted = visit.request.path_params["booking"]
    shown = await show_booking(visit.house.office, visit.actor, visit.business, wanted)
    if isinstance(shown, Objection):
        return visit.missing()
    headers = {
        "Content-Disposition": f'attachment; filename="{shown.booking.id}.ics"',
        "Cache-Control": "private, no-store",
    }
    body = feed_of(visit.catalogue, [shown.booking], visit.now)
    return Response(body, media_type="text/calendar", headers=headers)
