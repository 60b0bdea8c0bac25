"""What migrations draw from rows that were kept before them, on databases as full as they may be."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from contracts.samples import BUSINESS, NINE, NOW, OTHER, booking, call
from handfest.model.booking import Booking, Customer
from handfest.model.call import Call, Callback
from handfest.storage.codec import encode
from handfest.storage.moments import millis
from handfest.storage.opening import HEAD, migrate, open_store, plain_engine

BEFORE_THE_OFFICE = "0005"
MANY = 1001
"""One more than is read at once."""


@pytest.fixture(params=("sqlite", "postgres"))
def address(request, tmp_path):
    """A database of the time before the office, with nothing in it."""
    where = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    if request.param == "postgres":
        where = request.getfixturevalue("empty_postgres")
    migrate(where, BEFORE_THE_OFFICE)
    return where


def fill(address: str, table: str, rows: list[dict[str, Any]]) -> None:
    columns = ", ".join(f'"{name}"' for name in rows[0])
    values = ", ".join(f":{name}" for name in rows[0])
    engine = plain_engine(address)
    try:
        with engine.begin() as connection:
            connection.execute(text(f'INSERT INTO "{table}" ({columns}) VALUES ({values})'), rows)
    finally:
        engine.dispose()


def old_call(kept: Call) -> dict[str, Any]:
    key = {"business_id": kept.business_id, "id": kept.id}
    return {**key, "started_at": millis(kept.started_at), "outcome": kept.outcome, "body": encode(kept)}


def old_callback(kept: Callback) -> dict[str, Any]:
    key = {"business_id": kept.business_id, "id": kept.id}
    return {**key, "made_at": millis(kept.made_at), "body": encode(kept)}


def old_booking(kept: Booking) -> dict[str, Any]:
    return {
        "business_id": kept.business_id,
        "id": kept.id,
        "call_id": kept.call_id,
        "offer_id": kept.offer_id,
        "caller_number": kept.caller_number,
        "start": millis(kept.start),
        "state": kept.state.value,
        "made_at": millis(kept.made_at),
        "lease_until": millis(kept.lease_until),
        "body": encode(kept),
    }


def read(address: str, work: Any) -> Any:
    async def opened() -> Any:
        store = open_store(address)
        try:
            return await store.read(work)
        finally:
            await store.close()

    return asyncio.run(opened())


def test_calls_that_were_over_are_over_and_all_want_a_digest(address):
    running, over = call(call_id="running"), replace(call(call_id="over"), ended_at=NINE)
    elsewhere = call(OTHER, "elsewhere")
    fill(address, "call", [old_call(one) for one in (running, over, elsewhere)])
    migrate(address, HEAD)
    live, long_ago, waiting = read(
        address,
        lambda tx: (
            tx.live_calls(BUSINESS, NOW),
            tx.live_calls(BUSINESS, NOW.add(seconds=1)),
            tx.undigested_calls(10, BUSINESS),
        ),
    )
    assert live == (running,), "it was last served when it began, as far as anybody knows"
    assert long_ago == ()
    assert {one.id for one in waiting} == {"running", "over"}


def test_callbacks_that_were_made_are_closed(address):
    asked = Callback(BUSINESS, "cb_open", "call_1", NOW, "Erika Beispiel", "+493023125077", None)
    made = replace(asked, id="cb_made").close("maria", NINE, "reached")
    fill(address, "callback", [old_callback(one) for one in (asked, made)])
    migrate(address, HEAD)
    still, every = read(
        address,
        lambda tx: (
            tx.callbacks_found(BUSINESS, 10, still_open=True),
            tx.callbacks_found(BUSINESS, 10),
        ),
    )
    assert still == (asked,)
    assert set(every) == {asked, made}


def test_every_booking_is_found_by_name_number_and_id_also_behind_the_first_portion(address):
    plain = [booking(number=number) for number in range(1, MANY)]
    last = replace(booking(number=MANY), id="bk_z_1001", customer=Customer("Örs Grün", "+49 30 111"))
    fill(address, "booking", [old_booking(one) for one in (*plain, last)])
    migrate(address, HEAD)
    searched = (("gruen",), ("4930111",), ("493023125077", "gruen"), ("bk", "z", "1001"))
    found = read(address, lambda tx: [tx.bookings_found(BUSINESS, words, 5) for words in searched])
    assert found == [(last,)] * len(searched)
    (first,) = read(address, lambda tx: tx.bookings_found(BUSINESS, ("beispiel", "1"), 2000)[-1:])
    assert first == plain[0]
