"""The management port served by the vendor's own SDK client, which validates every answer strictly."""

import re
from collections.abc import Mapping
from typing import Any

from handfest.errors import PlatformRejected
from handfest.testing.fake_retell import FakeRetell, fake_retell_app

_ROUTES = {
    "GET /get-agent/": ("agent", "retrieve"),
    "PATCH /update-agent/": ("agent", "update"),
    "POST /create-agent-version/": ("agent", "create_version"),
    "GET /list-agent-versions/": ("agent", "list_versions"),
    "POST /publish-agent-version/": ("agent", "publish"),
    "GET /get-retell-llm/": ("llm", "retrieve"),
    "PATCH /update-retell-llm/": ("llm", "update"),
    "GET /get-conversation-flow/": ("conversation_flow", "retrieve"),
    "PATCH /update-conversation-flow/": ("conversation_flow", "update"),
    "GET /get-phone-number/": ("phone_number", "retrieve"),
    "PATCH /update-phone-number/": ("phone_number", "update"),
    "POST /create-agent": ("agent", "create"),
    "POST /create-retell-llm": ("llm", "create"),
    "POST /create-conversation-flow": ("conversation_flow", "create"),
}


class SdkHttp:
    """`RetellHttp` through retell-sdk: the same requests as ours, and answers held against its own types."""

    def __init__(self, fake: FakeRetell) -> None:
        import httpx

        from retell import AsyncRetell

        client = httpx.AsyncClient(transport=httpx.ASGITransport(app=fake_retell_app(fake)))
        self._sdk = AsyncRetell(
            api_key=fake.key,
            base_url="http://retell.example",
            http_client=client,
            max_retries=0,
            _strict_response_validation=True,
        )

    async def request(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None
    ) -> Any:
        """See `RetellHttp`."""
        from retell import APIStatusError

        prefix, identifier = re.fullmatch(r"(/[a-z-]+/?)(.*)", path).groups()  # type: ignore[union-attr]
        resource, name = _ROUTES[f"{method} {prefix}"]
        call = getattr(getattr(self._sdk, resource), name)
        given: dict[str, Any] = dict(body or {})
        if "version" in query:
            given["version"] = int(query["version"])
        try:
            answer = await (call(identifier, **given) if identifier else call(**given))
        except APIStatusError as error:
            raise PlatformRejected(f"{error.status_code} {error}") from error
        return None if answer is None else answer.to_dict(mode="json")

    async def close(self) -> None:
        """Close the SDK's connections."""
        await self._sdk.close()
