"""The Store contract, the desk: pauses, the draft, callbacks page by page, bookings found by name or number."""

from dataclasses import replace

import pytest

from contracts.samples import BUSINESS, NINE, NOW, booking, callback, catalogue_draft, pause
from handfest.model.booking import Customer
from handfest.model.page import Position
from handfest.model.search_text import searched_words


async def test_a_line_is_paused_until_the_pause_is_dropped(store):
    await store.write(lambda tx: [tx.save_pause(pause(number=number)) for number in (2, 1)])
    assert await store.read(lambda tx: tx.pause(BUSINESS, "retell", "+49301")) == pause()
    assert await store.read(lambda tx: tx.pause(BUSINESS, "vapi", "+49301")) is None
    assert await store.read(lambda tx: tx.pauses(BUSINESS)) == (pause(number=1), pause(number=2))
    assert await store.write(lambda tx: tx.drop_pause(BUSINESS, "retell", "+49301"))
    assert not await store.write(lambda tx: tx.drop_pause(BUSINESS, "retell", "+49301"))
    assert await store.read(lambda tx: tx.pauses(BUSINESS)) == (pause(number=2),)


async def test_a_business_has_one_draft(store):
    assert await store.read(lambda tx: tx.draft(BUSINESS)) is None
    await store.write(lambda tx: [tx.save_draft(catalogue_draft(number=number)) for number in (1, 2)])
    assert await store.read(lambda tx: tx.draft(BUSINESS)) == catalogue_draft(number=2)
    assert await store.write(lambda tx: tx.drop_draft(BUSINESS))
    assert not await store.write(lambda tx: tx.drop_draft(BUSINESS))
    assert await store.read(lambda tx: tx.draft(BUSINESS)) is None


async def test_callbacks_page_by_page_and_those_still_open(store):
    rows = [callback(number=number) for number in range(1, 5)]
    rows[1] = rows[1].close("user:1", NOW, "erreicht")
    await store.write(lambda tx: [tx.add_callback(row) for row in rows])
    first = await store.read(lambda tx: tx.callbacks_found(BUSINESS, 2))
    assert first == (rows[3], rows[2])
    after = Position(first[-1].made_at, first[-1].id)
    assert await store.read(lambda tx: tx.callbacks_found(BUSINESS, 2, after)) == (rows[1], rows[0])
    assert await store.read(lambda tx: tx.callbacks_found(BUSINESS, 9, still_open=True)) == (
        rows[3],
        rows[2],
        rows[0],
    )
    assert await store.read(lambda tx: tx.callback(BUSINESS, "cb_2")) == rows[1]
    assert await store.read(lambda tx: tx.callback(BUSINESS, "cb_9")) is None


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Müller", ["bk_2"]),
        ("MUELLER", ["bk_2"]),
        ("anne-marie müll", ["bk_2"]),
        ("beispiel", ["bk_3", "bk_1"]),
        ("beispiel erika", ["bk_1"]),
        ("030 23125 099", ["bk_3"]),
        ("+49 30 23125077", ["bk_2", "bk_1"]),
        ("100%", []),
        ("niemand", []),
    ],
)
async def test_bookings_are_found_by_name_or_number(store, asked, found):
    customers = (
        Customer("Erika Beispiel", "+493023125077"),
        Customer("Anne-Marie Müller"),
        Customer("Zoé Beispiel", "+49 30 23125-099"),
    )
    for number, customer in enumerate(customers, 1):
        number_of_caller = None if number == 3 else "+493023125077"
        row = booking(number=number, customer=customer, caller_number=number_of_caller)
        row = replace(row, start=NINE.add(hours=number))
        await store.write(lambda tx, row=row: tx.save_booking(row))
    words = searched_words(asked)
    rows = await store.read(lambda tx: tx.bookings_found(BUSINESS, words, 99))
    assert [row.id for row in rows] == found


async def test_found_bookings_come_page_by_page(store):
    rows = [replace(booking(number=number), start=NINE) for number in range(1, 6)]
    await store.write(lambda tx: [tx.save_booking(row) for row in rows])
    seen, after = [], None
    while page := await store.read(lambda tx, after=after: tx.bookings_found(BUSINESS, ["erika"], 2, after)):
        seen += [row.id for row in page]
        after = Position(page[-1].start, page[-1].id)
    assert seen == ["bk_5", "bk_4", "bk_3", "bk_2", "bk_1"]


async def test_signs_of_patterns_stand_for_themselves(store):
    await store.write(lambda tx: tx.save_booking(booking()))
    for word in ("%", "_", "\\", "e%a"):
        assert await store.read(lambda tx, word=word: tx.bookings_found(BUSINESS, [word], 9)) == ()
