"""Definitions for platforms that one cannot push to: rendered from the ToolSpecs, in the shapes the vendors type."""

import json
import re
from typing import Any

import pytest
from typer.testing import CliRunner

from handfest.catalogue.parse import parse_business
from handfest.cli.main import app
from handfest.desk.tools import TOOLS
from handfest.model.catalogue import Catalogue
from handfest.voice.dialect import read_tool
from handfest.voice.elevenlabs import IDENTITY
from handfest.voice.tool_schema import RENDERERS, tools_for
from retell_house import BUSINESSES

BASE = "https://gateway.example/"
FILE = BUSINESSES / "salon.toml"


def rendered(platform: str) -> list[dict[str, Any]]:
    catalogue = parse_business(FILE.read_text("utf-8"))
    assert isinstance(catalogue, Catalogue)
    return tools_for(platform, catalogue, BASE)


def schema(platform: str, tool: dict[str, Any]) -> dict[str, Any]:
    """Where each platform keeps the arguments."""
    if platform == "vapi":
        return tool["function"]["parameters"]  # type: ignore[no-any-return]
    if platform == "elevenlabs":
        return tool["api_schema"]["request_body_schema"]  # type: ignore[no-any-return]
    return tool["parameters"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("platform", RENDERERS)
def test_b86_every_tool_is_there_and_every_argument_is_read(platform: str) -> None:
    tools = rendered(platform)
    names = [tool.get("name") or tool["function"]["name"] for tool in tools]
    assert names == list(TOOLS)
    for name, tool in zip(names, tools, strict=True):
        properties = set(schema(platform, tool)["properties"]) - set(IDENTITY)
        assert read_tool(name, dict.fromkeys(properties, "x")).unread == ()
        assert properties == set(TOOLS[name].hints["de"]) - {"service_id"}


@pytest.mark.parametrize("platform", RENDERERS)
def test_b55_no_model_fills_who_calls(platform: str) -> None:
    for tool in rendered(platform):
        for name, part in schema(platform, tool)["properties"].items():
            if name in IDENTITY:
                assert part == {"type": "string", "dynamic_variable": name}
            else:
                assert set(part) == {"type", "description"}
                assert not re.search("call_id|number|agent|tenant|business", name)
                assert 0 < len(part["description"]) <= 1000


def test_urls_timeouts_and_fillers() -> None:
    vapi, elevenlabs = rendered("vapi")[0], rendered("elevenlabs")[0]
    assert vapi["server"] == {"url": "https://gateway.example/vapi/tools", "timeoutSeconds": 6}
    assert vapi["messages"] == [
        {"type": "request-start", "content": TOOLS["check_availability"].filler["de"]}
    ]
    assert elevenlabs["api_schema"]["url"] == "https://gateway.example/elevenlabs/tools/check_availability"
    assert 5 <= elevenlabs["response_timeout_secs"] <= 20
    assert elevenlabs["tool_error_handling_mode"] == "passthrough", "auto hides errors from the model"


def test_the_command_prints_them() -> None:
    result = CliRunner().invoke(app, ["tools", str(FILE), "--for", "vapi", "--url", BASE])
    assert result.exit_code == 0
    assert json.loads(result.output) == rendered("vapi")
    assert CliRunner().invoke(app, ["tools", str(FILE), "--for", "vapi"], env={}).exit_code == 2
