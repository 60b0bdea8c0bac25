"""The Store contract, calls: calls, turns, offers, callbacks and what was seen before."""

import asyncio
from dataclasses import replace

import pytest

from contracts.samples import BUSINESS, NOW, OTHER, call, callback, offer, transcript, turn
from handfest.errors import Fault
from handfest.model.call import Pin
from handfest.model.offer import OfferState
from handfest.model.wish import TimeWindow


class TestCalls:
    async def test_b64_a_call_is_kept_once_however_often_it_is_saved(self, store):
        pin = Pin("47", "Beratung für Männer", 0.98, "named", "alias", 1)
        later = replace(
            call(), turns=3, pin=pin, options=("32", "47"), wished_window=TimeWindow(540, 720, True)
        )
        await store.write(lambda tx: tx.save_call(call()))
        await store.write(lambda tx: tx.save_call(later))
        assert await store.read(lambda tx: tx.call(BUSINESS, "call_1")) == later
        assert await store.read(lambda tx: tx.calls(BUSINESS, 10)) == (later,)

    async def test_b56_an_unknown_call_is_none_and_never_another_one(self, store):
        await store.write(lambda tx: tx.save_call(call()))
        for placeholder in ("call_2", "", "call_", "None", "current"):
            assert await store.read(lambda tx, asked=placeholder: tx.call(BUSINESS, asked)) is None

    async def test_the_newest_calls_come_first_and_no_more_than_asked_for(self, store):
        def work(tx):
            for minute in (2, 0, 1):
                tx.save_call(call(call_id=f"call_{minute}", started_at=NOW.add(minutes=minute)))
            tx.save_call(call(OTHER, "call_9", NOW.add(minutes=9)))

        await store.write(work)
        mine = await store.read(lambda tx: tx.calls(BUSINESS, 2))
        everybodys = await store.read(lambda tx: tx.calls(None, 3))
        assert [one.id for one in mine] == ["call_2", "call_1"]
        assert [one.id for one in everybodys] == ["call_9", "call_2", "call_1"]

    async def test_calls_that_began_together_keep_one_order(self, store):
        await store.write(lambda tx: [tx.save_call(call(call_id=f"call_{one}")) for one in "bca"])
        assert [one.id for one in await store.read(lambda tx: tx.calls(BUSINESS, 9))] == [
            "call_c",
            "call_b",
            "call_a",
        ]

    async def test_a_locked_call_lets_its_writers_pass_one_by_one(self, store):
        await store.write(lambda tx: tx.save_call(call()))

        def count(tx):
            tx.lock_call(BUSINESS, "call_1")
            found = tx.call(BUSINESS, "call_1")
            tx.save_call(found.next_turn(NOW))

        await asyncio.gather(*(store.write(count) for _ in range(20)))
        assert (await store.read(lambda tx: tx.call(BUSINESS, "call_1"))).turns == 20


class TestTurns:
    async def test_turns_come_back_in_order_and_unchanged(self, store):
        kept = [turn(number=number) for number in (2, 1, 11, 3)]
        await store.write(lambda tx: [tx.add_turn(one) for one in kept])
        assert await store.read(lambda tx: tx.turns(BUSINESS, "call_1")) == tuple(
            sorted(kept, key=lambda one: one.number)
        )
        assert await store.read(lambda tx: tx.last_turn(BUSINESS, "call_1")) == turn(number=11)
        assert await store.read(lambda tx: tx.last_turn(BUSINESS, "call_2")) is None

    async def test_turns_of_the_newest_calls_come_call_by_call(self, store):
        def work(tx):
            for minute in (0, 2, 1):
                tx.save_call(call(call_id=f"call_{minute}", started_at=NOW.add(minutes=minute)))
                for number in (2, 1):
                    tx.add_turn(replace(turn(number=number), call_id=f"call_{minute}"))

        await store.write(work)
        found = await store.read(lambda tx: tx.newest_turns(BUSINESS, 2))
        assert [(one.call_id, one.number) for one in found] == [
            ("call_2", 1),
            ("call_2", 2),
            ("call_1", 1),
            ("call_1", 2),
        ]

    async def test_b36_a_turn_is_found_by_the_key_of_its_invocation(self, store):
        keyed = turn(key="id:tool_1")
        await store.write(lambda tx: [tx.add_turn(keyed), tx.add_turn(turn(number=2))])
        assert await store.read(lambda tx: tx.turn_by_key(BUSINESS, "call_1", "id:tool_1")) == keyed
        assert await store.read(lambda tx: tx.turn_by_key(BUSINESS, "call_1", "id:tool_2")) is None
        assert await store.read(lambda tx: tx.turn_by_key(BUSINESS, "call_2", "id:tool_1")) is None

    async def test_turns_without_a_key_never_collide(self, store):
        await store.write(lambda tx: [tx.add_turn(turn(number=number)) for number in range(1, 4)])
        assert len(await store.read(lambda tx: tx.turns(BUSINESS, "call_1"))) == 3

    @pytest.mark.parametrize("twin", [turn(number=2, key="id:tool_1"), turn(number=1, key="id:tool_2")])
    async def test_b36_no_second_turn_with_the_same_key_or_number(self, store, twin):
        first = turn(number=1, key="id:tool_1")
        await store.write(lambda tx: tx.add_turn(first))
        with pytest.raises(Fault):
            await store.write(lambda tx: tx.add_turn(twin))
        assert await store.read(lambda tx: tx.turns(BUSINESS, "call_1")) == (first,)


