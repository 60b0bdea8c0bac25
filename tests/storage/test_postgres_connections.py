"""Connections of the PostgreSQL store: those that the server has let go of are replaced, unseen by callers."""

import asyncio

import psycopg
from whenever import Instant

from handfest.storage.postgres import POOL_SIZE, PostgresStore

AT = Instant.from_utc(2026, 11, 3, 9)
_OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def see(key: str):
    """A work that leaves a row."""
    return lambda tx: tx.first_sight("salon", key, AT)


def cut_off(address: str) -> int:
    """End every connection to this database on the server's side; how many there were."""
    with psycopg.connect(address, autocommit=True) as other:
        ended = other.execute(f"SELECT pg_terminate_backend(pid) {_OTHERS}").fetchall()
        while other.execute(f"SELECT count(*) {_OTHERS}").fetchone() != (0,):
            other.execute("SELECT pg_sleep(0.01)")
    return len(ended)


async def test_a_server_that_has_cut_every_connection_is_connected_to_again(postgres_address):
    store = PostgresStore(postgres_address)
    await asyncio.gather(*(store.write(see(f"before {number}")) for number in range(3 * POOL_SIZE)))
    assert cut_off(postgres_address) > 1
    told = await asyncio.gather(*(store.write(see(f"after {number}")) for number in range(3 * POOL_SIZE)))
    assert told == [True] * 3 * POOL_SIZE
    assert cut_off(postgres_address) > 1
    assert await store.read(lambda tx: tx.count_seen("salon", "after 0", "after 9")) > 0
    await store.close()
