"""The Store contract, erasing: forgetting a caller: nothing personal is left, and every figure is."""

from dataclasses import replace

import pytest

from contracts.samples import BUSINESS, NOW, OTHER, booking, call, callback, digest, transcript, turn
from handfest.access.deed import Deed
from handfest.access.erase import ERASED, erase, personal_of_call, personal_of_number, same_number
from handfest.model.actor import COMMAND_LINE
from handfest.model.booking import BookingState, Customer
from handfest.model.call import Pin
from handfest.model.turn import Step
from handfest.testing.ids import CountedIds

NUMBER, STRANGER = "+493023125077", "+493023125099"
SECRETS = ("Erika", "3023125077", "erika@", "Übermorgen", "zwölf", "Rückruf", "meine Frau")
LATER = NOW.add(hours=24 * 60)
OVER = NOW.add(minutes=5)
DEED = Deed(COMMAND_LINE, LATER, CountedIds())


def spoken_turn(business_id, number):
    steps = (Step("heard", 0.0, {"text": "für meine Frau bitte", "tool": "book"}), Step("answered", 1.2))
    return replace(turn(business_id, number, f"id:{number}"), steps=steps)


def fill(tx, business_id):
    """One caller's call with everything that can be kept of it, and a stranger's beside it."""
    pin = Pin("47", "Beratung für meine Frau", 0.9, "named", "alias", 1)
    tx.save_call(replace(call(business_id), pin=pin, ended_at=OVER, turns=2, outcome="booked"))
    for number in (1, 2):
        tx.add_turn(spoken_turn(business_id, number))
    tx.save_transcript(transcript(business_id, 1))
    customer = Customer("Erika Beispiel", NUMBER, "erika@example.com", "Rückruf bitte")
    tx.save_booking(
        replace(booking(business_id, 1), state=BookingState.BOOKED, customer=customer, caller_number=NUMBER)
    )
    tx.add_callback(replace(callback(business_id, 1), phone="030 23125077"))
    tx.save_digest(digest(business_id, 1))
    strange = replace(call(business_id, "call_2"), caller_number=STRANGER, ended_at=OVER)
    tx.save_call(strange)
    other = Customer("Otto Muster", "+493023125099")
    tx.save_booking(
        replace(
            booking(business_id, 2),
            call_id="call_2",
            state=BookingState.BOOKED,
            customer=other,
            caller_number=STRANGER,
        )
    )


def everything(tx, business_id):
    return (
        tx.calls(business_id, 99),
        tx.turns(business_id, "call_1"),
        tx.transcript(business_id, "call_1"),
        tx.bookings_of_call(business_id, "call_1"),
        tx.bookings_of_call(business_id, "call_2"),
        tx.bookings_found(business_id, [], 99),
        tx.callbacks(business_id),
        tx.changes(business_id, 99),
    )


@pytest.fixture
async def erased(store):
    await store.write(lambda tx: [fill(tx, one) for one in (BUSINESS, OTHER)])
    done = await store.write(lambda tx: erase(tx, DEED, personal_of_number(tx, BUSINESS, NUMBER)))
    return store, done


async def test_nothing_of_the_caller_can_be_read_any_more(erased):
    store, done = erased
    seen = repr(await store.read(lambda tx: everything(tx, BUSINESS)))
    assert [secret for secret in SECRETS if secret in seen] == []
    assert (done.calls, done.turns, done.transcripts) == (("call_1",), 2, 1)
    assert (done.bookings, done.callbacks, done.left) == (("bk_1",), ("cb_1",), ())
    assert await store.read(lambda tx: tx.bookings_found(BUSINESS, ["erika"], 9)) == ()
    assert await store.read(lambda tx: tx.bookings_of_caller(BUSINESS, NUMBER)) == ()


async def test_what_happened_and_its_figures_stay(erased):
    store, _done = erased
    kept = await store.read(lambda tx: tx.call(BUSINESS, "call_1"))
    assert (kept.outcome, kept.turns, kept.pin.service_id, kept.pin.spoken) == ("booked", 2, "47", ERASED)
    turns = await store.read(lambda tx: tx.turns(BUSINESS, "call_1"))
    assert [(one.number, one.code, one.took_ms, one.key) for one in turns] == [
        (1, "offered", 1.25, "id:1"),
        (2, "offered", 1.25, "id:2"),
    ]
    assert turns[0].steps[0].facts == {"text": ERASED, "tool": "book"}
    stands = await store.read(lambda tx: tx.booking(BUSINESS, "bk_1"))
    assert (stands.state, stands.start, stands.customer) == (
        BookingState.BOOKED,
        booking().start,
        Customer(ERASED),
    )
    [figures] = await store.read(lambda tx: tx.figures_by_day(BUSINESS, "2025-01-01", "2026-12-31"))
    assert figures.calls == 1


