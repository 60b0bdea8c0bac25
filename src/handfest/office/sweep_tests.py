"""Sweep tests: appointments that test calls have left are cancelled, so that nobody waits for them."""

from whenever import Instant

from handfest.model.actor import COMMAND_LINE, Actor, Scope
from handfest.model.booking import Booking, BookingState
from handfest.model.call_filter import CallFilter, mark
from handfest.office.change_booking import cancel_booking
from handfest.office.digest_calls import AT_ONCE, digest_calls
from handfest.office.objection import Objection
from handfest.office.office import Office, enter
from handfest.ports import Transaction

KEPT_MINUTES = 30
"""So long a test appointment is left to be looked at before it is swept by itself."""
LOOKED_BACK_HOURS = 48
CALLS_MAX = 500
SWEEPER = Actor("handfest", "handfest", everywhere=COMMAND_LINE.everywhere)
"""Who sweeps by itself."""


async def sweep_tests(
    office: Office, actor: Actor, business_id: str, made_before: Instant | None = None
) -> int | Objection:
    """Cancel the test appointments still to come that were made before this moment; how many were. Raises Fault."""
    entered = await enter(office, actor, Scope.DESK, business_id)
    if isinstance(entered, Objection):
        return entered
    await digest_calls(office, business_id, AT_ONCE)
    now = office.clock.now()
    before = made_before or now.add(seconds=1)

    def work(tx: Transaction) -> list[Booking]:
        tests = CallFilter(frozenset({mark("test", "yes")}), now.subtract(hours=LOOKED_BACK_HOURS), None)
        calls = tx.calls_found(business_id, tests, CALLS_MAX)
        return [row for call in calls for row in tx.bookings_of_call(business_id, call.id)]

    swept = 0
    for booking in await office.store.read(work):
        standing = booking.state is BookingState.BOOKED and booking.start > now
        if booking.test and standing and booking.made_at < before:
            done = await cancel_booking(office, actor, business_id, booking.id, "test")
            swept += isinstance(done, Booking)
    return swept
