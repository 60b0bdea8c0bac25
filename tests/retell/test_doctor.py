"""The doctor on agents: a healthy one has no finding, and every damage has exactly its own."""

import copy
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from handfest.catalogue.parse import parse_business
from handfest.cli.main import app
from handfest.diagnosis.doctor.doctor_agent import AgentView, Expectation, examine, view_of
from handfest.diagnosis.registry.findings import finding_kinds
from handfest.model.catalogue import Catalogue
from handfest.voice.retell_agent import agent_body, flow_body, inbound_url, llm_body
from handfest.voice.retell_live import Live
from handfest.web.examination import view_of_live
from retell_house import BUSINESSES, SALON, call_object, house, tool

BASE = "https://gateway.example"
Damage = Callable[[dict[str, Any], dict[str, Any], dict[str, Any]], object]


def salon() -> Catalogue:
    parsed = parse_business((BUSINESSES / "salon.toml").read_text("utf-8"))
    assert isinstance(parsed, Catalogue)
    return parsed


EXPECT = Expectation(salon(), BASE)


def healthy(kind: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    engine = copy.deepcopy((llm_body if kind == "llm" else flow_body)(salon(), BASE))
    named = {"type": "retell-llm", "llm_id": "llm_1"}
    agent = {
        **agent_body(salon(), BASE, named),
        "agent_id": "agent_salon",
        "version": 3,
        "is_published": True,
    }
    bound = [{"agent_id": "agent_salon", "weight": 1, "agent_version": 3}]
    number = {
        "phone_number": "+493023125002",
        "inbound_agents": bound,
        "inbound_webhook_url": inbound_url(BASE),
    }
    return engine, agent, number


def check(engine: dict[str, Any]) -> dict[str, Any]:
    """The check tool of an engine."""
    tools: list[dict[str, Any]] = engine.get("general_tools") or engine["tools"]
    return tools[0]


def node(engine: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in engine["nodes"] if one["type"] == "function")
    return found


NATIVE = {"type": "book_appointment_cal", "name": "book_cal", "cal_api_key": "x", "event_type_id": 999}
APP = {"type": "integration_app", "name": "book_app", "app_id": "a", "provider": "cal", "parameters": []}
LLM: dict[str, tuple[str, Damage]] = {
    "url elsewhere": ("HF201", lambda e, a, n: check(e).update(url="https://old.example/check")),
    "url missing": ("HF201", lambda e, a, n: check(e).update(url="")),
    "method GET": ("HF202", lambda e, a, n: check(e).update(method="GET")),
    "args at root": ("HF203", lambda e, a, n: check(e).update(args_at_root=True)),
    "unknown tool": (
        "HF204",
        lambda e, a, n: e["general_tools"].append({**check(e), "name": "cofirm_boking"}),
    ),
    "missing tool": ("HF205", lambda e, a, n: e["general_tools"].pop(1)),
    "stale description": ("HF206", lambda e, a, n: check(e).update(description="Alt")),
    "native tool": ("HF207", lambda e, a, n: e["general_tools"].append(NATIVE)),
    "integration app": ("HF207", lambda e, a, n: e["general_tools"].append(APP)),
    "draft": ("HF208", lambda e, a, n: a.update(is_published=False)),
    "number elsewhere": ("HF209", lambda e, a, n: n["inbound_agents"][0].update(agent_id="agent_other")),
    "number without agent": ("HF209", lambda e, a, n: n.update(inbound_agents=[])),
    "older version": ("HF209", lambda e, a, n: n["inbound_agents"][0].update(agent_version=2)),
    "no zone": ("HF211", lambda e, a, n: a.pop("timezone")),
    "clock without zone": (
        "HF212",
        lambda e, a, n: (
            a.update(timezone="America/Los_Angeles"),
            e.update(general_prompt="Jetzt: {{current_time}}"),
        ),
    ),
    "silent while running": ("HF215", lambda e, a, n: check(e).update(speak_during_execution=False)),
    "two minutes": ("HF216", lambda e, a, n: check(e).update(timeout_ms=120_000)),
    "one second": ("HF216", lambda e, a, n: check(e).update(timeout_ms=1000)),
    "default timeout": ("HF216", lambda e, a, n: check(e).pop("timeout_ms")),
    "call_id asked of the model": (
        "HF217",
        lambda e, a, n: check(e)["parameters"]["properties"].update(call_id={"type": "string"}),
    ),
    "no inbound": ("HF219", lambda e, a, n: n.pop("inbound_webhook_url")),
    "unset variable": ("HF220", lambda e, a, n: e.update(general_prompt="Also am {{new_datum}}?")),
    "silent after": ("HF221", lambda e, a, n: check(e).update(speak_after_execution=False)),
    "no webhook": ("HF222", lambda e, a, n: a.pop("webhook_url")),
    "events too few": ("HF222", lambda e, a, n: a.update(webhook_events=["call_started"])),
    "unread argument": (
        "HF223",
        lambda e, a, n: check(e)["parameters"]["properties"].update(haarfarbe={"type": "string"}),
    ),
}
FLOW: dict[str, tuple[str, Damage]] = {
    "does not wait": ("HF213", lambda e, a, n: node(e).update(wait_for_result=False)),
    "no way there": (
        "HF214",
        lambda e, a, n: e["nodes"][0].update(
            edges=[x for x in e["nodes"][0]["edges"] if "check" not in x["id"]]
        ),
    ),
    "node is silent": ("HF215", lambda e, a, n: node(e).update(speak_during_execution=False)),
}
ALSO = {"HF217": {"HF206"}, "HF223": {"HF206"}, "HF212": {"HF211"}}
"""A changed schema is also a stale one, and a wrong zone is wrong by itself."""


@pytest.mark.parametrize("kind", ["llm", "flow"])
def test_a_healthy_agent_has_no_finding(kind: str) -> None:
    engine, agent, number = healthy(kind)
    assert examine(AgentView(engine, agent, (number,)), EXPECT) == ()


@pytest.mark.parametrize("name", [*LLM, *FLOW])
def test_b86_b87_b88_b89_every_damage_has_its_finding(name: str) -> None:
    engine, agent, number = healthy("llm" if name in LLM else "flow")
    wanted, damage = {**LLM, **FLOW}[name]
    damage(engine, agent, number)
    found = {one.id for one in examine(AgentView(engine, agent, (number,)), EXPECT)}
    assert wanted in found
    assert found - {wanted} <= ALSO.get(wanted, set())


def test_calls_on_another_version_and_wrong_signatures_are_found() -> None:
    engine, agent, number = healthy("llm")
    view = AgentView(engine, agent, (number,), call_versions=(3, 2, 2), bad_signatures=4, draft_differs=True)
    assert [one.id for one in examine(view, EXPECT)] == ["HF208", "HF210", "HF218"]


def test_every_finding_has_its_words_and_a_case() -> None:
    ids = {found for found, _ in (*LLM.values(), *FLOW.values())} | {"HF208", "HF210", "HF218"}
    assert ids == {one for one in finding_kinds() if one.startswith("HF2")}
    assert all(kind.remedy["de"] and kind.means["en"] for one, kind in finding_kinds().items() if one in ids)


def test_b12_an_argument_that_is_required_and_that_nobody_reads() -> None:
    engine, agent, number = healthy("llm")
    check(engine)["parameters"] = {
        "type": "object",
        "properties": {"wunschtag": {}},
        "required": ["wunschtag"],
    }
    found = examine(AgentView(engine, agent, (number,)), EXPECT)
    assert "although it is required" in next(one.detail for one in found if one.id == "HF223")


@pytest.mark.parametrize("shape", ["snapshot", "dashboard", "bare"])
def test_exported_agents_are_examined_offline(shape: str, tmp_path: Path) -> None:
    engine, agent, number = healthy("llm")
    check(engine)["args_at_root"] = True
    exported = {
        "snapshot": {"handfest_snapshot": 1, "agent": agent, "engine": engine, "numbers": [number]},
        "dashboard": {**agent, "retellLlmData": engine},
        "bare": engine,
    }[shape]
    assert view_of(exported) is not None
    path = tmp_path / "agent.json"
    path.write_text(json.dumps(exported), encoding="utf-8")
    result = CliRunner().invoke(app, ["doctor", "--agent", str(path), "--json"])
    assert result.exit_code == 1
    assert {row["id"] for row in json.loads(result.output)["findings"]} == {"HF203"}


@pytest.mark.parametrize("named", ["file", "id"])
def test_b86_a_live_agent_is_examined_or_it_is_said_that_it_is_not(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SALON_RETELL_KEY", raising=False)
    file, database = str(BUSINESSES / "salon.toml"), ["--database", str(tmp_path / "h.sqlite3")]
    if named == "id":
        assert CliRunner().invoke(app, ["apply", file, *database]).exit_code == 0
    asked = ["doctor", file if named == "file" else "salon", *database]
    result = CliRunner().invoke(app, [*asked, "--json"])
    said = json.loads(result.output)
    assert said["not_examined"] == ["salon: the agent, because no API key is in SALON_RETELL_KEY"]
    assert "not examined: salon" in CliRunner().invoke(app, asked).output


def test_a_platform_that_does_not_answer_keeps_nothing_else_from_being_examined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALON_RETELL_KEY", "key_1")
    monkeypatch.setenv("HANDFEST_RETELL_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("HANDFEST_PUBLIC_URL", "https://book.example")
    file = tmp_path / "salon.toml"
    source = (BUSINESSES / "salon.toml").read_text("utf-8")
    file.write_text(source.replace("duration_min = 180", "duration_min = 181"), encoding="utf-8")
    result = CliRunner().invoke(
        app, ["doctor", str(file), "--database", str(tmp_path / "h.sqlite3"), "--json"]
    )
    said = json.loads(result.stdout)
    assert (result.exit_code, said["ok"]) == (3, False)
    assert "HF108" in {row["id"] for row in said["findings"]}
    assert said["not_examined"][0].startswith("salon: platform_unreachable: ")


def test_a_file_that_is_no_agent_is_named(tmp_path: Path) -> None:
    path = tmp_path / "letter.json"
    path.write_text("[1, 2]")
    assert CliRunner().invoke(app, ["doctor", "--agent", str(path)]).exit_code == 2


async def test_the_store_tells_of_versions_and_of_wrong_signatures() -> None:
    async with house("salon") as stage:
        await tool(stage, SALON, "call_a", "list_services", {})
        raw = json.dumps({"name": "list_services", "args": {}, "call": call_object(SALON, "call_b")}).encode()
        for _ in range(3):
            assert (await stage.post("/retell/tools", raw, variable="OTHER_KEY")).status == 401
        live = Live("agent_salon", {"agent_id": "agent_salon", "version": 9}, {}, ())
        view = await view_of_live(stage.house, salon(), live)
        assert view.call_versions == (7,)
        assert view.bad_signatures == 1


def test_import_askpro_makes_a_business_file_that_can_be_used(tmp_path: Path) -> None:
    services = tmp_path / "services.csv"
    services.write_text(
        "id,name,duration_minutes,calcom_event_type_id,is_default,is_active\n"
        "32,15 Minuten Schnellberatung,15,3664712,0,1\n47,30 Minuten Beratung,30,2563193,1,1\n"
    )
    numbers = tmp_path / "numbers.csv"
    numbers.write_text("number,retell_agent_id\n+493023125001,agent_askpro\n")
    out = tmp_path / "askpro.toml"
    args = ["import", "askpro", "--services", str(services), "--numbers", str(numbers), "--out", str(out)]
    assert CliRunner().invoke(app, args).exit_code == 0
    table = tomllib.loads(out.read_text("utf-8"))
    assert [row["calcom"]["event_type_id"] for row in table["services"]] == [3664712, 2563193]
    assert isinstance(parse_business(out.read_text("utf-8")), Catalogue)
    services.write_text("id,name\n1,x\n")
    assert CliRunner().invoke(app, args).exit_code == 1
