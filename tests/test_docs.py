"""The documents say what the code does: settings, tools, links, and the README's own limits."""

import re
from pathlib import Path

import pytest

from handfest.desk.tools import TOOLS
from handfest.settings import Settings

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    text = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    documented = dict(re.findall(r"^\| `HANDFEST_(\w+)` \|[^|]*\| (.+?) \|$", text, re.MULTILINE))
    settings = {name.upper(): field.description for name, field in Settings.model_fields.items()}
    assert documented == settings


def test_every_tool_and_argument_is_documented() -> None:
    text = (ROOT / "docs" / "reference" / "tools.md").read_text(encoding="utf-8")
    for tool in TOOLS.values():
        section = text.split(f"## `{tool.name}`")[1].split("\n## ")[0]
        assert tool.summary["en"] in section
        for argument, hint in tool.hints["en"].items():
            assert f"| `{argument}` | {hint} |" in section


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_the_readme_shows_something_before_it_talks_long() -> None:
    before = (ROOT / "README.md").read_text(encoding="utf-8").split("```", 1)[0]
    assert len(before.split()) <= 120
