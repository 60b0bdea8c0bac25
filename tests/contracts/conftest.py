"""The implementations that the contract suites run on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handfest.ports import Store
from handfest.storage.memory import MemoryStore
from handfest.storage.postgres import PostgresStore
from handfest.storage.sqlite import SqliteStore


@pytest.fixture(params=("memory", "sqlite", "postgres"))
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """Each implementation of the Store port, empty."""
    opened = open_empty(request)
    yield opened
    await opened.close()


def open_empty(request: pytest.FixtureRequest) -> Store:
    """An empty store of the kind that the test asks for."""
    if request.param == "memory":
        return MemoryStore()
    if request.param == "postgres":
        return PostgresStore(request.getfixturevalue("postgres_address"))
    return SqliteStore(Path(request.getfixturevalue("sqlite_address")))
