"""Hold the store after a scenario against the end it expects."""

from collections.abc import Mapping, Sequence
from typing import Any

from handfest.model.booking import Booking
from handfest.model.call import Call
from handfest.model.slot import Occupied
from handfest.model.turn import TurnRecord
from handfest.ports import Transaction
from handfest.testing.scenario import Scenario
from handfest.testing.scenario_compare import differing, rows_differing
from handfest.testing.scenario_stage import Stage

AROUND_DAYS = 800
"""How far around the end of a scenario claims are looked for: further than any horizon."""


async def end_differences(scenario: Scenario, stage: Stage) -> list[str]:
    """Every way in which the store does not hold what the scenario expects; alarms are always compared."""
    end = scenario.end
    found: list[str] = []
    if "bookings" in end:
        rows = [booking_row(one) for one in await all_bookings(scenario, stage)]
        found += rows_differing("bookings", end["bookings"], rows)
    taken = await _taken(stage)
    if "holds" in end:
        holds = {row.owner for row in taken if row.kind == "hold"}
        found += (
            [] if len(holds) == end["holds"] else [f"live holds {sorted(holds)}, expected {end['holds']}"]
        )
    if "appointments" in end:
        live = len({row.owner for row in taken if row.kind == "booking"})
        live = len(stage.calendar.booked()) if stage.calendar is not None else live
        found += (
            [] if live == end["appointments"] else [f"{live} appointments, expected {end['appointments']}"]
        )
    if "callbacks" in end:
        found += rows_differing("callbacks", end["callbacks"], await _callbacks(stage))
    for expected in end.get("calls", ()):
        found += await _call(scenario, stage, expected)
    for expected in end.get("trace", ()):
        found += await _trace(scenario, stage, expected)
    alarms = [code for code, _facts in stage.alarms.alarms]
    if alarms != list(end.get("alarms", ())):
        found.append(f"alarms {stage.alarms.alarms}, expected {list(end.get('alarms', ()))}")
    return [f"end: {difference}" for difference in found]


async def all_bookings(scenario: Scenario, stage: Stage) -> tuple[Booking, ...]:
    """The bookings of all calls of the scenario in all businesses, in the order of their ids."""

    def work(tx: Transaction) -> tuple[Booking, ...]:
        return tuple(
            booking
            for business_id in tx.businesses()
            for party in scenario.parties.values()
            for booking in tx.bookings_of_call(business_id, party.call_id)
        )

    found = await stage.house.store.read(work)
    return tuple(sorted(found, key=lambda booking: (booking.made_at, len(booking.id), booking.id)))


def booking_row(booking: Booking) -> dict[str, Any]:
    """A booking in the plain fields that scenarios name."""
    return {
        "business": booking.business_id,
        "call": booking.call_id.removeprefix("call_").lstrip("0"),
        "offer": booking.offer_id,
        "service_id": booking.service_id,
        "binding": booking.binding,
        "start": booking.local_start.format_iso().split("[")[0],
        "duration_min": booking.duration_min,
        "staff_id": booking.staff_id,
        "branch": booking.branch_id,
        "state": booking.state.value,
        "refusal": booking.refusal,
        "caller": booking.caller_number,
        "name": booking.customer.name,
        "phone": booking.customer.phone,
        "email": booking.customer.email,
        "replaces": booking.replaces is not None,
        "catalogue_price": booking.price,
    }


async def _taken(stage: Stage) -> tuple[Occupied, ...]:
    now = stage.clock.now()
    first, last = now.subtract(hours=24 * AROUND_DAYS), now.add(hours=24 * AROUND_DAYS)

    def work(tx: Transaction) -> tuple[Occupied, ...]:
        return tuple(row for one in tx.businesses() for row in tx.taken(one, first, last, now))

    return await stage.house.store.read(work)


async def _callbacks(stage: Stage) -> Sequence[Mapping[str, Any]]:
    rows = await stage.house.store.read(
        lambda tx: tuple(row for one in tx.businesses() for row in tx.callbacks(one))
    )
    return [
        {"business": row.business_id, "name": row.name, "phone": row.phone, "service_id": row.service_id}
        for row in rows
    ]


async def _call(scenario: Scenario, stage: Stage, expected: Mapping[str, Any]) -> list[str]:
    key = expected["call"]
    calls = await _rows_of_call(scenario, stage, key)
    if expected.get("missing"):
        return [f"call {key} is in the store"] if calls else []
    if len(calls) != 1:
        return [f"call {key} is kept {len(calls)} times, expected once"]
    call = calls[0]
    row = {
        "call": key,
        "business": call.business_id,
        "branch": call.branch_id,
        "outcome": call.outcome,
        "pin": call.pin.service_id if call.pin else None,
        "pin_reason": call.pin.reason if call.pin else None,
        "turns": call.turns,
        "ended": call.ended_at is not None,
        "caller": call.caller_number,
        "agent_version": call.agent_version,
    }
    return [f"call {key}: {difference}" for difference in differing(expected, row)]


async def _rows_of_call(scenario: Scenario, stage: Stage, key: str) -> list[Call]:
    call_id = scenario.parties[key].call_id
    return await stage.house.store.read(
        lambda tx: [call for one in tx.businesses() if (call := tx.call(one, call_id)) is not None]
    )


async def _trace(scenario: Scenario, stage: Stage, expected: Mapping[str, Any]) -> list[str]:
    """One step with these facts is in the trace of the call, in the turn given or in any."""
    call_id = scenario.parties[expected.get("call", "1")].call_id
    turns: tuple[TurnRecord, ...] = await stage.house.store.read(
        lambda tx: tuple(turn for one in tx.businesses() for turn in tx.turns(one, call_id))
    )
    wanted = {key: value for key, value in expected.items() if key not in ("call", "turn", "step")}
    steps = [
        step
        for turn in turns
        if expected.get("turn") in (None, turn.number)
        for step in turn.steps
        if step.name == expected["step"]
    ]
    if any(not differing(wanted, step.facts) for step in steps):
        return []
    return [f"no step {dict(expected)} in the trace; there are {[(step.name, step.facts) for step in steps]}"]
