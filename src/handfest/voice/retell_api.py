"""Retell's management API behind a small port: the requests that plan, push and rollback need, and no others.

Paths as in SDK 6.2 (contract 1.5). An unpublished version is a draft; a published one is never changed again,
a change makes a new version.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import aiohttp

from handfest.errors import PlatformRejected, PlatformUnreachable

TIMEOUT_S = 20
ENGINES: Mapping[str, tuple[str, str]] = {
    "retell-llm": ("llm_id", "retell-llm"),
    "conversation-flow": ("conversation_flow_id", "conversation-flow"),
}
"""Kind of response engine = the field with its id, and its name in the paths."""


class RetellHttp(Protocol):
    """One request to the management API."""

    async def request(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None
    ) -> Any:
        """The JSON answered, or None for an empty body. Raises PlatformUnreachable and PlatformRejected."""


class AiohttpRetell:
    """The port over the network, with the key as bearer token."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, key: str) -> None:
        self._session = session
        self._base_url = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}"}

    async def request(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None
    ) -> Any:
        """See `RetellHttp`."""
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            async with self._session.request(
                method, self._base_url + path, params=query, json=body, headers=self._headers, timeout=timeout
            ) as response:
                text = await response.text()
                if response.status >= 400:
                    raise PlatformRejected(f"{method} {path}: {response.status} {text[:300]}")
                return await response.json(content_type=None) if text else None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise PlatformUnreachable(f"{method} {self._base_url}{path}: {error or 'timed out'}") from error


class RetellApi:
    """The requests by their names. Everything read is the platform's own JSON, unchanged."""

    def __init__(self, http: RetellHttp) -> None:
        self._http = http

    async def agent(self, agent_id: str, version: int | None = None) -> dict[str, Any]:
        """An agent in this version; the newest one without."""
        return await self._get(f"/get-agent/{agent_id}", version)

    async def versions(self, agent_id: str) -> list[dict[str, Any]]:
        """All versions, newest first."""
        found: list[dict[str, Any]] = []
        query: dict[str, str] = {}
        while True:
            page = await self._http.request("GET", f"/list-agent-versions/{agent_id}", query, None)
            found += page["items"]
            if not page.get("has_more") or not page.get("pagination_key"):
                return sorted(found, key=lambda item: -int(item["version"]))
            query = {"pagination_key": page["pagination_key"]}

    async def engine(self, engine: Mapping[str, Any]) -> dict[str, Any] | None:
        """The LLM or flow that an agent's `response_engine` names; None for one that is not Retell's."""
        if engine.get("type") not in ENGINES:
            return None
        field, name = ENGINES[engine["type"]]
        return await self._get(f"/get-{name}/{engine[field]}", _whole(engine.get("version")))

    async def number(self, number: str) -> dict[str, Any]:
        """A phone number and what it is bound to."""
        return await self._get(f"/get-phone-number/{number}", None)

    async def new_version(self, agent_id: str, base: int) -> dict[str, Any]:
        """A new draft that is a copy of a version, its engine included."""
        made: dict[str, Any] = await self._http.request(
            "POST", f"/create-agent-version/{agent_id}", {}, {"base_version": base}
        )
        return await self.agent(agent_id, int(made["version"]))

    async def update_agent(self, agent_id: str, version: int, changes: Mapping[str, Any]) -> None:
        """Change fields of a draft."""
        await self._http.request("PATCH", f"/update-agent/{agent_id}", {"version": str(version)}, changes)

    async def update_engine(self, engine: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
        """Change fields of a draft's LLM or flow."""
        field, name = ENGINES[engine["type"]]
        version = _whole(engine.get("version"))
        query = {} if version is None else {"version": str(version)}
        await self._http.request("PATCH", f"/update-{name}/{engine[field]}", query, changes)

    async def publish(self, agent_id: str, version: int, title: str) -> None:
        """Make a draft the published version."""
        body = {"version": version, "version_title": title}
        await self._http.request("POST", f"/publish-agent-version/{agent_id}", {}, body)

    async def update_number(self, number: str, changes: Mapping[str, Any]) -> None:
        """Change what a phone number is bound to."""
        await self._http.request("PATCH", f"/update-phone-number/{number}", {}, changes)

    async def create_engine(self, kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """A new LLM or flow."""
        made: dict[str, Any] = await self._http.request("POST", f"/create-{ENGINES[kind][1]}", {}, body)
        return made

    async def create_agent(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A new agent, as a draft."""
        made: dict[str, Any] = await self._http.request("POST", "/create-agent", {}, body)
        return made

    async def _get(self, path: str, version: int | None) -> dict[str, Any]:
        query = {} if version is None else {"version": str(version)}
        found: dict[str, Any] = await self._http.request("GET", path, query, None)
        return found


def _whole(version: Any) -> int | None:
    """An engine's version; the vendor's types have it as a float."""
    return None if version is None else int(version)
