"""The Store contract, transactions: all of a `work` or nothing of it, durable when `write` returns."""

import asyncio
import threading
from contextlib import suppress

import pytest

from contracts.samples import (
    BUSINESS,
    NINE,
    NOW,
    booking,
    busy,
    call,
    callback,
    claim,
    event,
    line,
    offer,
    turn,
)
from handfest.errors import StoreUnavailable
from handfest.storage.opening import open_store


def write_everything(tx):
    """One of each."""
    tx.add_catalogue(BUSINESS, "a = 1", [line()], NOW)
    tx.save_call(call())
    tx.add_turn(turn(key="id:1"))
    tx.save_offer(offer())
    tx.add_callback(callback())
    tx.save_booking(booking())
    tx.save_event(event())
    tx.add_busy(busy(start=NINE.add(hours=5)))
    tx.claim(BUSINESS, claim("event:ev_bk_1"), NOW)
    tx.first_sight(BUSINESS, "call_ended:1", NOW)


def read_everything(tx):
    """All of it as one value."""
    return (
        tx.catalogues(BUSINESS),
        tx.lines("retell"),
        tx.calls(None, 9),
        tx.turns(BUSINESS, "call_1"),
        tx.offers(BUSINESS, "call_1"),
        tx.callbacks(BUSINESS),
        tx.bookings_of_call(BUSINESS, "call_1"),
        tx.event(BUSINESS, "ev_bk_1"),
        tx.busy(BUSINESS, NINE, NINE.add(hours=9)),
        tx.taken(BUSINESS, NINE, NINE.add(hours=9), NOW),
    )


class TestTransactions:
    async def test_a_version_that_was_never_kept_is_never_read_again(self, store):
        read: list[str] = []

        def broken(tx):
            tx.add_catalogue(BUSINESS, "never = 1", [line()], NOW)
            read.append(tx.catalogue(BUSINESS).source)
            raise KeyError("a defect")

        with pytest.raises(KeyError):
            await store.write(broken)
        assert read == ["never = 1"]
        assert await store.read(lambda tx: tx.catalogue(BUSINESS)) is None
        await store.write(lambda tx: tx.add_catalogue(BUSINESS, "kept = 1", [line()], NOW))
        for _ in range(2):
            assert (await store.read(lambda tx: tx.catalogue(BUSINESS))).source == "kept = 1"

    @pytest.mark.parametrize("failure", [LookupError("no"), KeyError(1), AssertionError("never")])
    async def test_nothing_is_kept_when_the_work_raises_and_the_failure_comes_out(self, store, failure):
        before = await store.read(read_everything)

        def work(tx):
            write_everything(tx)
            raise failure

        with pytest.raises(type(failure)) as caught:
            await store.write(work)
        assert caught.value is failure
        assert await store.read(read_everything) == before
        assert await store.write(lambda tx: tx.first_sight(BUSINESS, "call_ended:1", NOW))

    async def test_a_failure_leaves_what_was_there_before_as_it_was(self, store):
        await store.write(write_everything)
        before = await store.read(read_everything)

        def work(tx):
            tx.release(BUSINESS, "event:ev_bk_1")
            tx.claim(BUSINESS, claim("thief"), NOW)
            tx.remove_busy(BUSINESS, "absence_1")
            tx.add_catalogue(BUSINESS, "b = 2", [], NOW)
            raise LookupError

        with pytest.raises(LookupError):
            await store.write(work)
        assert await store.read(read_everything) == before

    async def test_the_neighbours_of_a_failing_work_are_kept(self, store):
        def failing(tx):
            tx.save_call(call(call_id="lost"))
            raise LookupError

        works = [
            lambda tx, number=number: (
                tx.save_call(call(call_id=f"call_{number}")) if number % 3 else failing(tx)
            )
            for number in range(30)
        ]
        done = await asyncio.gather(*(store.write(work) for work in works), return_exceptions=True)
        assert [isinstance(one, LookupError) for one in done] == [number % 3 == 0 for number in range(30)]
        assert {one.id for one in await store.read(lambda tx: tx.calls(BUSINESS, 99))} == {
            f"call_{number}" for number in range(30) if number % 3
        }

    async def test_a_work_sees_what_it_has_written(self, store):
        def work(tx):
            write_everything(tx)
            return read_everything(tx)

        inside = await store.write(work)
        assert inside == await store.read(read_everything)
        assert all(inside)

    async def test_what_the_work_returns_comes_back(self, store):
        assert await store.write(lambda tx: ("a", 1)) == ("a", 1)
        assert await store.read(lambda tx: None) is None

    async def test_a_caller_that_gives_up_leaves_whole_transactions(self, store):
        async def give_up():
            with suppress(TimeoutError):
                await asyncio.wait_for(store.write(write_everything), 0)

        await give_up()
        await store.write(lambda tx: None)
        # Whether the work came first or not at all, it is whole.
        calls, bookings = await store.read(
            lambda tx: (tx.calls(BUSINESS, 9), tx.bookings_of_call(BUSINESS, "call_1"))
        )
        assert len(calls) == len(bookings)

    async def test_closing_twice_is_fine(self, store):
        await store.close()
        await store.close()


