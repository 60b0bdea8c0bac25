"""The Store contract, outbox: a letter is there with what it tells of, and one worker at a time has it."""

import asyncio
from dataclasses import replace

import pytest

from contracts.samples import BUSINESS, NOW, OTHER, booking, letter
from handfest.model.letter import LetterKind, LetterState, LetterWay

LATER = NOW.add(hours=1)


async def test_letters_come_back_by_booking_and_by_age(store):
    rows = [
        letter(number=1),
        letter(number=1, way=LetterWay.TEXT),
        letter(number=1, kind=LetterKind.CANCELLED, made_at=NOW.add(seconds=9)),
        letter(number=2),
        letter(OTHER),
    ]
    await store.write(lambda tx: [tx.save_letter(row) for row in reversed(rows)])
    assert await store.read(lambda tx: tx.letters_of_booking(BUSINESS, "bk_1")) == tuple(rows[:3])
    assert await store.read(lambda tx: tx.letters(BUSINESS, 2)) == (rows[2], rows[3])
    assert await store.read(lambda tx: tx.letter(BUSINESS, "bk_1.booked.text")) == rows[1]


async def test_due_is_what_waits_and_whose_time_has_come_in_all_businesses(store):
    rows = [
        letter(number=2, due_at=NOW.add(seconds=1)),
        letter(OTHER, due_at=NOW),
        letter(number=3, due_at=NOW.add(seconds=2)),
        letter(number=4, due_at=NOW, state=LetterState.SENT),
        letter(number=5, due_at=NOW, state=LetterState.GIVEN_UP),
    ]
    await store.write(lambda tx: [tx.save_letter(row) for row in rows])
    now = NOW.add(seconds=1)
    assert await store.read(lambda tx: tx.due_letters(now, 99)) == (rows[1], rows[0])
    assert await store.read(lambda tx: tx.due_letters(now, 1)) == (rows[1],)


async def test_b94_a_letter_is_there_with_its_booking_or_not_at_all(store):
    class Cut(Exception):
        pass

    def cut_off(tx):
        tx.save_booking(booking())
        tx.save_letter(letter())
        raise Cut

    with pytest.raises(Cut):
        await store.write(cut_off)
    assert await store.read(lambda tx: (tx.booking(BUSINESS, "bk_1"), tx.letters(BUSINESS, 9))) == (None, ())


async def test_one_worker_takes_a_letter_until_its_lease_is_over(store):
    await store.write(lambda tx: tx.save_letter(letter()))
    until = LATER.add(minutes=2)

    async def take(now=LATER):
        return await store.write(lambda tx: tx.take_letter(letter(), now, until))

    taken = [one for one in await asyncio.gather(*(take() for _ in range(6))) if one is not None]
    assert taken == [replace(letter(), tries=1, due_at=until)]
    assert await take(until.subtract(seconds=1)) is None
    again = await store.write(lambda tx: tx.take_letter(letter(), until, until.add(minutes=2)))
    assert again.tries == 2


@pytest.mark.parametrize("state", [LetterState.SENT, LetterState.OUTDATED, LetterState.GIVEN_UP])
async def test_what_has_ended_is_never_taken_again(store, state):
    await store.write(lambda tx: tx.save_letter(letter().settle(state, NOW)))
    assert await store.write(lambda tx: tx.take_letter(letter(), LATER, LATER.add(minutes=2))) is None
    assert await store.write(lambda tx: tx.take_letter(letter(number=9), LATER, LATER)) is None
