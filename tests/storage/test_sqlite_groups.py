"""The one writing connection of SQLite: who runs what waits, when others write, and when a caller's loop is gone."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest
from whenever import Instant

from handfest.errors import StoreUnavailable
from handfest.storage.opening import prepare
from handfest.storage.sqlite import SqliteStore

AT = Instant.from_utc(2026, 11, 3, 9)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database that is set up."""
    prepare(str(tmp_path / "groups.sqlite3"))
    return tmp_path / "groups.sqlite3"


def see(key: str):
    """A work that leaves a row."""
    return lambda tx: tx.first_sight("salon", key, AT)


def kept(path: Path) -> set[str]:
    """The rows that anybody else finds in the file."""
    connection = sqlite3.connect(path)
    try:
        return {key for (key,) in connection.execute("SELECT key FROM seen")}
    finally:
        connection.close()


async def _spin() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_the_loop_goes_on_while_another_process_writes(path):
    store, other = SqliteStore(path), sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(store.write(see("mine")))
    await _spin()
    assert not writing.done(), "nobody can write now, and this loop is not what waits"
    other.execute("INSERT INTO seen (business_id, key, at) VALUES ('salon', 'theirs', 0)")
    other.execute("COMMIT")
    assert await writing is True
    assert kept(path) == {"mine", "theirs"}
    other.close()
    await store.close()


async def test_what_waited_on_a_loop_that_is_gone_is_written_all_the_same(path):
    store, other = SqliteStore(path), sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    def caller() -> None:
        loop = asyncio.new_event_loop()
        tasks = [loop.create_task(store.write(see(f"gone {number}"))) for number in range(3)]
        loop.run_until_complete(_spin())
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.close()

    await asyncio.to_thread(caller)
    other.execute("COMMIT")
    await store.write(see("here"))
    assert kept(path) == {"gone 0", "gone 1", "gone 2", "here"}
    other.close()
    await store.close()


async def test_a_loop_that_is_busy_elsewhere_holds_nothing_up(path):
    store, ran = SqliteStore(path), threading.Event()
    first = asyncio.create_task(store.write(see("first")))
    second = asyncio.create_task(store.write(lambda _tx: ran.set()))
    await asyncio.sleep(0)
    assert ran.wait(30), "the thread runs what the loop does not come to"
    await asyncio.gather(first, second)
    await store.close()


async def test_one_that_raises_takes_nothing_with_it_alone_or_among_others(path):
    store = SqliteStore(path)

    def broken(tx):
        tx.first_sight("salon", "half", AT)
        raise KeyError("a defect")

    with pytest.raises(KeyError):
        await store.write(broken)
    works = [see("before"), broken, see("after")]
    told = await asyncio.gather(*(store.write(work) for work in works), return_exceptions=True)
    assert [type(one) for one in told] == [bool, KeyError, bool]
    assert kept(path) == {"before", "after"}
    await store.close()


async def test_closing_finishes_what_was_begun_and_begins_nothing(path):
    store = SqliteStore(path)
    begun = [asyncio.create_task(store.write(see(f"begun {number}"))) for number in range(9)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*begun) == [True] * 9
    assert kept(path) == {f"begun {number}" for number in range(9)}
    with pytest.raises(StoreUnavailable):
        await store.write(see("late"))


def log_number(path: Path) -> int:
    """Which log this is: SQLite counts them, from one that is begun anew to the next."""
    header = path.with_name(f"{path.name}-wal").read_bytes()[:16]
    return int.from_bytes(header[12:16], "big")


async def test_the_log_begins_anew_beside_those_who_write_and_nothing_is_lost(path):
    store = SqliteStore(path)
    await store.write(see("0"))
    first, count = log_number(path), 1
    while log_number(path) == first and count < 2000:
        await store.write(see(str(count)))
        count += 1
    assert log_number(path) > first, "the log only grows"
    assert kept(path) == {str(number) for number in range(count)}
    await store.close()
