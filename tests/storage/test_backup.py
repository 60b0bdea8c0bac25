"""A backup is whole, is taken while others write, and is never half there."""

import asyncio
from pathlib import Path

import pytest
from whenever import Instant

from handfest.errors import ConfigurationError, SchemaMismatch, StoreUnavailable
from handfest.model.call import Call
from handfest.storage.backup import back_up
from handfest.storage.opening import open_store

NOW = Instant.parse_iso("2026-03-02T09:00:00Z")


def called(number: int) -> Call:
    """A call to keep."""
    return Call("salon", f"call_{number}", "retell", NOW)


async def keep(store, first: int, last: int) -> None:
    """One call after the other, each in a transaction of its own."""
    for number in range(first, last):
        await store.write(lambda tx, number=number: tx.save_call(called(number)))


async def count(store) -> int:
    """How many calls the store has."""
    return len(await store.read(lambda tx: tx.calls("salon", 10_000)))


async def test_the_copy_holds_everything_that_was_durable_and_serves_on(tmp_path: Path) -> None:
    live = open_store(str(tmp_path / "live.sqlite3"))
    await keep(live, 0, 50)
    writing = asyncio.create_task(keep(live, 50, 250))
    await asyncio.to_thread(back_up, str(tmp_path / "live.sqlite3"), tmp_path / "away" / "copy.sqlite3")
    await writing
    await live.close()
    restored = open_store(str(tmp_path / "away" / "copy.sqlite3"))
    there = await count(restored)
    assert 50 <= there <= 250
    await keep(restored, 900, 901)
    assert await count(restored) == there + 1
    await restored.close()
    assert [path.name for path in (tmp_path / "away").iterdir() if "unfinished" in path.name] == []


async def test_a_backup_never_overwrites(tmp_path: Path) -> None:
    await open_store(str(tmp_path / "live.sqlite3")).close()
    there = tmp_path / "copy.sqlite3"
    there.write_text("yesterday's")
    with pytest.raises(ConfigurationError, match="never overwrites"):
        back_up(str(tmp_path / "live.sqlite3"), there)
    assert there.read_text() == "yesterday's"


@pytest.mark.parametrize(
    ("content", "fault", "said"),
    [
        (None, ConfigurationError, "there is no database"),
        (b"", SchemaMismatch, "nothing to back up"),
        (b"not a database" * 200, StoreUnavailable, "cannot be backed up"),
    ],
)
def test_what_is_no_database_of_ours_leaves_no_file(tmp_path: Path, content, fault, said) -> None:
    source, target = tmp_path / "live.sqlite3", tmp_path / "copy.sqlite3"
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(fault, match=said):
        back_up(str(source), target)
    assert sorted(path.name for path in tmp_path.iterdir()) == ([] if content is None else ["live.sqlite3"])


def test_postgresql_is_told_its_own_command(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="pg_dump"):
        back_up("postgresql://desk@db.example/handfest", tmp_path / "copy")
