"""Forgetting a caller: what is personal goes, what happened and its figures stay.

Found by a phone number or by one call. A call that is still on the phone and a booking whose outcome is open
are left as they are, because both are about to be written again; whoever asked is told to ask once more.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from whenever import Instant

from handfest.access.deed import Deed
from handfest.model.booking import Booking, BookingState, Customer
from handfest.model.call import Call, Callback
from handfest.model.page import Position
from handfest.model.search_text import digits_of
from handfest.model.turn import TurnRecord
from handfest.ports import Transaction

ERASED = "[erased]"
ON_THE_PHONE_HOURS = 2
_PAGE = 500
_LOCAL_DIGITS = 7
_OPEN = (BookingState.CALLING, BookingState.UNKNOWN)
_WORDS = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Personal:
    """Where the store keeps something of one caller of one business; `number` is None where unknown."""

    business_id: str
    number: str | None
    calls: tuple[Call, ...]
    bookings: tuple[Booking, ...]
    callbacks: tuple[Callback, ...]


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased, by id or number of rows.

    `upcoming` are erased bookings that stand and lie ahead: nobody's name is with them any more. `left` are
    calls and bookings still in motion. `held_elsewhere` are the provider's ids of erased bookings.
    """

    calls: tuple[str, ...]
    turns: int
    transcripts: int
    bookings: tuple[str, ...]
    callbacks: tuple[str, ...]
    upcoming: tuple[str, ...]
    left: tuple[str, ...]
    held_elsewhere: tuple[str, ...]


def personal_of_number(tx: Transaction, business_id: str, number: str) -> Personal:
    """Everything kept of the caller with this number (E.164), and of customers booked with it."""
    calls = tx.calls_from(business_id, number)
    bookings = [*_with_number(tx, business_id, number), *_made_in(tx, calls)]
    ids = {call.id for call in calls}
    callbacks = (
        row
        for row in tx.callbacks(business_id)
        if row.call_id in ids or (row.phone is not None and same_number(row.phone, number))
    )
    return Personal(business_id, number, calls, _each_once(bookings), tuple(callbacks))


def personal_of_call(tx: Transaction, business_id: str, call_id: str) -> Personal | None:
    """Everything kept of the caller of one call, in this call alone; None for a call that is not there."""
    call = tx.call(business_id, call_id)
    if call is None:
        return None
    callbacks = tuple(row for row in tx.callbacks(business_id) if row.call_id == call_id)
    return Personal(
        business_id, call.caller_number, (call,), tx.bookings_of_call(business_id, call_id), callbacks
    )


def erase(tx: Transaction, deed: Deed, personal: Personal) -> Erased:
    """Write over what is personal, and put into the audit log that it was done, without saying whose."""
    on_phone = {call.id for call in personal.calls if _on_the_phone(call, deed.at)}
    calls = tuple(call for call in personal.calls if call.id not in on_phone)
    open_ones = {b.id for b in personal.bookings if b.state in _OPEN or b.call_id in on_phone}
    bookings = tuple(booking for booking in personal.bookings if booking.id not in open_ones)
    callbacks = tuple(row for row in personal.callbacks if row.call_id not in on_phone)
    turns, transcripts = _erase_calls(tx, calls)
    ours = {call.id for call in calls}
    for booking in bookings:
        tx.save_booking(_nameless(booking, personal.number, ours))
    for row in callbacks:
        tx.add_callback(_closed(row, deed))
    erased = Erased(
        calls=tuple(call.id for call in calls),
        turns=turns,
        transcripts=transcripts,
        bookings=tuple(booking.id for booking in bookings),
        callbacks=tuple(row.id for row in callbacks),
        upcoming=tuple(b.id for b in bookings if b.state is BookingState.BOOKED and b.start > deed.at),
        left=(*sorted(on_phone), *sorted(open_ones)),
        held_elsewhere=tuple(b.uid for b in bookings if b.uid is not None),
    )
    _log(tx, deed, personal.business_id, erased)
    return erased


