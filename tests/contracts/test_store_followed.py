"""The Store contract, followed calendars: due when it is time, and read by one worker at a time."""

import asyncio
from dataclasses import replace

from contracts.samples import BUSINESS, NOW, OTHER, busy, followed

LATER = NOW.add(hours=1)


async def test_what_is_followed_comes_back_as_it_was_kept(store):
    rows = [followed(number=2, titles=True, etag='"x"'), followed(number=1), followed(OTHER)]
    await store.write(lambda tx: [tx.save_followed(row) for row in rows])
    failed = rows[1].failed("the feed's server answers 503", LATER)
    await store.write(lambda tx: tx.save_followed(failed))
    assert await store.read(lambda tx: tx.followed_calendars(BUSINESS)) == (failed, rows[0])
    assert await store.read(lambda tx: tx.followed(BUSINESS, "ics:anna:2")) == rows[0]
    assert await store.write(lambda tx: tx.drop_followed(BUSINESS, "ics:anna:2"))
    assert not await store.write(lambda tx: tx.drop_followed(BUSINESS, "ics:anna:2"))
    assert await store.read(lambda tx: tx.followed_calendars(BUSINESS)) == (failed,)


async def test_due_is_what_s_time_has_come_in_all_businesses(store):
    rows = [followed(number=2), followed(OTHER, number=1), followed(number=9)]
    await store.write(lambda tx: [tx.save_followed(row) for row in rows])
    now = NOW.add(seconds=2)
    assert await store.read(lambda tx: tx.due_followed(now, 99)) == (rows[1], rows[0])
    assert await store.read(lambda tx: tx.due_followed(now, 1)) == (rows[1],)


async def test_one_worker_takes_a_calendar_until_its_lease_is_over(store):
    await store.write(lambda tx: tx.save_followed(followed()))
    until = LATER.add(minutes=2)

    async def take(now=LATER):
        return await store.write(lambda tx: tx.take_followed(followed(), now, until))

    taken = [one for one in await asyncio.gather(*(take() for _ in range(6))) if one is not None]
    assert taken == [replace(followed(), due_at=until)]
    assert await take(until.subtract(seconds=1)) is None
    assert await take(until) is not None
    await store.write(lambda tx: tx.drop_followed(BUSINESS, followed().id))
    assert await take(until.add(hours=1)) is None


async def test_replacing_keeps_what_is_there_already_and_changes_what_differs(store):
    first = [replace(busy(BUSINESS, name), source="ics:anna:1") for name in ("a", "b")]
    moved = replace(first[1], end=first[1].end.add(minutes=5))
    other = busy(BUSINESS, "manual")
    day = (first[0].start.subtract(hours=1), first[0].end.add(hours=1))

    def again(tx, rows):
        return tx.replace_busy(BUSINESS, "ics:anna:1", rows)

    await store.write(lambda tx: tx.add_busy(other))
    assert await store.write(lambda tx: again(tx, first)) == 0
    assert await store.write(lambda tx: again(tx, [first[0], moved])) == 2
    assert set(await store.read(lambda tx: tx.busy(BUSINESS, *day))) == {first[0], moved, other}
    in_the_way = await store.read(lambda tx: tx.taken(BUSINESS, *day, NOW))
    assert {one.owner for one in in_the_way} == {"busy:a", "busy:b", "busy:manual"}
    assert await store.write(lambda tx: again(tx, ())) == 2
    assert await store.read(lambda tx: tx.busy(BUSINESS, *day)) == (other,)
    assert [one.owner for one in await store.read(lambda tx: tx.taken(BUSINESS, *day, NOW))] == [
        "busy:manual"
    ]
