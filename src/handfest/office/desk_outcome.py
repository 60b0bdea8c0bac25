"""What came of something done at the counter, as a booking or an objection."""

from handfest.desk.counter import Done
from handfest.model.booking import Booking
from handfest.office.objection import Objection, ObjectionCode

_NOT_POSSIBLE = {
    "booking_not_found": "the calendar does not have this appointment any more",
    "service_unknown": "this service is not offered any more",
    "offer_expired": "the time is not held any more",
    "customer_incomplete": "the calendar needs more about the customer: a telephone number",
}


def booking_of(done: Done, wanted: str) -> Booking | Objection:
    """The booking, where `wanted` is the code that says it worked."""
    if done.code == wanted and done.booking is not None:
        return done.booking
    return objection_of(done)


def objection_of(done: Done) -> Objection:
    """Why it did not work."""
    if done.code == "slot_taken":
        facts = {"why": done.why, "free": [at.format_iso() for at in done.free]}
        return Objection(ObjectionCode.NOT_FREE, "this time is not free", facts)
    if done.code == "pending":
        facts = {"booking": done.booking.id if done.booking else None}
        return Objection(ObjectionCode.UNSETTLED, "the calendar has not said yet; it is looked up", facts)
    if done.code in _NOT_POSSIBLE:
        return Objection(ObjectionCode.NOT_POSSIBLE, _NOT_POSSIBLE[done.code], {"code": done.code})
    return Objection(ObjectionCode.TRY_LATER, "the calendar does not take this just now", {"code": done.code})