async def test_nobody_else_is_touched_and_the_log_says_no_name(erased):
    store, _done = erased
    strange = await store.read(lambda tx: tx.booking(BUSINESS, "bk_2"))
    assert (strange.customer.name, strange.caller_number) == ("Otto Muster", STRANGER)
    assert (await store.read(lambda tx: tx.call(BUSINESS, "call_2"))).caller_number == STRANGER
    [line] = await store.read(lambda tx: tx.changes(BUSINESS, 9))
    assert (line.what, line.subject) == ("personal_data_erased", "caller")
    assert line.after == {"calls": 1, "turns": 2, "transcripts": 1, "bookings": 1, "callbacks": 1}
    assert await store.read(lambda tx: tx.changes(OTHER, 9)) == ()
    assert "Erika Beispiel" in repr(await store.read(lambda tx: everything(tx, OTHER)))


async def test_erasing_again_finds_nothing(erased):
    store, _done = erased
    again = await store.write(lambda tx: erase(tx, DEED, personal_of_number(tx, BUSINESS, NUMBER)))
    assert (again.calls, again.bookings, again.callbacks, again.turns) == ((), (), (), 0)
    assert len(await store.read(lambda tx: tx.changes(BUSINESS, 9))) == 1


async def test_one_call_alone_is_forgotten_by_its_id(store):
    await store.write(lambda tx: fill(tx, BUSINESS))
    second = replace(call(call_id="call_3"), ended_at=OVER)
    await store.write(lambda tx: tx.save_call(second))
    done = await store.write(lambda tx: erase(tx, DEED, personal_of_call(tx, BUSINESS, "call_1")))
    assert (done.calls, done.bookings) == (("call_1",), ("bk_1",))
    assert (await store.read(lambda tx: tx.call(BUSINESS, "call_3"))).caller_number == NUMBER
    assert await store.read(lambda tx: personal_of_call(tx, BUSINESS, "call_9")) is None
    assert await store.read(lambda tx: personal_of_call(tx, OTHER, "call_1")) is None


async def test_what_is_not_over_yet_is_left_and_named(store):
    soon = replace(DEED, at=NOW.add(minutes=3))
    await store.write(lambda tx: tx.save_call(call()))
    await store.write(lambda tx: tx.save_call(replace(call(call_id="call_2"), ended_at=OVER)))
    await store.write(lambda tx: tx.save_booking(replace(booking(), call_id="call_2")))
    done = await store.write(lambda tx: erase(tx, soon, personal_of_number(tx, BUSINESS, NUMBER)))
    assert (done.calls, done.left) == (("call_2",), ("call_1", "bk_1"))
    assert (await store.read(lambda tx: tx.call(BUSINESS, "call_1"))).caller_number == NUMBER
    assert (await store.read(lambda tx: tx.booking(BUSINESS, "bk_1"))).customer == booking().customer


async def test_a_booking_for_the_number_by_somebody_else_keeps_who_called(store):
    theirs = replace(
        booking(),
        state=BookingState.BOOKED,
        customer=Customer("Erika Beispiel", "030 23125077"),
        caller_number=STRANGER,
        call_id="call_2",
    )
    await store.write(lambda tx: tx.save_booking(theirs))
    done = await store.write(lambda tx: erase(tx, DEED, personal_of_number(tx, BUSINESS, NUMBER)))
    kept = await store.read(lambda tx: tx.booking(BUSINESS, "bk_1"))
    assert (done.bookings, kept.customer.name, kept.caller_number) == (("bk_1",), ERASED, STRANGER)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+493023125077", "030 23125077", True),
        ("+493023125077", "0049 30 23125077", True),
        ("+493023125077", "+493023125078", False),
        ("+493023125077", "125077", False),
        ("+493023125077", "", False),
    ],
)
def test_a_number_is_the_same_with_and_without_its_country(one, other, same):
    assert same_number(one, other) is same