def same_number(one: str, other: str) -> bool:
    """Whether two spellings are one phone number: one of them may lack its country."""
    shorter, longer = sorted((digits_of(one).lstrip("0"), digits_of(other).lstrip("0")), key=len)
    return len(shorter) >= _LOCAL_DIGITS and longer.endswith(shorter)


def _with_number(tx: Transaction, business_id: str, number: str) -> list[Booking]:
    """Bookings whose caller or customer has this number, in all pages of what a search for it finds."""
    wanted, found = digits_of(number)[-_LOCAL_DIGITS:], list(tx.bookings_of_caller(business_id, number))
    after: Position | None = None
    while True:
        page = tx.bookings_found(business_id, [wanted], _PAGE, after)
        found += [b for b in page if b.customer.phone is not None and same_number(b.customer.phone, number)]
        if len(page) < _PAGE:
            return found
        after = Position(page[-1].start, page[-1].id)


def _made_in(tx: Transaction, calls: Iterable[Call]) -> list[Booking]:
    return [booking for call in calls for booking in tx.bookings_of_call(call.business_id, call.id)]


def _each_once(bookings: Sequence[Booking]) -> tuple[Booking, ...]:
    return tuple({booking.id: booking for booking in bookings}.values())


def _on_the_phone(call: Call, now: Instant) -> bool:
    """Whether more of this call may still come in; a call whose end was never told is over after a while."""
    served = call.active_at or call.started_at
    return call.ended_at is None and not call.at_desk and served.add(hours=ON_THE_PHONE_HOURS) > now


def _erase_calls(tx: Transaction, calls: Iterable[Call]) -> tuple[int, int]:
    """The numbers of turns and of transcripts that lost their words."""
    turns = transcripts = 0
    for call in calls:
        tx.lock_call(call.business_id, call.id)
        pin = replace(call.pin, spoken=ERASED) if call.pin is not None else None
        tx.save_call(replace(call, caller_number=None, pin=pin))
        kept = tx.turns(call.business_id, call.id)
        tx.replace_turns(call.business_id, call.id, [_wordless(turn) for turn in kept])
        turns += len(kept)
        transcripts += tx.drop_transcript(call.business_id, call.id)
    return turns, transcripts


def _wordless(turn: TurnRecord) -> TurnRecord:
    """The turn with its codes, moments and figures; what was said in it is gone."""
    steps = tuple(replace(step, facts=_plain(step.facts)) for step in turn.steps)
    return replace(turn, reply=_plain(turn.reply), steps=steps)


def _plain(value: Any) -> Any:
    """The value where every text of more than one word is erased: codes, ids and moments have no spaces."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return ERASED if isinstance(value, str) and _WORDS.search(value) else value


def _nameless(booking: Booking, number: str | None, calls: set[str]) -> Booking:
    """The booking without its customer; the caller's number stays where somebody else had called."""
    theirs = booking.call_id in calls or (number is not None and booking.caller_number == number)
    return replace(
        booking,
        customer=Customer(ERASED),
        caller_number=None if theirs else booking.caller_number,
    )


def _closed(callback: Callback, deed: Deed) -> Callback:
    """The request without who it is from; an open one is closed, because nobody can be called any more."""
    bare = replace(callback, name=None, phone=None, reason=None, wish=None)
    if bare.closed_at is not None:
        return replace(bare, result=ERASED)
    return bare.close(deed.actor.id, deed.at, ERASED)


def _log(tx: Transaction, deed: Deed, business_id: str, erased: Erased) -> None:
    figures = {
        "calls": len(erased.calls),
        "turns": erased.turns,
        "transcripts": erased.transcripts,
        "bookings": len(erased.bookings),
        "callbacks": len(erased.callbacks),
    }
    if any(figures.values()):
        deed.log(tx, [business_id], "personal_data_erased", "caller", {}, figures)
