"""Who may read `/metrics`: whoever brings the token; without one, this machine and nobody through a proxy."""

from typing import Any

import httpx
import pytest
from whenever import Instant

from handfest.settings import Settings
from handfest.testing.clock import FixedClock
from handfest.web.app import create_app
from handfest.wiring import build

NOW = Instant.parse_iso("2026-03-02T09:00:00Z")
TOKEN = "a-token-of-the-scraper"


async def answered(token: str, host: str, headers: dict[str, str]) -> httpx.Response:
    house = build(Settings(database="memory:", metrics_token=token), clock=FixedClock(NOW))
    transport = httpx.ASGITransport(create_app(house), client=(host, 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway.example") as browser:
        answer = await browser.get("/metrics", headers=headers)
    await house.close()
    return answer


@pytest.mark.parametrize(
    ("token", "host", "headers", "status"),
    [
        ("", "127.0.0.1", {}, 200),
        ("", "::1", {}, 200),
        ("", "192.0.2.7", {}, 403),
        ("", "prometheus.example", {}, 403),
        ("", "127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 403),
        ("", "127.0.0.1", {"Forwarded": "for=192.0.2.7"}, 403),
        ("", "192.0.2.7", {"Authorization": f"Bearer {TOKEN}"}, 403),
        (TOKEN, "192.0.2.7", {"Authorization": f"Bearer {TOKEN}"}, 200),
        (TOKEN, "127.0.0.1", {"X-Forwarded-For": "192.0.2.7", "Authorization": f"bearer {TOKEN}"}, 200),
        (TOKEN, "127.0.0.1", {}, 401),
        (TOKEN, "127.0.0.1", {"Authorization": "Bearer another"}, 401),
        (TOKEN, "127.0.0.1", {"Authorization": "Bearer "}, 401),
        (TOKEN, "127.0.0.1", {"Authorization": f"Basic {TOKEN}"}, 401),
    ],
)
async def test_only_whoever_should_reads_the_figures(
    token: str, host: str, headers: dict[str, Any], status: int
) -> None:
    answer = await answered(token, host, headers)
    assert answer.status_code == status
    assert ("handfest_" in answer.text) is (status == 200)
    assert TOKEN not in answer.text
    assert (answer.headers.get("www-authenticate") == "Bearer") is (status == 401)
