"""Play a scenario: every step in order, every answer held against what is expected and against the laws."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from whenever import Instant, PlainDateTime

from handfest import errors
from handfest.booking.reconcile import reconcile
from handfest.ports import BusyTime
from handfest.testing.scenario import (
    Advance,
    Apply,
    Ask,
    Busy,
    CalendarTurn,
    CallEvent,
    Exchange,
    Facts,
    Inbound,
    Party,
    Played,
    Reconcile,
    Scenario,
    Step,
    Together,
)
from handfest.testing.scenario_compare import answer_differences, differing
from handfest.testing.scenario_end import end_differences
from handfest.testing.scenario_laws import answer_laws, end_laws
from handfest.testing.scenario_stage import HttpAnswer, Stage, open_stage

_FAULTS = {
    fault.code: fault
    for fault in vars(errors).values()
    if isinstance(fault, type) and issubclass(fault, errors.CalendarFault)
}


async def play(scenario: Scenario, database: str = "memory:") -> Played:
    """Play this scenario on a fresh database and tell what was not as expected."""
    stage = await open_stage(scenario, database)
    player = Player(scenario, stage)
    try:
        for number, step in enumerate(scenario.steps, 1):
            await player.take(number, step)
        player.differences += await end_differences(scenario, stage)
        player.differences += await end_laws(scenario, stage, player.exchanges)
    finally:
        await stage.close()
    return Played(scenario, tuple(player.exchanges), tuple(player.differences))


class Player:
    """Takes the steps of one scenario on its stage."""

    def __init__(self, scenario: Scenario, stage: Stage) -> None:
        self.exchanges: list[Exchange] = []
        self.differences: list[str] = []
        self._scenario = scenario
        self._stage = stage
        self._labelled: dict[str, Exchange] = {}

    async def take(self, number: int, step: Step) -> None:
        """Take one step."""
        match step:
            case Ask():
                await self._ask(number, step)
            case Together():
                await asyncio.gather(*(self._ask(number, ask) for ask in step.asks))
            case Advance():
                self._stage.clock.advance(step.seconds)
            case CallEvent():
                await self._event(number, step)
            case Inbound():
                await self._inbound(number, step)
            case Busy():
                await self._busy(number, step)
            case CalendarTurn():
                await self._calendar(step)
            case Reconcile():
                await self._reconcile(number, step)
            case Apply():
                await self._stage.apply(step.source)

    async def _ask(self, number: int, ask: Ask) -> None:
        if ask.after_seconds:
            self._stage.clock.advance(ask.after_seconds)
        party = self._scenario.parties[ask.call]
        path, body = request_of(ask, party, self._stage.clock.now())
        answer = await self._post(party, path, body, ask.signed_by, ask.signed_seconds_ago)
        exchange = Exchange(number, ask.call, ask.tool, ask.args, answer.status, answer.text, answer.json())
        self.exchanges.append(exchange)
        if ask.label is not None:
            self._labelled[ask.label] = exchange
        found = answer_differences(ask.expect, exchange, self._labelled)
        found += await answer_laws(exchange, self._scenario, self._stage)
        self.differences += [
            f"step {number} {ask.tool} (call {ask.call}): {difference}" for difference in found
        ]

    async def _post(
        self, party: Party, path: str, body: Mapping[str, Any], signed_by: str | None, ago: float = 0.0
    ) -> HttpAnswer:
        raw = json.dumps(body, ensure_ascii=False).encode()
        variable = signed_by if signed_by is not None else self._stage.key_variable(party.line)
        return await self._stage.post(path, raw, variable=variable or None, seconds_ago=ago)

    async def _event(self, number: int, step: CallEvent) -> None:
        party = self._scenario.parties[step.call]
        body = {"event": step.event, "call": call_object(party, self._stage.clock.now())}
        answer = await self._post(party, "/retell/events", body, None)
        if answer.status != 204:
            self.differences.append(f"step {number} {step.event}: status {answer.status}, expected 204")

    async def _inbound(self, number: int, step: Inbound) -> None:
        party = self._scenario.parties[step.call]
        asked = {"agent_id": party.agent, "from_number": party.caller, "to_number": party.line}
        body = {"event": "call_inbound", "call_inbound": asked}
        answer = await self._post(party, "/retell/inbound", body, None)
        inside = (answer.json() or {}).get("call_inbound", {}).get("dynamic_variables", {})
        self.differences += [f"step {number} inbound: {one}" for one in differing(step.expect, inside)]

    async def _busy(self, number: int, step: Busy) -> None:
        zone = self._stage.catalogues[step.business_id].business.time_zone
        start = PlainDateTime.parse_iso(step.start).assume_tz(zone).to_instant()
        busy = BusyTime(
            business_id=step.business_id,
            id=f"busy_{number}",
            resource_id=step.resource_id,
            start=start,
            end=start.add(minutes=step.minutes),
            kind="busy",
        )
        await self._stage.house.store.write(lambda tx: tx.add_busy(busy))

    async def _calendar(self, step: CalendarTurn) -> None:
        calendar = self._stage.calendar
        assert calendar is not None, 'only calendar = "memory" can be told what to do'
        if step.fail is not None:
            getattr(calendar.faults, step.fail).append(_FAULTS[str(step.fault)]("planned by the scenario"))
        if step.answer is not None:
            wrong = dict(step.answer)
            if "start" in wrong:
                wrong["start"] = Instant.parse_iso(wrong["start"])
            calendar.faults.wrong_answers.append(wrong)
        if step.book is not None:
            calendar.book_elsewhere(
                *self._at_provider(step.book), step.book["minutes"], step.book["resource_id"]
            )
        if step.forget is not None:
            calendar.forget(*self._at_provider(step.forget))
        if step.hold is not None:
            calendar.hold(step.hold)
        if step.release:
            calendar.release()
            await self._settled()

    def _at_provider(self, facts: Facts) -> tuple[str, Instant]:
        """The business and the moment of something that happens at the provider, past handfest."""
        business = next(iter(self._stage.catalogues.values())).business
        start = PlainDateTime.parse_iso(facts["start"]).assume_tz(business.time_zone).to_instant()
        return business.id, start

    async def _settled(self) -> None:
        """Wait until what was held up has come to its end."""
        others = [task for task in asyncio.all_tasks() if task.get_name().startswith("turn:")]
        await asyncio.gather(*others)

    async def _reconcile(self, number: int, step: Reconcile) -> None:
        house = self._stage.house
        done = await reconcile(
            house.store, house.calendars, house.shelf, house.clock, house.notifier, house.letters
        )
        counts = {"booked": len(done.booked), "refused": len(done.refused), "open": len(done.open)}
        self.differences += [f"step {number} reconcile: {one}" for one in differing(step.expect, counts)]


def request_of(ask: Ask, party: Party, now: Instant) -> tuple[str, dict[str, Any]]:
    """The path and the body of a tool request in one of the three shapes."""
    call = call_object(party, now)
    entries = [dict(entry) for entry in ask.transcript]
    if ask.tool_call_id is not None:
        invocation = {"role": "tool_call_invocation", "tool_call_id": ask.tool_call_id, "name": ask.tool}
        entries.append({**invocation, "arguments": json.dumps(dict(ask.args))})
    if entries:
        call["transcript_with_tool_calls"] = entries
    call.update(ask.envelope)
    match ask.shape:
        case "wrapped":
            return "/retell/tools", {"name": ask.tool, "args": dict(ask.args), "call": call}
        case "flat":
            return f"/retell/tools/{ask.tool}", {**ask.args, "call": call}
        case "root":
            return f"/retell/tools/{ask.tool}", dict(ask.args)
        case _:
            raise ValueError(f"a body is wrapped, flat or root, not {ask.shape}")


def call_object(party: Party, now: Instant) -> dict[str, Any]:
    """The call as the platform describes it."""
    return {
        "call_id": party.call_id,
        "call_type": "phone_call",
        "agent_id": party.agent,
        "agent_version": party.agent_version,
        "call_status": "ongoing",
        "direction": "inbound",
        "from_number": party.caller,
        "to_number": party.line,
        "start_timestamp": now.timestamp(unit="millisecond"),
    }
