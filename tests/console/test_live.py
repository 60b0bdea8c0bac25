"""Live news: told at once in one process, found in the store across processes, never lost, ended cleanly."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.requests import Request

from handfest.diagnosis.watch.live import CALLS_WATCHED, QUEUE_MAX, LiveBoard, News, news_for
from handfest.model.call import Call
from handfest.model.turn import TurnRecord
from handfest.testing.scenario_stage import Stage
from handfest.web.live_route import EVENTS_MAX, live_stream
from retell_house import NOW, SALON, call_object, event, house, tool


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with house("salon", "askpro") as opened:
        yield opened


def record(number: int, business_id: str = "salon") -> TurnRecord:
    return TurnRecord(business_id, "call_1", number, "list_services", None, NOW, 1.0, "services", {}, ())


def waiting(listener_queue: "asyncio.Queue[News | None]") -> list[News | None]:
    return [listener_queue.get_nowait() for _ in range(listener_queue.qsize())]


async def test_a_turn_is_heard_by_pages_of_its_business_only(stage: Stage) -> None:
    board = stage.house.live
    with board.listening(["salon"]) as own, board.listening(["askpro"]) as other:
        await tool(stage, SALON, "call_live", "list_services", {})
        assert waiting(own.queue) == [News("salon", "call_live", 1)]
        assert waiting(other.queue) == []
    board.turn(record(2))
    assert waiting(own.queue) == []


async def test_what_another_process_did_is_found_in_the_store(stage: Stage) -> None:
    other = LiveBoard(stage.house.store, stage.clock)
    with other.listening(["salon"]) as page:
        await other.look()
        assert waiting(page.queue) == []
        await tool(stage, SALON, "call_far", "list_services", {})
        await other.look()
        assert waiting(page.queue) == [News("salon", "call_far")]
        await other.look()
        assert waiting(page.queue) == []


async def test_a_long_call_is_heard_of_however_many_have_begun_since(stage: Stage) -> None:
    """Prevents that a poll which knows the newest calls only loses the one that somebody looks at."""
    other = LiveBoard(stage.house.store, stage.clock)
    await tool(stage, SALON, "call_long", "list_services", {})
    stage.clock.advance(1)
    later = [
        Call("salon", f"call_{number:03}", "retell", stage.clock.now(), turns=1, ended_at=stage.clock.now())
        for number in range(CALLS_WATCHED)
    ]
    await stage.house.store.write(lambda tx: [tx.save_call(call) for call in later])
    with other.listening(["salon"]) as page:
        await other.look()
        await tool(stage, SALON, "call_long", "opening_hours", {})
        await other.look()
        assert waiting(page.queue) == [News("salon", "call_long")]
        await event(
            stage, SALON, "call_ended", call_object(SALON, "call_long", end_timestamp=1_800_000_000_000)
        )
        await other.look()
        assert waiting(page.queue) == [News("salon", "call_long")], "that it ended is news, too"


async def test_more_than_a_page_can_keep_ends_in_a_look_at_everything(stage: Stage) -> None:
    board = LiveBoard(stage.house.store, stage.clock)
    with board.listening(["salon"]) as page:
        for number in range(1, QUEUE_MAX + 50):
            board.turn(record(number))
        heard = news_for(page, 60)
        told = [await anext(heard) for _ in range(QUEUE_MAX + 1)]
    assert told[-2:] == [News("salon", "call_1", QUEUE_MAX), News("salon")]


async def test_a_quiet_time_is_filled_and_the_end_is_the_end(stage: Stage) -> None:
    board = LiveBoard(stage.house.store, stage.clock)
    with board.listening(["salon"]) as page:
        heard = news_for(page, 0.001)
        assert await anext(heard) is None
        for number in range(QUEUE_MAX * 2):
            board.turn(record(number + 1))
        board.close()
        left = [news async for news in heard]
        assert len(left) < QUEUE_MAX + 2
    with board.listening(["salon"]) as late:
        assert [news async for news in news_for(late, 60)] == []


async def test_a_stream_ends_so_that_whoever_listens_is_asked_again(stage: Stage) -> None:
    board = stage.house.live
    scope = {"type": "http", "method": "GET", "path": "/live", "headers": [(b"last-event-id", b"7")]}
    stream = live_stream(board, Request(scope), ["askpro", "salon"]).body_iterator
    told = [await anext(stream) for _ in range(3)]
    assert [one.count("event: change") for one in map(str, told)] == [0, 1, 1]
    for _ in range(EVENTS_MAX):
        board.changed("salon")
        told.append(await anext(stream))
    assert [one async for one in stream] == []
