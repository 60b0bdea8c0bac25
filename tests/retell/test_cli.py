"""The commands against the fake over loopback HTTP."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from typer.testing import CliRunner

from handfest.cli.main import app
from handfest.testing.fake_retell import FakeRetell, fake_retell_app
from retell_house import BUSINESSES, SALON

FILE = str(BUSINESSES / "salon.toml")
NUMBER = SALON["to_number"]
AGENT = SALON["agent_id"]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRetell]:
    """The fake on a free port, with an agent that has a tool of its own."""
    made = FakeRetell(key="key-salon")
    engine = made.create_engine("retell-llm", {"general_prompt": "Hallo.", "general_tools": []})
    named = {"type": "retell-llm", "llm_id": engine["llm_id"]}
    made.create_agent({"agent_id": AGENT, "response_engine": named, "voice_id": "voice"})
    made.publish(AGENT, 0, None)
    made.add_number(NUMBER, AGENT, "latest_published")
    config = uvicorn.Config(fake_retell_app(made), port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    monkeypatch.setenv("HANDFEST_RETELL_BASE_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("HANDFEST_PUBLIC_URL", "https://gateway.example")
    monkeypatch.setenv("SALON_RETELL_KEY", "key-salon")
    yield made
    server.should_exit = True
    thread.join(5)


def run(*args: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["retell", *args])
    return result.exit_code, result.output


def test_drift_is_exit_1_and_in_step_is_exit_0(fake: FakeRetell, tmp_path: Path) -> None:
    folder = ("--snapshots", str(tmp_path))
    code, text = run("plan", FILE)
    assert code == 1
    assert "add      tool check_availability" in text
    assert run("status", FILE)[0] == 1
    code, text = run("push", FILE, *folder)
    assert (code, "published and verified" in text) == (0, True)
    assert run("plan", FILE)[0] == 0
    code, text = run("status", FILE, "--json")
    assert (code, json.loads(text)[0]["in_step"], json.loads(text)[0]["version"]) == (0, True, 1)


def test_s17_one_command_undoes_a_push(fake: FakeRetell, tmp_path: Path) -> None:
    folder = ("--snapshots", str(tmp_path))
    assert run("push", FILE, *folder)[0] == 0
    code, text = run("rollback", FILE, *folder)
    assert (code, "restored" in text) == (0, True)
    answering = fake.answering(NUMBER)
    assert answering is not None
    assert fake.engine_of(answering)["general_tools"] == []
    assert "inbound_webhook_url" not in fake.number(NUMBER)
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())


def test_unexplained_drift_is_refused_and_named(fake: FakeRetell, tmp_path: Path) -> None:
    folder = ("--snapshots", str(tmp_path))
    run("push", FILE, *folder)
    fake.create_version(AGENT, 1)
    fake.engine_of(fake.agent(AGENT, 2))["general_tools"][0]["url"] = "https://elsewhere.example"
    fake.publish(AGENT, 2, None)
    code, text = run("push", FILE, *folder)
    assert code == 1
    assert "unexplained_drift" in text
    assert run("push", FILE, "--force", *folder)[0] == 0


def test_pull_writes_what_is_live(fake: FakeRetell, tmp_path: Path) -> None:
    assert run("pull", FILE, "--snapshots", str(tmp_path))[0] == 0
    (path,) = tmp_path.iterdir()
    assert json.loads(path.read_text())["agent_id"] == AGENT


@pytest.mark.parametrize("flow", [(), ("--flow",)])
def test_init_makes_a_ready_agent_that_is_in_step(
    fake: FakeRetell, tmp_path: Path, flow: tuple[str, ...]
) -> None:
    source = (BUSINESSES / "salon.toml").read_text("utf-8").replace(f'agent_id = "{AGENT}"\n', "")
    file = tmp_path / "salon.toml"
    file.write_text(source, encoding="utf-8")
    fake.add_number(NUMBER, None)
    code, text = run("init", str(file), *flow)
    assert (code, f"{NUMBER} reaches it now" in text.replace("\n", " ")) == (0, True)
    assert run("plan", str(file))[0] == 0


def test_a_wrong_key_and_an_unreachable_platform_name_their_cause(
    fake: FakeRetell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALON_RETELL_KEY", "wrong")
    code, text = run("plan", FILE)
    assert (code, "401" in text) == (1, True)
    monkeypatch.setenv("HANDFEST_RETELL_BASE_URL", "http://127.0.0.1:1")
    assert run("plan", FILE)[0] == 3
    monkeypatch.delenv("SALON_RETELL_KEY")
    code, text = run("plan", FILE)
    assert (code, "SALON_RETELL_KEY" in text) == (2, True)
