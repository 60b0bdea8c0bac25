"""Today: calls in progress, the day of every person, and the lines; and what staff can do about them."""

from dataclasses import dataclass
from datetime import timedelta

from starlette.responses import Response

from handfest.model.offer import Offer, OfferState
from handfest.office.absences import Away, add_absence, list_absences, remove_absence
from handfest.office.change_hold import drop_hold, move_hold
from handfest.office.day_view import day_view
from handfest.office.live_calls import LiveCall, live_calls
from handfest.office.objection import Objection
from handfest.office.pause_line import list_lines, pause_line, resume_line
from handfest.web.body import read_form
from handfest.web.console.calls_page import CallRow, call_row
from handfest.web.console.day_picture import picture_of
from handfest.web.console.open_days import shut_by
from handfest.web.console.visit import Visit
from handfest.web.console.why_answer import moment_in
from handfest.web.words import clock

OFFERS_SHOWN = 6
ABSENCE_DAYS = 60


@dataclass(frozen=True, slots=True)
class LiveRow:
    """A call in progress: what was heard and said last, and its newest offers with their text and state."""

    row: CallRow
    heard: tuple[str, ...]
    said: str | None
    offers: tuple[tuple[Offer, str, str], ...]
    since: str


async def today_page(visit: Visit) -> Response:
    """What happens right now."""
    office, actor, business = visit.house.office, visit.actor, visit.business
    day = visit.local(visit.now).date().to_stdlib()
    live = await live_calls(office, actor, business)
    view = await day_view(office, actor, business, day)
    lines = await list_lines(office, actor, business)
    until = visit.now.add(hours=24 * ABSENCE_DAYS)
    away = await list_absences(office, actor, business, visit.now, until)
    if (
        isinstance(live, Objection)
        or isinstance(view, Objection)
        or isinstance(lines, Objection)
        or isinstance(away, Objection)
    ):
        return visit.missing()
    found = {
        block.subject: block.booking for column in view.columns for block in column.blocks if block.booking
    }
    bookings = list(found.values())
    return visit.show(
        "today.html.j2",
        day=visit.words.day(day),
        tomorrow=day + timedelta(days=1),
        live=[_live(visit, call) for call in live],
        drawing=picture_of(visit, view),
        shut=shut_by(visit.catalogue, day),
        bookings=bookings,
        coming=[one for one in bookings if one.start >= visit.now],
        lines=lines,
        absences=sorted(away, key=lambda row: row.start),
    )


def _live(visit: Visit, live: LiveCall) -> LiveRow:
    shown = live.offers[-OFFERS_SHOWN:]
    return LiveRow(
        row=call_row(visit, live.call),
        heard=tuple(_spoken(visit, one) for one in live.heard),
        said=live.last_say,
        offers=tuple((offer, _offered(visit, offer), _state(visit, offer)) for offer in shown),
        since=visit.words.ago(live.call.started_at, visit.now),
    )


def _spoken(visit: Visit, told: str) -> str:
    """An argument of a tool with the name that people have for it."""
    name, _, value = told.partition(": ")
    return f"{visit.words.name('arguments', name)}: {value}"


def _offered(visit: Visit, offer: Offer) -> str:
    """The time of an offer, with its day where that is another one."""
    local = offer.local_start
    same = local.date() == visit.local(visit.now).date()
    when = clock(local) if same else visit.words.moment(local)
    return f"{offer.id} · {when}" + (f" · {offer.staff_name}" if offer.staff_name else "")


def _state(visit: Visit, offer: Offer) -> str:
    if offer.state is OfferState.USED:
        return "used"
    return "live" if offer.holds(visit.now) else "gone"


async def change_hold(visit: Visit) -> Response:
    """Move or take a time that is held for a caller; the agent is told in its next answer."""
    form, parts = await read_form(visit.request), visit.request.path_params
    where = (visit.house.office, visit.actor, visit.business, parts["call"], parts["offer"])
    if form.get("act") == "move":
        start = moment_in(visit, form.get("start", ""))
        if start is None:
            return visit.back("today", problem="invalid")
        return visit.after(await move_hold(*where, start), "held_moved", "today")
    return visit.after(await drop_hold(*where), "released", "today")


async def change_line(visit: Visit) -> Response:
    """Pause a line, or let it go on."""
    form = await read_form(visit.request)
    where = (visit.house.office, visit.actor, visit.business, form.get("platform", ""), form.get("line", ""))
    if form.get("paused") == "yes":
        return visit.after(await pause_line(*where), "paused", "today")
    return visit.after(await resume_line(*where), "resumed", "today")


async def change_absence(visit: Visit) -> Response:
    """Note that somebody is away, or take it back."""
    form = await read_form(visit.request)
    office, actor = visit.house.office, visit.actor
    if form.get("act") == "remove":
        removed = await remove_absence(office, actor, visit.business, form.get("absence", ""))
        return visit.after(removed, "absence_removed", "today")
    start, end = (moment_in(visit, form.get(name, "")) for name in ("start", "end"))
    if start is None or end is None:
        return visit.back("today", problem="invalid")
    away = Away(start, end, form.get("staff") or None, "absence", form.get("label"))
    return visit.after(await add_absence(office, actor, visit.business, away), "absence_added", "today")
