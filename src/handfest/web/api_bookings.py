"""`/api`: bookings and days, holds, and what is done to them at the desk."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from handfest.desk.counter import DeskWish
from handfest.office.change_booking import CustomerGiven, book_at_desk, cancel_booking, move_booking
from handfest.office.change_hold import drop_hold, move_hold
from handfest.office.day_view import DayView, day_view
from handfest.office.list_bookings import Days, bookings_of_days, find_bookings
from handfest.office.office import Office
from handfest.office.show_booking import ShownBooking, show_booking
from handfest.web.api_input import (
    BookBody,
    Cursor,
    Day,
    Id,
    Limit,
    Moment,
    MoveBody,
    ReasonBody,
    Sought,
    cursor_of,
    instant_of,
    position_of,
)
from handfest.web.api_output import BookingPage, BookingShape, CallShape, ChangeShape, OfferShape
from handfest.web.api_refusals import answered, routes_of
from handfest.web.api_shape import local, utc
from handfest.web.feed_text import feed_of
from handfest.web.guard import viewer_of


class ProvenanceShape(BaseModel):
    """Where a booking comes from: the words that named it, the offer, the call, and the turns of it."""

    spoken: str | None
    score: float | None
    reason: str | None
    evidence: str | None
    understood: list[dict[str, Any]]
    offered_turn: int | None
    booked_turn: int | None
    offer: OfferShape | None
    call: CallShape | None


class ShownBookingShape(BaseModel):
    """A booking, its provenance, its neighbours in a chain of changes, and the log about it."""

    booking: BookingShape
    provenance: ProvenanceShape
    replaces: BookingShape | None
    replaced_by: BookingShape | None
    changes: list[ChangeShape]

    @classmethod
    def of(cls, shown: ShownBooking) -> "ShownBookingShape":
        """From the value."""
        pin = shown.pin
        provenance = ProvenanceShape(
            spoken=pin.spoken if pin else None,
            score=pin.score if pin else None,
            reason=pin.reason if pin else None,
            evidence=pin.evidence if pin else None,
            understood=[step.facts for step in shown.understood],
            offered_turn=shown.offered_turn,
            booked_turn=shown.booked_turn,
            offer=OfferShape.of(shown.offer) if shown.offer else None,
            call=CallShape.of(shown.call) if shown.call else None,
        )
        return cls(
            booking=BookingShape.of(shown.booking),
            provenance=provenance,
            replaces=BookingShape.of(shown.replaces) if shown.replaces else None,
            replaced_by=BookingShape.of(shown.replaced_by) if shown.replaced_by else None,
            changes=[ChangeShape.of(row) for row in shown.changes],
        )


class BlockShape(BaseModel):
    """Something that takes somebody's time; `busy_start` and `busy_end` have its buffers in them."""

    kind: str
    start: str
    end: str
    busy_start: str
    busy_end: str
    subject: str
    call_id: str | None
    booking: BookingShape | None
    label: str | None
    expires_at: str | None


class ColumnShape(BaseModel):
    """One member of staff, or one resource."""

    id: str
    name: str
    kind: str
    blocks: list[BlockShape]


class DayShape(BaseModel):
    """A local day; `opening` in minutes of it, `now` on today only."""

    day: str
    zone: str
    start: str
    end: str
    opening: list[tuple[int, int]]
    columns: list[ColumnShape]
    now: str | None

    @classmethod
    def of(cls, view: DayView) -> "DayShape":
        """From the value."""
        columns = [
            ColumnShape(
                id=column.id,
                name=column.name,
                kind=column.kind,
                blocks=[
                    BlockShape(
                        kind=block.kind,
                        start=local(block.start, view.zone),
                        end=local(block.end, view.zone),
                        busy_start=local(block.busy_start, view.zone),
                        busy_end=local(block.busy_end, view.zone),
                        subject=block.subject,
                        call_id=block.call_id,
                        booking=BookingShape.of(block.booking) if block.booking else None,
                        label=block.label,
                        expires_at=utc(block.expires_at),
                    )
                    for block in column.blocks
                ],
            )
            for column in view.columns
        ]
        return cls(
            day=view.day.isoformat(),
            zone=view.zone,
            start=local(view.start, view.zone),
            end=local(view.end, view.zone),
            opening=[(span.start, span.end) for span in view.opening],
            columns=columns,
            now=local(view.now, view.zone) if view.now else None,
        )


