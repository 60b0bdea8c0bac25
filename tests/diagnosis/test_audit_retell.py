"""`handfest audit --retell`: paging, the budget of requests, and what goes wrong on the way. A loopback platform."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from audit.labelled_calls import samples
from handfest.cli.main import app
from handfest.errors import PlatformRejected
from handfest.voice.retell_calls import TRIES_MAX, RetellCalls

CATALOGUES = Path(__file__).parents[1] / "audit" / "catalogues.json"
SALON = [row["call"] for row in samples() if row["catalogue"] == "salon"]
assert len(SALON) > 3


class _Platform(BaseHTTPRequestHandler):
    """Two calls a page; answers only to the key; knows nothing of the call `gone`, and breaks down over `bad`."""

    gone = bad = ""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        begin = int(asked.get("pagination_key") or 0)
        items = [{"call_id": call["call_id"], "call_status": "ended"} for call in SALON[begin : begin + 2]]
        more = begin + 2 < len(SALON)
        self._answer({"items": items, "has_more": more, "pagination_key": str(begin + 2) if more else None})

    def do_GET(self) -> None:
        call = next(call for call in SALON if self.path == f"/v2/get-call/{call['call_id']}")
        self._answer(call, {self.gone: 404, self.bad: 500}.get(call["call_id"], 200))

    def _answer(self, data: Any, status: int = 200) -> None:
        allowed = self.headers["Authorization"] == "Bearer key_1"
        body = json.dumps(data if allowed else {"error": "unauthorized"}).encode()
        self.send_response(status if allowed else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture(scope="module")
def platform() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Platform)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    serving.join()


def run(address: str, *arguments: str, key: str = "key_1") -> Result:
    environment = {"HANDFEST_RETELL_BASE_URL": address, "RETELL_API_KEY": key}
    common = ["audit", "--retell", "--catalogue", str(CATALOGUES), "--business", "salon", "--json"]
    return CliRunner().invoke(app, [*common, *arguments], env=environment)


def told_by(done: Result) -> str:
    return " ".join(done.stderr.split())


def test_every_page_is_read_and_every_call_audited(platform: str) -> None:
    data = json.loads(run(platform).stdout)
    assert [row["call_id"] for row in data["calls"]] == [call["call_id"] for call in SALON]


def test_a_limit_ends_in_the_middle_of_a_page(platform: str) -> None:
    assert json.loads(run(platform, "--limit", "3").stdout)["summary"]["calls"] == 3


def test_a_wrong_key_and_an_unreachable_platform_end_with_three(platform: str) -> None:
    wrong = run(platform, key="key_2")
    assert (wrong.exit_code, "the key in RETELL_API_KEY is not accepted" in told_by(wrong)) == (3, True)
    assert wrong.stdout == ""
    gone = run("http://127.0.0.1:9")
    assert (gone.exit_code, "HANDFEST_RETELL_BASE_URL" in gone.stderr) == (3, True)
    none = run(platform, key="")
    assert (none.exit_code, "RETELL_API_KEY" in none.stderr) == (2, True)


def test_what_was_audited_before_the_platform_failed_is_kept_whole(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Platform, "bad", SALON[3]["call_id"])
    done = run(platform)
    assert (done.exit_code, "500" in done.stderr) == (3, True)
    data = json.loads(done.stdout)
    assert [row["call_id"] for row in data["calls"]] == [call["call_id"] for call in SALON[:3]]
    assert data["summary"]["calls"] == 3


def test_a_call_that_has_been_deleted_since_costs_that_call_only(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Platform, "gone", SALON[3]["call_id"])
    done = run(platform)
    assert (done.exit_code, "retell: line 4: not a call object" in told_by(done)) == (2, True)
    summary = json.loads(done.stdout)["summary"]
    assert (summary["calls"], summary["unreadable"]) == (len(SALON) - 1, 1)


class _Busy:
    """A platform that refuses the first requests because the budget is used up."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals

    async def request(self, method: str, path: str, query: object, body: object) -> Any:
        if self.refusals:
            self.refusals -= 1
            raise PlatformRejected(f"{method} {path}: 429 too many requests")
        return {"items": [], "has_more": False}


async def test_a_used_up_budget_is_waited_for_a_little_longer_each_time() -> None:
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    assert [call async for call in RetellCalls(_Busy(3), pause).newest(5)] == []
    assert waits == [1.0, 2.0, 4.0]
    with pytest.raises(PlatformRejected, match="429"):
        [call async for call in RetellCalls(_Busy(TRIES_MAX), pause).newest(5)]


async def test_a_refusal_of_another_kind_is_not_repeated() -> None:
    class Refusing(_Busy):
        async def request(self, method: str, path: str, query: object, body: object) -> Any:
            raise PlatformRejected(f"{method} {path}: 422 no such filter")

    with pytest.raises(PlatformRejected, match="422"):
        [call async for call in RetellCalls(Refusing(0)).newest(5)]