class TestDatabases:
    @pytest.fixture(params=("sqlite", "postgres"))
    def address(self, request):
        return request.getfixturevalue(f"{request.param}_address")

    async def test_what_write_returned_from_is_seen_by_a_store_opened_anew(self, address):
        first = open_store(address)
        await first.write(write_everything)
        seen_by_first = await first.read(read_everything)
        second = open_store(address)  # the first one is still open: nothing waits for its closing
        try:
            assert await second.read(read_everything) == seen_by_first
            assert not await second.write(lambda tx: tx.claim(BUSINESS, claim("late"), NOW))
        finally:
            await first.close()
            await second.close()

    async def test_one_read_sees_one_state_whatever_is_written_meanwhile(self, address):
        reader, writer = open_store(address), open_store(address)
        await writer.write(lambda tx: tx.save_call(call()))

        def write_elsewhere():
            asyncio.run(open_and_write(address))

        def work(tx):
            before = tx.calls(BUSINESS, 9)
            write_in_thread(write_elsewhere)
            return before, tx.calls(BUSINESS, 9)

        try:
            before, after = await reader.read(work)
            assert before == after == (call(),)
            assert len(await reader.read(lambda tx: tx.calls(BUSINESS, 9))) == 2
        finally:
            await reader.close()
            await writer.close()

    async def test_a_read_cannot_write(self, address):
        store = open_store(address)
        try:
            with pytest.raises(StoreUnavailable):
                await store.read(lambda tx: tx.save_call(call()))
            assert await store.read(lambda tx: tx.calls(None, 9)) == ()
        finally:
            await store.close()

    async def test_a_store_that_is_closed_says_so(self, address):
        store = open_store(address)
        await store.close()
        with pytest.raises(StoreUnavailable):
            await store.write(write_everything)
        with pytest.raises(StoreUnavailable):
            await store.read(read_everything)

    def test_a_caller_whose_loop_is_gone_does_not_stop_the_others(self, address):
        async def give_up(store):
            slow = asyncio.create_task(store.write(lambda tx: held.wait(5)))
            await asyncio.sleep(0.05)
            slow.cancel()

        held = threading.Event()
        store = open_store(address)
        asyncio.run(give_up(store))
        held.set()
        asyncio.run(asyncio.wait_for(store.write(write_everything), 5))
        asyncio.run(store.close())


def write_in_thread(work):
    """Run something in a thread of its own and wait for it."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()


async def open_and_write(address):
    """What another process would do."""
    other = open_store(address)
    await other.write(lambda tx: tx.save_call(call(call_id="call_2")))
    await other.close()
