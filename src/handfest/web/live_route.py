"""`/live`: server-sent events for pages that are open. A browser connects again by itself and then looks anew."""

import json
from collections.abc import AsyncIterator, Collection

from starlette.requests import Request
from starlette.responses import StreamingResponse

from handfest.diagnosis.watch.live import LiveBoard, News, news_for

HEARTBEAT_S = 15.0
RETRY_MS = 2_000
EVENTS_MAX = 40
"""So many events and heartbeats (ten quiet minutes) one stream lasts; then the browser asks again, and is asked."""
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def live_stream(board: LiveBoard, request: Request, businesses: Collection[str]) -> StreamingResponse:
    """The news of these businesses until the browser goes or the process ends.

    A browser that comes back (`Last-Event-ID`) is told to look again: what happened meanwhile is in the store.
    """
    again = request.headers.get("last-event-id") is not None
    return StreamingResponse(
        _events(board, businesses, again=again), media_type="text/event-stream", headers=_HEADERS
    )


async def _events(board: LiveBoard, businesses: Collection[str], *, again: bool) -> AsyncIterator[str]:
    with board.listening(businesses) as listener:
        yield f"retry: {RETRY_MS}\n\n"
        number = 0
        for business_id in sorted(businesses) if again else ():
            number += 1
            yield _event(News(business_id), number)
        last = number + EVENTS_MAX
        async for news in news_for(listener, HEARTBEAT_S):
            number += 1
            yield ": here\n\n" if news is None else _event(news, number)
            if number >= last:
                return


def _event(news: News, number: int) -> str:
    kind = "turn" if news.number else "change"
    facts = {"business": news.business_id, "call": news.call_id, "turn": news.number or None}
    return f"id: {number}\nevent: {kind}\ndata: {json.dumps(facts)}\n\n"
