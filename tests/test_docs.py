"""The documents say what the code does: settings, tools, links, and the README's own limits."""

import re
import tomllib
from pathlib import Path

import pytest

from handfest import errors
from handfest.catalogue.file_reference import file_reference
from handfest.desk.tools import TOOLS
from handfest.model.refusal import RefusalCode
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


def test_the_business_file_is_documented_from_the_table_that_reads_it() -> None:
    page = (ROOT / "docs" / "reference" / "business-file.md").read_text(encoding="utf-8")
    assert page == file_reference(), "write it anew: make docs"


def test_b93_every_refusal_and_every_fault_is_documented() -> None:
    """B93: a code that nobody explains is a swallowed cause."""
    text = (ROOT / "docs" / "reference" / "answers.md").read_text(encoding="utf-8")
    tables = dict(part.split("\n", 1) for part in text.split("\n## ")[1:])
    documented = {
        title: set(re.findall(r"^\| `(\w+)` \|", rows, re.MULTILINE)) for title, rows in tables.items()
    }
    tree = _faults(errors.Fault)
    leaves = {kind.code for kind in tree if not any(kind in other.__bases__ for other in tree)}
    assert documented["Faults"] == leaves
    assert documented["Refusals"] == set(RefusalCode)
    again = {kind.code for kind in tree if kind.retryable}
    assert set(re.findall(r"^\| `(\w+)` \| [^|]*\*again\* \|", tables["Faults"], re.MULTILINE)) == again


def test_the_server_s_lock_is_the_checkout_s_and_names_every_dependency() -> None:
    """What is deployed is what was tested, and `make lock` was run after pyproject.toml changed."""
    tested, served = (_pins(ROOT / "requirements" / name) for name in ("lock.txt", "serve.txt"))
    assert served.items() <= tested.items(), "run: make lock"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {re.split(r"[^\w.-]", line)[0].lower() for line in project["dependencies"]}
    assert named <= served.keys(), "run: make lock"


def _pins(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE))


def _faults(kind: type[errors.Fault]) -> list[type[errors.Fault]]:
    """The tree drawn in `errors`; rooms at the edge have finer ones of their own for the command line."""
    below = [one for one in kind.__subclasses__() if one.__module__ == errors.__name__]
    return [kind, *(fault for one in below for fault in _faults(one))]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_the_readme_shows_something_before_it_talks_long() -> None:
    before = (ROOT / "README.md").read_text(encoding="utf-8").split("```", 1)[0]
    assert len(before.split()) <= 120