def booking_routes(office: Office) -> APIRouter:
    """The routes that read."""
    api = routes_of("bookings")

    @api.get("/bookings")
    async def bookings(
        request: Request,
        business: Id,
        text: Annotated[
            Sought, Query(description="Of the customer: words of the name, or the number.")
        ] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> BookingPage:
        """Bookings in any state, the latest start first."""
        page = answered(
            await find_bookings(
                office, viewer_of(request).actor, business, text or "", limit, position_of(cursor)
            )
        )
        return BookingPage(rows=[BookingShape.of(row) for row in page.rows], next=cursor_of(page.next))

    @api.get("/agenda")
    async def agenda(
        request: Request, business: Id, first: Moment, last: Moment, every: bool = False
    ) -> list[BookingShape]:
        """The bookings that start in [first, last), by start: those that stand, or every one."""
        begin, end = instant_of(first), instant_of(last)
        rows = answered(
            await bookings_of_days(office, viewer_of(request).actor, business, Days(begin, end), every=every)
        )
        return [BookingShape.of(row) for row in rows]

    @api.get("/bookings/{booking}")
    async def booking(request: Request, business: Id, booking: Id) -> ShownBookingShape:
        """One booking with its provenance."""
        shown = answered(await show_booking(office, viewer_of(request).actor, business, booking))
        return ShownBookingShape.of(shown)

    @api.get(
        "/bookings/{booking}/ics",
        response_class=Response,
        responses={200: {"content": {"text/calendar": {}}}},
    )
    async def ics(request: Request, business: Id, booking: Id) -> Response:
        """One booking for a calendar program."""
        shown = answered(await show_booking(office, viewer_of(request).actor, business, booking))
        stored = await office.store.read(lambda tx: tx.catalogue(business))
        assert stored is not None, "a booking that was shown has a business"
        catalogue = office.shelf.compiled(stored, None).catalogue
        text = feed_of(catalogue, [shown.booking], office.clock.now())
        return Response(text, media_type="text/calendar")

    @api.get("/days/{day}")
    async def one_day(request: Request, business: Id, day: Day, branch: Sought = None) -> DayShape:
        """A day in columns: bookings with their buffers, holds and absences."""
        view = answered(await day_view(office, viewer_of(request).actor, business, day, branch))
        return DayShape.of(view)

    return api


def desk_routes(office: Office) -> APIRouter:
    """The routes that change appointments and held times."""
    api = routes_of("desk", 202, 409, 413, 502, 503)

    @api.post("/bookings", status_code=201)
    async def book(request: Request, business: Id, body: BookBody) -> BookingShape:
        """Book exactly this at the desk."""
        start = instant_of(body.start)
        wish = DeskWish(body.service_id, start, body.staff_id, body.branch_id)
        typed = body.customer
        given = CustomerGiven(typed.name, typed.phone, typed.email, typed.notes)
        made = answered(await book_at_desk(office, viewer_of(request).actor, business, wish, given))
        return BookingShape.of(made)

    @api.post("/bookings/{booking}/move")
    async def move(request: Request, business: Id, booking: Id, body: MoveBody) -> BookingShape:
        """Move an appointment; what comes back is the booking in its place."""
        start = instant_of(body.start)
        moved = await move_booking(office, viewer_of(request).actor, business, booking, start, body.staff_id)
        return BookingShape.of(answered(moved))

    @api.post("/bookings/{booking}/cancel")
    async def cancel(request: Request, business: Id, booking: Id, body: ReasonBody) -> BookingShape:
        """Cancel an appointment; a caller who is on the phone about it is told."""
        actor = viewer_of(request).actor
        return BookingShape.of(answered(await cancel_booking(office, actor, business, booking, body.reason)))

    @api.post("/calls/{call}/holds/{offer}/drop")
    async def drop(request: Request, business: Id, call: Id, offer: Id) -> OfferShape:
        """Take a held time from a caller, who is told."""
        actor = viewer_of(request).actor
        return OfferShape.of(answered(await drop_hold(office, actor, business, call, offer)))

    @api.post("/calls/{call}/holds/{offer}/move")
    async def move_held(request: Request, business: Id, call: Id, offer: Id, body: MoveBody) -> OfferShape:
        """Hold another time for a caller instead, who is told; what comes back is the offer that holds it."""
        start = instant_of(body.start)
        actor = viewer_of(request).actor
        held = await move_hold(office, actor, business, call, offer, start, body.staff_id)
        return OfferShape.of(answered(held))

    return api
