"""Several workers on one PostgreSQL: what crosses between processes keeps the same laws as within one."""

import asyncio

import pytest

from handfest.booking.reconcile import reconcile
from handfest.calendars.embedded import EmbeddedCalendar
from handfest.catalogue.compiled import Shelf
from handfest.desk.front_desk import FrontDesk
from handfest.model.booking import BookingState
from handfest.storage.postgres import PostgresStore
from handfest.testing.phone import Phone
from properties.studio import BUSINESS, LINE, check_state, check_words, open_studio

CHECK = {"service": "Gutachten", "date": "2025-10-22", "time": "09:00"}
NAME = "Erika Beispiel"


@pytest.fixture
async def studio(postgres_address):
    """A studio on PostgreSQL; its first worker."""
    store = PostgresStore(postgres_address)
    yield await open_studio(store)
    await store.close()


@pytest.fixture
async def second_desk(studio, postgres_address):
    """The desk of a second worker, with a store of its own and the same ids and clock."""
    store = PostgresStore(postgres_address)
    first = studio.desk
    calendars = type(first.calendars)(EmbeddedCalendar(store, studio.clock))
    yield FrontDesk(store, calendars, first.clock, first.ids, first.sink, first.notifier, Shelf())
    await store.close()


async def test_b36_a_request_repeated_to_another_worker_is_one_booking(studio, second_desk):
    here, there = studio.phone(0), Phone(second_desk, LINE, "call_0", studio.phone(0).caller)
    await here.call("check_availability", invocation="t1", **CHECK)
    twice = await asyncio.gather(
        *(phone.call("book_appointment", invocation="t2", offer="A1", name=NAME) for phone in (here, there))
    )
    assert {reply.code for reply in twice} <= {"booked", "pending"}
    for phone in (here, there):
        assert (await phone.call("book_appointment", invocation="t2", offer="A1", name=NAME)).code == "booked"
    assert [booking.state for booking in await studio.bookings()] == [BookingState.BOOKED]
    await check_state(studio)


async def test_b33_b41_callers_on_two_workers_never_share_a_time(studio, second_desk):
    phones = [
        Phone(desk, LINE, f"call_{number}", None)
        for number, desk in enumerate([studio.desk, second_desk] * 6)
    ]
    await asyncio.gather(*(phone.call("check_availability", **CHECK) for phone in phones))
    replies = await asyncio.gather(
        *(phone.call("book_appointment", offer="A1", name=NAME) for phone in phones)
    )
    for reply in replies:
        check_words(reply)
        assert reply.ok, reply
    starts = [reply.data["booking"]["start"] for reply in replies if reply.code == "booked"]
    assert starts
    assert len(set(starts)) == len(starts)
    await check_state(studio)


async def test_turns_events_and_the_reconciler_of_one_call_cross_without_loss(studio, second_desk):
    here, there = studio.phone(0), Phone(second_desk, LINE, "call_0", studio.phone(0).caller)
    await here.call("check_availability", **CHECK)
    await here.call("book_appointment", offer="A1", name=NAME)
    asked = [phone.call("find_appointments") for phone in (here, there) for _ in range(6)]

    async def hang_up(phone):
        studio.clock.advance(1)  # every request came before: the end stands, however they are served
        await phone.hang_up()

    replies = await asyncio.gather(
        *asked, hang_up(here), hang_up(there), *(studio.reconcile() for _ in range(3))
    )
    assert {reply.code for reply in replies[:12]} == {"appointments"}
    call, turns = await studio.store.read(
        lambda tx: (tx.call(BUSINESS, "call_0"), tx.turns(BUSINESS, "call_0"))
    )
    assert [turn.number for turn in turns] == list(range(1, call.turns + 1))
    assert call.ended_at is not None


async def test_two_reconcilers_settle_a_lost_booking_once(studio, second_desk):
    phone = studio.phone(0)
    await phone.call("check_availability", **CHECK)
    await phone.call("book_appointment", offer="A1", name=NAME)
    booking = (await studio.bookings())[0]
    in_doubt = booking.settle(BookingState.UNKNOWN, studio.clock.now())
    await studio.store.write(lambda tx: tx.save_booking(in_doubt))
    rounds = await asyncio.gather(
        *(
            reconcile(desk.store, desk.calendars, desk.shelf, studio.clock, studio.alarms)
            for desk in (studio.desk, second_desk)
        )
    )
    assert sorted(one.booked for one in rounds) in ([(), ("bk_1",)], [("bk_1",), ("bk_1",)])
    assert [one.state for one in await studio.bookings()] == [BookingState.BOOKED]
    await check_state(studio)
