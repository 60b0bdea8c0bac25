"""Ended calls as Retell keeps them: listed page by page, fetched one by one, within a budget of requests.

The list of v3 carries no transcript, so that every call is fetched once more (contract 1.5, SDK 6.2).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from aiolimiter import AsyncLimiter

from handfest.errors import PlatformFault, PlatformRejected
from handfest.voice.retell_api import RetellHttp

PAGE = 100
REQUESTS_A_SECOND = 8
TRIES_MAX = 5
_TOO_MANY, _NOT_THERE = ": 429 ", ": 404 "
"""How the port's message names the status of a used-up budget, and of what is not there."""


class RetellCalls:
    """Reads and changes nothing. `pause` waits between tries after a used-up budget."""

    def __init__(self, http: RetellHttp, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._http = http
        self._pause = pause
        self._limiter = AsyncLimiter(REQUESTS_A_SECOND, 1)

    async def newest(self, limit: int, since_ms: int | None = None) -> AsyncIterator[Mapping[str, Any]]:
        """Up to `limit` ended calls, newest first, as get-call objects; from a start timestamp on where given.

        Raises PlatformUnreachable and PlatformRejected.
        """
        body: dict[str, Any] = {"limit": min(PAGE, limit), "sort_order": "descending"}
        if since_ms is not None:
            started = {"type": "number", "op": "ge", "value": since_ms}
            body["filter_criteria"] = {"start_timestamp": started}
        left = limit
        while left > 0:
            page = await self._request("POST", "/v3/list-calls", body)
            for item in page["items"][:left]:
                left -= 1
                if item.get("call_status") in (None, "ended"):
                    yield await self._whole(item)
            if not page.get("has_more") or not page.get("pagination_key"):
                return
            body["pagination_key"] = page["pagination_key"]

    async def _whole(self, item: Mapping[str, Any]) -> Any:
        """The call of this entry of the list; the entry itself where the call has been deleted since."""
        try:
            return await self._request("GET", f"/v2/get-call/{item['call_id']}", None)
        except PlatformRejected as fault:
            if _NOT_THERE not in str(fault):
                raise
            return item

    async def _request(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        for attempt in range(TRIES_MAX):
            async with self._limiter:
                try:
                    return await self._http.request(method, path, {}, body)
                except PlatformRejected as fault:
                    if _TOO_MANY not in str(fault) or attempt + 1 == TRIES_MAX:
                        raise
            await self._pause(2.0**attempt)
        raise PlatformFault(f"{method} {path} was tried {TRIES_MAX} times")
