"""Write letter: put the confirmation of an outcome into the outbox, in the transaction that makes it true.

What is said to the caller about it ("you will get a confirmation") comes from here: nothing is promised that is not
in the outbox (law 5).
"""

from dataclasses import replace

from whenever import Instant

from handfest.model.booking import Booking
from handfest.model.catalogue import Catalogue
from handfest.model.letter import Letter, LetterKind, LetterState, LetterWay
from handfest.model.outcome import Booked, Cancelled, Changed, Outcome
from handfest.ports import Post, Transaction
from handfest.trace.recorder import Recorder

_PROMISED = frozenset({LetterState.WAITING, LetterState.SENT})


def with_letters(
    outcome: Outcome, tx: Transaction, trace: Recorder, post: Post, catalogue: Catalogue, now: Instant
) -> Outcome:
    """The outcome with the ways by which the customer is told of it; the letters are written."""
    match outcome:
        case Booked():
            kind = LetterKind.BOOKED
        case Changed():
            kind = LetterKind.CHANGED
        case Cancelled():
            kind = LetterKind.CANCELLED
        case _:
            return outcome
    told = write_letters(tx, post, catalogue, outcome.booking, kind, now)
    if told:
        trace.step("letter_written", booking=outcome.booking.id, ways=", ".join(sorted(told)))
    return replace(outcome, told=told)


def write_letters(
    tx: Transaction, post: Post, catalogue: Catalogue, booking: Booking, kind: LetterKind, now: Instant
) -> frozenset[LetterWay]:
    """Write what this business sends to this customer about the booking; the ways that may be promised.

    Test bookings, and requests that a provider still has to confirm, are told by nobody. A repeat writes nothing.
    """
    if booking.test or booking.pending:
        return frozenset()
    rows = tx.letters_of_booking(booking.business_id, booking.id)
    known = {one.way: one for one in rows if one.kind is kind}
    promised = {way for way, one in known.items() if one.state in _PROMISED}
    for way in sorted(_ways(post, catalogue, booking) - known.keys()):
        tx.save_letter(Letter(booking.business_id, booking.id, booking.call_id, kind, way, now, now))
        promised.add(way)
    return frozenset(promised)


def _ways(post: Post, catalogue: Catalogue, booking: Booking) -> set[LetterWay]:
    able, customer = post.ways(catalogue), booking.customer
    ways: set[LetterWay] = set()
    if LetterWay.EMAIL in able and customer.email:
        ways.add(LetterWay.EMAIL)
    wanted = catalogue.confirmations.text == "always" or not ways
    if LetterWay.TEXT in able and customer.phone and wanted:
        ways.add(LetterWay.TEXT)
    return ways
