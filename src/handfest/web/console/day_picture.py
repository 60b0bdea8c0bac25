"""The office's day view as it is drawn: bookings, live holds, absences and hours, one column a person."""

from dataclasses import dataclass
from datetime import date

from whenever import Instant

from handfest.model.booking import BookingState
from handfest.model.catalogue import Staff
from handfest.office.day_view import Block, DayView
from handfest.scheduling.from_catalogue import timetable_of
from handfest.scheduling.timetable import opened
from handfest.web.console.day_drawing import DAY_MIN, DayDrawing, Item, day_drawing
from handfest.web.console.visit import Visit
from handfest.web.words import clock


def picture_of(visit: Visit, view: DayView) -> DayDrawing:
    """The drawing of a day."""
    at = _DayClock(visit, view.day)
    shown = [column for column in view.columns if column.kind != "resource"]
    items = [
        item for column in shown for block in column.blocks for item in _items(visit, column.id, block, at)
    ]
    openings = {column.id: at.openings(visit.catalogue.staff_member(column.id)) for column in shown}
    now = at.minute(view.now) if view.now is not None else None
    return day_drawing([(column.id, column.name) for column in shown], items, openings, now)


@dataclass(frozen=True, slots=True)
class _DayClock:
    """Minutes of one local day; what lies before or after it ends at its edges."""

    visit: Visit
    day: date

    def minute(self, at: Instant) -> int:
        local = self.visit.local(at)
        shift = (local.date().to_stdlib() - self.day).days
        return max(0, min(DAY_MIN, shift * DAY_MIN + local.hour * 60 + local.minute))

    def openings(self, person: Staff | None) -> list[tuple[int, int]]:
        catalogue, day = self.visit.catalogue, self.day.toordinal()
        branch = catalogue.branch(person.branches[0]) if person and len(person.branches) == 1 else None
        ranges = opened(timetable_of(catalogue, person, branch), day - 1, day).ranges
        spans = [tuple(self.minute(Instant.from_timestamp(edge * 60)) for edge in span) for span in ranges]
        return [(low, high) for low, high in spans if low < high]


def _items(visit: Visit, column: str, block: Block, at: _DayClock) -> list[Item]:
    start, end = at.minute(block.start), at.minute(block.end)
    match block.kind:
        case "booking" if block.booking is not None:
            booking = block.booking
            title = f"{clock(booking.local_start)} {booking.service_name}"
            standing = booking.state is BookingState.BOOKED and not booking.pending
            link = visit.path("bookings", booking.id)
            kind = "booking" if standing else "open"
            items = [Item(column, start, end, kind, title, booking.customer.name, link, booking.test)]
            edges = ((at.minute(block.busy_start), start), (end, at.minute(block.busy_end)))
            return items + [Item(column, low, high, "buffer") for low, high in edges if low < high]
        case "hold":
            text = visit.words.say("today", "held_for", offer=block.subject)
            link = visit.path("calls", block.call_id or "")
            return [Item(column, start, end, "hold", clock(visit.local(block.start)), text, link)]
        case _:
            return [Item(column, start, end, "absence", block.label or visit.words.today["away"])]
