"""Calls: the list with its filters, and the page of one call."""

import json
from dataclasses import dataclass

from starlette.responses import Response
from whenever import Instant

from handfest.diagnosis.story.explain import as_data
from handfest.model.call import Call
from handfest.model.page import Position
from handfest.office.list_calls import CallQuery, call_choices, list_calls
from handfest.office.objection import Objection
from handfest.office.show_call import show_call
from handfest.web.console.story_view import story_view
from handfest.web.console.visit import Visit
from handfest.web.console.why_answer import why_answer

PER_PAGE = 50
FILTERS = ("outcome", "finding", "service", "line", "version")
"""What calls are filtered by, in the order of the fields; each is a field of `CallQuery`."""


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call in the list. `mood` colours its outcome."""

    call: Call
    title: str
    spoken: str | None
    outcome: str
    mood: str
    finding: str | None


async def calls_page(visit: Visit) -> Response:
    """The newest calls that fit, and what they can be narrowed to."""
    office, actor = visit.house.office, visit.actor
    asked = {name: visit.asked(name) for name in (*FILTERS, "text")}
    after = position_of(visit.asked("after"))
    query = CallQuery(
        outcome=asked["outcome"],
        finding=asked["finding"],
        service=asked["service"],
        line=asked["line"],
        version=asked["version"],
        text=asked["text"],
    )
    found = await list_calls(office, actor, visit.business, query, PER_PAGE, after)
    choices = await call_choices(office, actor, visit.business)
    if isinstance(found, Objection) or isinstance(choices, Objection):
        return visit.missing()
    older = visit.path("calls", **asked, after=place_of(found.next)) if found.next else None
    return visit.show(
        "calls.html.j2",
        rows=[call_row(visit, call) for call in found.rows],
        filters=[(name, _choices(visit, name, choices.values.get(name, ()))) for name in FILTERS],
        asked=asked,
        first=after is None,
        older=older,
    )


def _choices(visit: Visit, name: str, values: tuple[tuple[str, int], ...]) -> list[tuple[str, str]]:
    return [(value, f"{_label(visit, name, value)} ({count})") for value, count in values]


def _label(visit: Visit, name: str, value: str) -> str:
    if name == "outcome":
        return visit.words.name("outcome", value)
    if name == "service":
        service = visit.catalogue.service(value)
        return service.name if service else value
    return value


def call_row(visit: Visit, call: Call) -> CallRow:
    """How the call stands in a list."""
    pin = call.pin
    service = visit.catalogue.service(pin.service_id) if pin else None
    running = call.outcome == "open" and call.ended_at is None
    outcome = "open" if running else ("not_booked" if call.outcome == "open" else call.outcome)
    lost = call.audited is not None and call.audited.primary is not None
    moods = {"open": "live", "not_booked": "bad" if lost else "", "callback": "warn", "pending": "warn"}
    same = pin is not None and service is not None and pin.spoken.casefold() == service.name.casefold()
    return CallRow(
        call=call,
        title=service.name if service else (pin.service_id if pin else visit.words.calls["no_service"]),
        spoken=pin.spoken if pin and not same else None,
        outcome=visit.words.name("outcome", outcome),
        mood=moods.get(outcome, "good"),
        finding=call.audited.primary if call.audited else None,
    )


async def call_page(visit: Visit) -> Response:
    """One call, explained."""
    shown = await show_call(
        visit.house.office, visit.actor, visit.business, visit.request.path_params["call"]
    )
    if isinstance(shown, Objection):
        return visit.missing()
    call = shown.story.call
    return visit.show(
        "call.html.j2",
        view=story_view(visit, shown.story),
        older=shown.older,
        newer=shown.newer,
        raw=json.dumps(as_data(shown.story), ensure_ascii=False, indent=2),
        why=await why_answer(visit, call.branch_id),
        why_service=visit.asked("service") or (call.pin.service_id if call.pin else ""),
        why_when=visit.asked("when") or "",
        why_staff=visit.asked("staff"),
    )


def place_of(position: Position) -> str:
    """A place in a list as part of an address."""
    return f"{position.at.timestamp(unit='millisecond')}.{position.id}"


def position_of(text: str | None) -> Position | None:
    """The place that an address names; None for none, or for one that is no place."""
    moment, _, row = (text or "").partition(".")
    if not (moment.isascii() and moment.isdigit() and len(moment) < 14 and row):
        return None
    return Position(Instant.from_timestamp(int(moment), unit="millisecond"), row)
