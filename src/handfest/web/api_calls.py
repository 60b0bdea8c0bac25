"""`/api`: calls, live calls, and why a time is not free."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.requests import Request

from handfest.diagnosis.story.explain import as_data
from handfest.diagnosis.story.timeline import Event, timeline
from handfest.office.list_calls import CallQuery, call_choices, list_calls
from handfest.office.live_calls import LiveCall, live_calls
from handfest.office.office import Office
from handfest.office.show_call import show_call
from handfest.office.why_not import TimeAsked, why_not
from handfest.web.api_input import (
    Cursor,
    Id,
    Limit,
    Moment,
    Sought,
    Text,
    cursor_of,
    instant_of,
    maybe_instant,
    position_of,
)
from handfest.web.api_output import BookingShape, CallPage, CallShape, OfferShape
from handfest.web.api_refusals import answered, nos, routes_of
from handfest.web.api_shape import utc
from handfest.web.guard import viewer_of


class Choice(BaseModel):
    """A value and how many calls have it."""

    value: str
    calls: int


class LiveShape(BaseModel):
    """A call that is going on; `held` are the ids of offers that keep their time from others now."""

    call: CallShape
    service: str | None
    offers: list[OfferShape]
    held: list[str]
    bookings: list[BookingShape]
    last_tool: str | None
    last_code: str | None
    last_say: str | None
    heard: list[str]

    @classmethod
    def of(cls, live: LiveCall) -> "LiveShape":
        """From the value."""
        return cls(
            call=CallShape.of(live.call),
            service=live.service_name,
            offers=[OfferShape.of(offer) for offer in live.offers],
            held=[offer.id for offer in live.held],
            bookings=[BookingShape.of(booking) for booking in live.bookings],
            last_tool=live.last_tool,
            last_code=live.last_code,
            last_say=live.last_say,
            heard=list(live.heard),
        )


class PromiseShape(BaseModel):
    """An offer and what became of it: kept, broken, open or unused."""

    offer: str
    booking: str | None
    verdict: str


class EventShape(BaseModel):
    """One line of the timeline; `lane` is caller, agent, tool, gateway or calendar."""

    at_s: float
    lane: str
    text: str
    turn: int
    step: int | None
    opens: list[str]
    closes: list[str]
    booked: bool
    bad: bool

    @classmethod
    def of(cls, event: Event) -> "EventShape":
        """From the value."""
        return cls(
            at_s=event.at_s,
            lane=event.lane.value,
            text=event.text,
            turn=event.turn,
            step=event.step,
            opens=list(event.opens),
            closes=list(event.closes),
            booked=event.booked,
            bad=event.bad,
        )


class ShownCallShape(BaseModel):
    """A call with everything it left behind; `story` is what `handfest calls explain --json` prints."""

    call: CallShape
    newer: str | None
    older: str | None
    promises: list[PromiseShape]
    timeline: list[EventShape]
    story: dict[str, Any]


class ReasonShape(BaseModel):
    """One rule that makes a time free or not."""

    cause: str
    staff_id: str | None
    resource_id: str | None
    start: str | None
    end: str | None
    next_free: str | None


class WhyShape(BaseModel):
    """Why a time is free or not: rules, and a sentence for each."""

    at: str
    reasons: list[ReasonShape]
    sentences: list[str]


def call_routes(office: Office) -> APIRouter:
    """The routes."""
    api = routes_of("calls")

    @api.get("/calls")
    async def calls(
        request: Request,
        business: Id,
        outcome: Sought = None,
        finding: Sought = None,
        service: Sought = None,
        line: Sought = None,
        version: Sought = None,
        branch: Sought = None,
        text: Annotated[Sought, Query(description="Words the caller said, or the caller's number.")] = None,
        first: Moment | None = None,
        last: Moment | None = None,
        test: bool | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> CallPage:
        """The newest calls first, narrowed by anything they can be found by; began in [first, last)."""
        asked = CallQuery(
            outcome,
            finding,
            service,
            line,
            version,
            branch,
            text,
            maybe_instant(first),
            maybe_instant(last),
            test,
        )
        page = answered(
            await list_calls(office, viewer_of(request).actor, business, asked, limit, position_of(cursor))
        )
        return CallPage(rows=[CallShape.of(row) for row in page.rows], next=cursor_of(page.next))

    @api.get("/calls/{call}")
    async def call(request: Request, business: Id, call: Id) -> ShownCallShape:
        """One call: its story, timeline and promises, and its neighbours in time."""
        shown = answered(await show_call(office, viewer_of(request).actor, business, call))
        return ShownCallShape(
            call=CallShape.of(shown.story.call),
            newer=shown.newer,
            older=shown.older,
            promises=[
                PromiseShape(offer=one.offer_id, booking=one.booking_id, verdict=one.verdict)
                for one in shown.promises
            ],
            timeline=[EventShape.of(event) for event in timeline(shown.story)],
            story=as_data(shown.story),
        )

    _add_live(api, office)
    _add_why(api, office)
    return api


def _add_live(api: APIRouter, office: Office) -> None:
    @api.get("/call-choices")
    async def choices(request: Request, business: Id) -> dict[str, list[Choice]]:
        """What calls can be narrowed by, and how many have each value (counted up to a thousand)."""
        found = answered(await call_choices(office, viewer_of(request).actor, business))
        return {
            kind: [Choice(value=value, calls=count) for value, count in rows]
            for kind, rows in found.values.items()
        }

    @api.get("/live")
    async def live(request: Request, business: Id) -> list[LiveShape]:
        """The calls that are going on: what was heard, pinned, offered and is held."""
        found = answered(await live_calls(office, viewer_of(request).actor, business))
        return [LiveShape.of(one) for one in found]


def _add_why(api: APIRouter, office: Office) -> None:
    @api.get("/why", responses=nos(409, 502, 503))
    async def why(
        request: Request,
        business: Id,
        service: Annotated[Text, Query(min_length=1, max_length=200)],
        at: Moment,
        staff: Sought = None,
        branch: Sought = None,
        language: Annotated[str | None, Query(pattern="^(de|en)$")] = None,
    ) -> WhyShape:
        """Why a time is free or not, as it stands now: every rule, with a sentence."""
        moment = instant_of(at)
        asked = TimeAsked(service, moment, staff, branch)
        found = answered(await why_not(office, viewer_of(request).actor, business, asked, language))
        rows = [
            ReasonShape(
                cause=reason.cause.value,
                staff_id=reason.staff_id,
                resource_id=reason.resource_id,
                start=utc(reason.start),
                end=utc(reason.end),
                next_free=utc(reason.next_free),
            )
            for reason in found.reasons
        ]
        return WhyShape(at=found.at.format_iso(), reasons=rows, sentences=list(found.sentences))
