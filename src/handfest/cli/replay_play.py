"""Playing recorded calls in a world in memory: nothing that is played reaches a store or a calendar of anybody."""

from dataclasses import replace

from whenever import Instant

from handfest.calendars.memory import Faults, MemoryCalendar
from handfest.catalogue.version import Applied, apply_business
from handfest.diagnosis.report.replay import Replay, Replayed, Request, difference, replayed, requests_of
from handfest.diagnosis.story.explain import Story, story_of
from handfest.errors import CalendarFault, ConfigurationError
from handfest.model.offer import Offer
from handfest.model.turn import ToolRequest
from handfest.ports import LineRecord
from handfest.settings import Settings
from handfest.testing.clock import FixedClock
from handfest.testing.ids import CountedIds
from handfest.testing.scenario_stage import OneCalendar
from handfest.testing.sinks import KeptAlarms, KeptTurns
from handfest.wiring import House, build

_FAULTS = {kind.code: kind for kind in CalendarFault.__subclasses__()}
NO_SUCH_OFFER = "A0"
"""Stands for an offer whose time is not offered in this world; a request for it is refused as it should be."""


async def replay_calls(stories: tuple[Story, ...], before: str, after: str) -> Replay:
    """Play the calls of one business under both sources of its business file, and compare."""
    old, new = await _play(stories, before), await _play(stories, after)
    found = [difference(story, old[story.call.id], new[story.call.id]) for story in stories]
    differences = tuple(one for one in found if one is not None)
    return Replay(len(stories), len(stories) - len(differences), differences)


async def _play(stories: tuple[Story, ...], source: str) -> dict[str, Replayed]:
    """Every call under this source, in one world, in the order in which the requests came."""
    requests = requests_of(stories)
    clock = FixedClock(requests[0].at if requests else Instant.from_timestamp(0))
    calendar = MemoryCalendar()
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
    branches = {story.call.id: story.call.branch_id for story in stories}
    for asked in requests:
        clock.advance((asked.at - clock.now()).total("seconds"))
        calendar.faults = _recorded_faults(asked)
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
    ends = {story.call.id: replayed(await story_of(house.store, story.call.id)) for story in stories}
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


def _recorded_faults(asked: Request) -> Faults:
    """The failures of the calendar that this turn met when it was served."""
    faults = Faults()
    writing = any(step.name == "intent" for step in asked.record.steps)
    for step in asked.record.steps:
        fault = _FAULTS.get(str(step.facts.get("code")))
        if fault is None:
            continue
        if step.name == "outcome_unknown":
            faults.after_write.append(fault("as recorded"))
        elif step.name == "calendar_failed" and writing:
            faults.before_write.append(fault("as recorded"))
        elif step.name in ("calendar_failed", "fault", "look_up_failed"):
            faults.on_read.append(fault("as recorded"))
    return faults
