"""Watchers are told after the answer: in order, all of them, and whatever one of them does."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from diagnosis.recorded import turn
from handfest.diagnosis.watch.afterwards import Afterwards
from handfest.errors import StoreUnavailable
from handfest.model.turn import TurnRecord
from handfest.settings import Settings
from handfest.testing.sinks import KeptAlarms, KeptTurns
from handfest.wiring import build


class Watcher:
    """A sink that says when it has seen as many turns as it waits for, and breaks at one of them."""

    def __init__(self, *, until: int, breaks_at: int | None = None) -> None:
        self.turns: list[TurnRecord] = []
        self.seen_all = asyncio.Event()
        self._until, self._breaks_at = until, breaks_at

    def turn(self, record: TurnRecord) -> None:
        self.turns.append(record)
        if len(self.turns) == self._until:
            self.seen_all.set()
        if len(self.turns) == self._breaks_at:
            raise RuntimeError("the disk of the log is full")


async def test_a_turn_is_told_later_and_in_order():
    watcher = Watcher(until=3)
    afterwards = Afterwards(watcher)
    records = [turn(number) for number in (1, 2, 3)]
    for record in records:
        afterwards.turn(record)
    assert watcher.turns == []
    await watcher.seen_all.wait()
    assert watcher.turns == records


async def test_at_the_end_of_the_house_nothing_is_left_untold():
    kept = KeptTurns()
    afterwards = Afterwards(kept)
    record = turn(1)
    afterwards.turn(record)
    afterwards.tell()
    assert kept.turns == [record]


async def test_a_watcher_that_breaks_harms_no_turn_and_no_other_record(caplog: pytest.LogCaptureFixture):
    watcher = Watcher(until=3, breaks_at=2)
    afterwards = Afterwards(watcher)
    for number in (1, 2, 3):
        afterwards.turn(turn(number))
    await watcher.seen_all.wait()
    assert [record.number for record in watcher.turns] == [1, 2, 3]
    assert "the disk of the log is full" in caplog.text


class BrokenAtTheEnd(Afterwards):
    """Whoever watches is gone when the house tells what still waits."""

    def tell(self) -> None:
        raise RuntimeError("the disk of the log is full")


async def test_a_watcher_that_breaks_at_the_end_keeps_no_file_open(tmp_path: Path):
    built = build(Settings(database=str(tmp_path / "test.sqlite3")), notifier=KeptAlarms())
    house = replace(built, afterwards=BrokenAtTheEnd(KeptTurns()))
    with pytest.raises(RuntimeError, match="the disk of the log is full"):
        await house.close()
    with pytest.raises(StoreUnavailable, match="the store is closed"):
        await house.store.read(lambda tx: tx.businesses())
