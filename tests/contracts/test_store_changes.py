"""The Store contract, audit log: every change is kept as it was, and a long log is read page by page."""

import pytest

from contracts.samples import BUSINESS, NOW, change
from handfest.errors import StoreFault
from handfest.model.page import Position


async def test_what_is_kept_comes_back_newest_first(store):
    for number in (2, 1, 3):
        await store.write(lambda tx, number=number: tx.add_change(change(number=number)))
    assert await store.read(lambda tx: tx.changes(BUSINESS, 99)) == tuple(change(number=n) for n in (3, 2, 1))
    assert await store.read(lambda tx: tx.changes(BUSINESS, 2)) == (change(number=3), change(number=2))


async def test_of_one_subject_only(store):
    again = change(number=9, subject="bk_1", what="booking_moved")
    await store.write(lambda tx: [tx.add_change(one) for one in (change(number=1), change(number=2), again)])
    assert await store.read(lambda tx: tx.changes(BUSINESS, 99, subject="bk_1")) == (again, change(number=1))


async def test_pages_neither_repeat_nor_leave_out_what_happened_in_the_same_millisecond(store):
    rows = [change(number=number, at=NOW) for number in range(1, 8)]
    await store.write(lambda tx: [tx.add_change(row) for row in rows])
    seen, after = [], None
    while page := await store.read(lambda tx, after=after: tx.changes(BUSINESS, 3, after)):
        seen += page
        after = Position(page[-1].at, page[-1].id)
        newer = change(number=50 + len(seen), at=NOW.add(hours=1))
        await store.write(lambda tx, newer=newer: tx.add_change(newer))
    assert seen == rows[::-1]


async def test_a_line_is_never_written_over(store):
    await store.write(lambda tx: tx.add_change(change()))
    with pytest.raises(StoreFault):
        await store.write(lambda tx: tx.add_change(change(what="something_else")))
    assert await store.read(lambda tx: tx.changes(BUSINESS, 99)) == (change(),)
