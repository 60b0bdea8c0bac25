"""Staff act while the appointments live at a provider: its own word counts, and what it does not say stays open."""

from collections.abc import AsyncIterator

import pytest
from whenever import Instant

from handfest.booking.reconcile import reconcile
from handfest.errors import OutcomeUnknown, Unreachable
from handfest.model.booking import Booking, BookingState
from handfest.office.change_booking import cancel_booking, move_booking
from handfest.office.change_hold import drop_hold
from handfest.office.log_change import list_changes
from handfest.office.objection import ObjectionCode
from handfest.testing.scenario_stage import Stage
from retell_house import SALON, house, tool

HALF_PAST_FOUR = Instant.parse_iso("2025-10-22T16:30:00+02:00")


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A salon whose calendar is behind a network."""
    async with house("salon", calendar="memory") as opened:
        yield opened


async def booked(stage: Stage) -> str:
    """The id of an appointment made on the phone."""
    asked = {"service": "Herrenhaarschnitt", "date": "2025-10-22", "time": "14:00", "staff": "Maria"}
    await tool(stage, SALON, "call_1", "check_availability", asked)
    made = await tool(stage, SALON, "call_1", "book_appointment", {"offer": "A1", "name": "Erika Beispiel"})
    return made["booking"]["id"]


async def state_of(stage: Stage, booking_id: str) -> BookingState:
    """What the booking is now."""
    return (await stage.house.store.read(lambda tx: tx.booking("salon", booking_id))).state


async def test_moved_by_the_providers_own_word(stage, maria):
    booking_id = await booked(stage)
    moved = await move_booking(stage.house.office, maria, "salon", booking_id, HALF_PAST_FOUR)
    assert isinstance(moved, Booking), moved
    assert [row.start for row in stage.calendar.booked()] == [HALF_PAST_FOUR]
    assert await state_of(stage, booking_id) is BookingState.CHANGED


async def test_what_the_provider_does_not_say_is_open_in_the_log_and_settled_later(stage, maria):
    booking_id = await booked(stage)
    stage.calendar.faults.after_write.append(OutcomeUnknown("no answer"))
    result = await move_booking(stage.house.office, maria, "salon", booking_id, HALF_PAST_FOUR)
    assert result.code is ObjectionCode.UNSETTLED
    assert await state_of(stage, booking_id) is BookingState.BOOKED
    (line,) = (await list_changes(stage.house.office, maria, "salon")).rows
    assert (line.what, line.after["state"]) == ("booking_moved", "unknown")
    stage.clock.advance(60)
    house_ = stage.house
    await reconcile(house_.store, house_.calendars, house_.shelf, house_.clock, house_.notifier)
    assert await state_of(stage, booking_id) is BookingState.CHANGED
    assert await state_of(stage, result.facts["booking"]) is BookingState.BOOKED


async def test_a_provider_that_cannot_be_reached_changes_nothing(stage, maria):
    booking_id = await booked(stage)
    stage.calendar.faults.before_write.append(Unreachable("down"))
    refused = await cancel_booking(stage.house.office, maria, "salon", booking_id)
    assert (refused.code, refused.facts) == (ObjectionCode.TRY_LATER, {"code": "calendar_unreachable"})
    assert await state_of(stage, booking_id) is BookingState.BOOKED
    assert (await list_changes(stage.house.office, maria, "salon")).rows == ()


async def test_a_held_time_is_taken_from_its_caller_at_a_provider_too(stage, maria):
    asked = {"service": "Herrenhaarschnitt", "date": "2025-10-22", "time": "14:00", "staff": "Maria"}
    await tool(stage, SALON, "call_1", "check_availability", asked)
    await stage.house.desk.finish()
    assert stage.calendar.hidden == {("call_1", "A1")}
    await drop_hold(stage.house.office, maria, "salon", "call_1", "A1")
    offers = await stage.house.store.read(lambda tx: tx.offers("salon", "call_1"))
    assert [offer.state for offer in offers] == ["taken"]
