"""Double: what is owed to a customer whose told appointment collides with another one in the calendar.

Nobody who has heard "booked" loses the appointment without having been spoken to: it stands, and the customer goes
on the list of those to be called back, with the reason.
"""

from hashlib import sha256

from whenever import Instant

from handfest.booking.follow import standing
from handfest.model.booking import Booking, BookingState
from handfest.model.call import Callback
from handfest.ports import Transaction
from handfest.speech.sentences import sentence


def note_double(
    tx: Transaction, business_id: str, intent_id: str, other: str, language: str, now: Instant
) -> Booking | None:
    """Inside one transaction: note the callback for this booking of ours, once for each `other` appointment.

    The booking, or None if it does not stand any more and nothing is owed.
    """
    booking = standing(tx, tx.booking(business_id, intent_id))
    if booking is None or booking.state is not BookingState.BOOKED:
        return None
    local = booking.local_start
    callback = Callback(
        business_id=business_id,
        id="cb_" + sha256(f"double:{booking.id}:{other}".encode()).hexdigest()[:20],
        call_id=booking.call_id,
        made_at=now,
        name=booking.customer.name or None,
        phone=booking.customer.phone or booking.caller_number,
        reason=sentence(language, "office", "double", at=f"{local.date()} {local.hour:02}:{local.minute:02}"),
        service_id=booking.service_id,
    )
    if callback.id not in {row.id for row in tx.callbacks(business_id)}:
        tx.add_callback(callback)
    return booking
