"""Playing recorded calls in a world in memory: nothing that is played reaches a store or a calendar of anybody."""

from dataclasses import replace

from whenever import Instant

from handfest.catalogue.parse import parse_business
from handfest.catalogue.version import Applied, apply_business
from handfest.cli.recorded_calendar import RecordedCalendar
from handfest.diagnosis.report.asked_call import AskedCall, Request, in_order
from handfest.diagnosis.report.replay import (
    Difference,
    Replay,
    Replayed,
    against_record,
    difference,
    replayed,
)
from handfest.diagnosis.story.explain import story_of
from handfest.errors import ConfigurationError
from handfest.model.catalogue import Catalogue
from handfest.model.offer import Offer
from handfest.model.turn import ToolRequest
from handfest.ports import LineRecord
from handfest.settings import Settings
from handfest.testing.clock import FixedClock
from handfest.testing.ids import CountedIds
from handfest.testing.scenario_stage import OneCalendar
from handfest.testing.sinks import KeptAlarms, KeptTurns
from handfest.wiring import House, build

NO_SUCH_OFFER = "A0"
"""Stands for an offer whose time is not offered in this world; a request for it is refused as it should be."""


async def replay_calls(calls: tuple[AskedCall, ...], before: str, after: str) -> Replay:
    """Play the calls of one business under both sources of its business file, and compare."""
    staff = _staff_of(before)
    old, new = await play(calls, before, staff), await play(calls, after, staff)
    return _compared(calls, [difference(call, old[call.id], new[call.id]) for call in calls])


async def replay_records(records: tuple[tuple[AskedCall, Replayed], ...], source: str) -> Replay:
    """Play calls that another gateway served under this source, and hold each against its record."""
    calls = tuple(call for call, _ in records)
    new = await play(calls, source, _staff_of(source))
    return _compared(calls, [against_record(call, recorded, new[call.id]) for call, recorded in records])


def _compared(calls: tuple[AskedCall, ...], found: list[Difference | None]) -> Replay:
    differences = tuple(one for one in found if one is not None)
    return Replay(len(calls), len(calls) - len(differences), differences)


def _staff_of(source: str) -> frozenset[str]:
    catalogue = parse_business(source)
    return frozenset(one.id for one in catalogue.staff) if isinstance(catalogue, Catalogue) else frozenset()


async def play(calls: tuple[AskedCall, ...], source: str, staff: frozenset[str]) -> dict[str, Replayed]:
    """Every call under this source, in one world, in the order in which the requests came.

    `staff` are those whom the calendar's recorded answers are about.
    """
    requests = in_order(calls)
    clock = FixedClock(requests[0].at if requests else Instant.from_timestamp(0))
    calendar = RecordedCalendar(staff)
    house = build(
        Settings(database="memory:"),
        calendars=OneCalendar(calendar),
        clock=clock,
        ids=CountedIds(),
        sink=KeptTurns(),
        notifier=KeptAlarms(),
        secret=lambda _variable: None,
    )
    applied = await apply_business(house.store, clock, source)
    if not isinstance(applied, Applied):
        raise ConfigurationError(f"the business file has a problem: {applied[0].where}: {applied[0].cause}")
    branches = {call.id: call.branch_id for call in calls}
    for asked in requests:
        clock.advance((asked.at - clock.now()).total("seconds"))
        calendar.answer_as(asked)
        envelope = asked.envelope
        line = LineRecord(
            envelope.platform,
            envelope.line_number,
            envelope.agent_id,
            None,
            applied.business_id,
            branches[asked.call_id],
        )
        await house.desk.answer(line, envelope, await _here(house, applied.business_id, asked))
    ends = {call.id: replayed(await story_of(house.store, call.id)) for call in calls}
    await house.close()
    return ends


async def _here(house: House, business_id: str, asked: Request) -> ToolRequest:
    """The request with the offer id that its time has in this world, where ids may be given differently."""
    if asked.offered is None:
        return asked.request
    offers: tuple[Offer, ...] = await house.store.read(lambda tx: tx.offers(business_id, asked.call_id))
    same = [offer.id for offer in offers if offer.start == asked.offered]
    arguments = {**asked.request.arguments, "offer": same[-1] if same else NO_SUCH_OFFER}
    return replace(asked.request, arguments=arguments)
