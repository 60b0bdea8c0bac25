"""B94: a cancellation that a crash cuts off is finished, whichever of its two steps it had reached."""

from pathlib import Path

import pytest
from whenever import Instant

from handfest.booking.reconcile import reconcile
from handfest.catalogue.version import apply_business
from handfest.model.booking import BookingState
from handfest.ports import LineRecord
from handfest.settings import Settings
from handfest.storage.memory import MemoryStore
from handfest.testing.clock import FixedClock
from handfest.testing.ids import CountedIds
from handfest.testing.phone import Phone
from handfest.testing.sinks import KeptAlarms, KeptTurns
from handfest.wiring import build

ASKPRO = Path(__file__).parents[2] / "examples" / "askpro.toml"
LINE = LineRecord("retell", "+493023125001", "agent_askpro", "ASKPRO_RETELL_KEY", "askpro", None)


@pytest.mark.parametrize("calendar_reached", [False, True], ids=["before the calendar", "after the calendar"])
async def test_b94_a_cut_off_cancellation_is_finished(calendar_reached: bool) -> None:
    clock = FixedClock(Instant.parse_iso("2025-10-21T10:00:00+02:00"))
    house = build(
        Settings(database="memory:"),
        store=MemoryStore(),
        clock=clock,
        ids=CountedIds(),
        sink=KeptTurns(),
        notifier=KeptAlarms(),
    )
    await apply_business(house.store, clock, ASKPRO.read_text(encoding="utf-8"))
    phone = Phone(house.desk, LINE, "call_0000000000000000000000cutoff", "+493023125077")
    await phone.call("check_availability", service="Beratung", when="morgen um elf")
    assert (await phone.call("book_appointment", offer="A1", name="Erika Beispiel")).code == "booked"

    (booking,) = await house.store.read(lambda tx: tx.bookings_of_call("askpro", phone.call_id))
    begun = booking.begin_cancelling(clock.now().add(seconds=30))
    await house.store.write(lambda tx: tx.save_booking(begun))
    catalogue = await house.store.read(lambda tx: tx.catalogue("askpro"))
    assert catalogue is not None
    calendar = house.calendars.of(house.shelf.compiled(catalogue, None).catalogue)
    if calendar_reached:
        await calendar.cancel(booking)

    async def round_() -> tuple[str, ...]:
        return (await reconcile(house.store, house.calendars, house.shelf, clock, house.notifier)).cancelled

    assert await round_() == ()
    clock.advance(31)
    assert await round_() == (booking.id,)
    (settled,) = await house.store.read(lambda tx: tx.bookings_of_call("askpro", phone.call_id))
    assert (settled.state, settled.cancelling) == (BookingState.CANCELLED, False)
    assert await calendar.find(settled) is None
    assert await round_() == ()
