"""The server as a process: started from the command line, called over HTTP with a real signature."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from handfest.voice.signature import HEADER, sign

ROOT = Path(__file__).parents[2]
KEY = "key-of-the-test"
SECRET = "secret-of-the-desk"
PLAIN_LINE = """
[[lines]]
platform = "plain"
agent_id = "desk"
signing_key_env = "ASKPRO_DESK_SECRET"
"""
CALL = {
    "call_id": "call_00000000000000000000000serve",
    "agent_id": "agent_askpro",
    "direction": "inbound",
    "from_number": "+493023125077",
    "to_number": "+493023125001",
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A server on a free port, its clock in October 2025; Retell calls it, and a desk of one's own."""
    file = tmp_path / "askpro.toml"
    file.write_text((ROOT / "examples" / "askpro.toml").read_text("utf-8") + PLAIN_LINE, encoding="utf-8")
    command = [sys.executable, "-c", "from handfest.cli import main; main()", "serve"]
    command += ["--business", str(file), "--port", "0"]
    command += ["--database", str(tmp_path / "serve.sqlite3"), "--now", "2025-10-21T10:00:00+02:00"]
    environment = {**os.environ, "ASKPRO_RETELL_KEY": KEY, "ASKPRO_DESK_SECRET": SECRET}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    assert process.stderr is not None
    line = process.stdout.readline()
    lines = {process.stdout.readline().strip() for _ in range(2)}
    assert lines == {"+493023125001 -> askpro", "plain desk -> askpro"}
    yield line.split(" on ")[1].split(" ")[0]
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=20)
    assert "a testing aid" in log
    assert "Erika" not in log
    assert process.returncode in (0, -signal.SIGTERM)


def post(
    address: str, body: dict[str, object], key: str = KEY, at: float | None = None
) -> tuple[int, dict[str, object]]:
    """A signed request, as the platform sends it; the server's clock began in October 2025."""
    raw = json.dumps(body, ensure_ascii=False).encode()
    # The server's clock starts at a fixed moment when it starts; a second more or less is inside the window.
    moment = int(at if at is not None else 1761033600000)
    request = urllib.request.Request(address, data=raw, headers={HEADER: sign(raw, key, moment)})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def test_a_signed_call_is_served_and_an_unsigned_one_is_not(server: str) -> None:
    """Offer, booking and the three ways of a signature to be wrong, over a real socket."""
    tools = f"{server}/retell/tools"
    body: dict[str, object] = {
        "name": "check_availability",
        "args": {"service": "Beratung", "when": "morgen um elf"},
        "call": CALL,
    }
    status, reply = post(tools, body)
    assert (status, reply["code"], reply["selected_service_id"]) == (200, "offered", "47")
    status, _ = post(tools, body, key="another key")
    assert status == 401
    status, _ = post(tools, body, at=1761033600000 - 400_000)
    assert status == 401
    book = {"name": "book_appointment", "args": {"offer": "A1", "name": "Erika Beispiel"}, "call": CALL}
    status, reply = post(tools, book)
    assert (status, reply["code"]) == (200, "booked")


def test_a_plain_line_is_served_by_its_secret(server: str) -> None:
    body = {"call": {"id": "c1", "agent": "desk"}, "args": {"service": "Beratung", "when": "morgen um elf"}}
    raw = json.dumps(body).encode()
    for secret, expected in ((SECRET, 200), (KEY, 401)):
        headers = {"Authorization": f"Bearer {secret}"}
        request = urllib.request.Request(f"{server}/tools/check_availability", data=raw, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                status, reply = answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                status, reply = error.code, json.loads(error.read())
        assert (status, reply["code"]) == (expected, "offered" if expected == 200 else "signature_invalid")


def test_under_a_shifted_clock_the_real_time_signs_as_well(server: str) -> None:
    """`--now` moves the calendar, not the platform: an SDK signs by the machine's clock."""
    body: dict[str, object] = {"name": "list_services", "args": {}, "call": CALL}
    now_ms = time.time() * 1000
    assert post(f"{server}/retell/tools", body, at=now_ms)[0] == 200
    assert post(f"{server}/retell/tools", body, at=now_ms - 400_000)[0] == 401