class TestOffers:
    async def test_offers_come_back_in_the_order_they_were_made(self, store):
        made = [offer(number=number) for number in range(1, 13)]
        await store.write(lambda tx: [tx.save_offer(one) for one in made])
        assert await store.read(lambda tx: tx.offers(BUSINESS, "call_1")) == tuple(made)

    async def test_an_offer_that_changes_state_keeps_its_place(self, store):
        await store.write(lambda tx: [tx.save_offer(offer(number=number)) for number in (1, 2)])
        voided = offer(number=1).become(OfferState.VOIDED)
        await store.write(lambda tx: tx.save_offer(voided))
        assert await store.read(lambda tx: tx.offers(BUSINESS, "call_1")) == (voided, offer(number=2))

    async def test_other_calls_have_other_offers(self, store):
        await store.write(
            lambda tx: [tx.save_offer(offer()), tx.save_offer(offer(call_id="call_2", price=None))]
        )
        assert await store.read(lambda tx: tx.offers(BUSINESS, "call_2")) == (
            offer(call_id="call_2", price=None),
        )
        assert await store.read(lambda tx: tx.offers(BUSINESS, "call_3")) == ()


class TestCallbacks:
    async def test_the_newest_request_comes_first(self, store):
        await store.write(lambda tx: [tx.add_callback(callback(number=number)) for number in (1, 3, 2)])
        kept = await store.read(lambda tx: tx.callbacks(BUSINESS))
        assert kept == (callback(number=3), callback(number=2), callback(number=1))

    async def test_a_request_that_is_written_again_is_the_same_one(self, store):
        claimed = replace(callback(), claimed_by="Anna Beispiel", closed_at=NOW.add(hours=1))
        await store.write(lambda tx: tx.add_callback(callback()))
        await store.write(lambda tx: tx.add_callback(claimed))
        assert await store.read(lambda tx: tx.callbacks(BUSINESS)) == (claimed,)


class TestFirstSight:
    async def test_a_key_is_new_exactly_once(self, store):
        seen = [await store.write(lambda tx: tx.first_sight(BUSINESS, "call_ended:1", NOW)) for _ in range(3)]
        assert seen == [True, False, False]
        assert await store.write(lambda tx: tx.first_sight(BUSINESS, "call_ended:2", NOW))

    async def test_a_sight_that_was_rolled_back_is_none(self, store):
        def work(tx):
            assert tx.first_sight(BUSINESS, "call_ended:1", NOW)
            raise LookupError("the rest failed")

        with pytest.raises(LookupError):
            await store.write(work)
        assert await store.write(lambda tx: tx.first_sight(BUSINESS, "call_ended:1", NOW))

    async def test_of_many_repeats_at_once_one_is_the_first(self, store):
        at_once = (store.write(lambda tx: tx.first_sight(BUSINESS, "call_ended:1", NOW)) for _ in range(12))
        assert (await asyncio.gather(*at_once)).count(True) == 1


class TestTranscripts:
    async def test_the_last_one_saved_is_kept_word_for_word(self, store):
        later = transcript(final=False, lines=transcript().lines[:1])
        await store.write(lambda tx: tx.save_transcript(transcript()))
        await store.write(lambda tx: tx.save_transcript(later))
        assert await store.read(lambda tx: tx.transcript(BUSINESS, "call_1")) == later
        assert await store.read(lambda tx: tx.transcript(OTHER, "call_1")) is None

    async def test_what_is_over_is_forgotten_and_nothing_else(self, store):
        def work(tx):
            for business, number, minute in ((BUSINESS, 1, 10), (BUSINESS, 2, 20), (OTHER, 1, 10)):
                tx.save_transcript(transcript(business, number, kept_until=NOW.add(minutes=minute)))

        await store.write(work)
        assert await store.write(lambda tx: tx.drop_transcripts(BUSINESS, NOW.add(minutes=10))) == 1
        assert await store.read(lambda tx: tx.transcript(BUSINESS, "call_1")) is None
        assert await store.read(lambda tx: tx.transcript(BUSINESS, "call_2")) is not None
        assert await store.read(lambda tx: tx.transcript(OTHER, "call_1")) is not None
