"""German pages say nothing in English: every page that can be reached is walked and read."""

import ast
import re
import tomllib
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest

import handfest
from console.scene import morning
from english_words import english_in
from handfest.model.actor import Role
from visitors import Visitor, visitor

GERMAN = {"accept-language": "de"}
SAME_KIND_MAX = 3
SPOKEN = ("title", "aria-label", "placeholder", "alt", "data-sure")
MACHINE = frozenset({"script", "style", "textarea", "code", "pre", "svg", "details"})
"""What is the machine's own: raw records and figures stand in details, in the words they are kept in."""
BROKEN = """[business]
id = "other"
name = 5
language = "fr"
time_zone = "Mars/Olympus"
opening = "x"
[hours]
mon = ["9-12", "10:00-10:00"]
"""


class Read(HTMLParser):
    """What a page says to its reader, and where it leads."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.leads: list[str] = []
        self.inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.inside += tag in MACHINE
        self.said += [text for name in SPOKEN if (text := given.get(name))]
        if tag == "a" and (given.get("href") or "").startswith("/b/"):
            self.leads.append((given["href"] or "").split("#")[0])

    def handle_endtag(self, tag: str) -> None:
        self.inside -= tag in MACHINE

    def handle_data(self, data: str) -> None:
        if not self.inside and data.strip():
            self.said.append(" ".join(data.split()))


@pytest.fixture
async def owner() -> AsyncIterator[Visitor]:
    async with morning() as (stage, _talk):
        roles = {"salon": Role.OWNER, "askpro": Role.AGENCY}
        async with visitor(stage, roles) as known:
            yield known


async def read(owner: Visitor, path: str) -> Read:
    answer = await owner.browser.get(path, headers=GERMAN, follow_redirects=True)
    page = Read()
    if "html" in answer.headers.get("content-type", ""):
        page.feed(answer.text)
    return page


def kind_of(path: str) -> str:
    return re.sub(r"(call_|bk_)\w+|\d{4}-\d\d-\d\d", "*", path)


async def test_no_page_says_anything_in_english(owner: Visitor) -> None:
    waiting = ["/", "/login", "/account", "/b/salon/nothing", "/b/salon/today", "/b/salon/health?examine=yes"]
    seen: set[str] = set()
    english: dict[str, str] = {}
    while waiting:
        path = waiting.pop(0)
        if path in seen or sum(kind_of(one) == kind_of(path) for one in seen) >= SAME_KIND_MAX:
            continue
        seen.add(path)
        page = await read(owner, path)
        english |= {text: path for text in page.said if english_in(text)}
        waiting += page.leads
    assert len(seen) > 40
    assert not english


async def test_a_draft_that_cannot_be_applied_says_so_in_german(owner: Visitor) -> None:
    await owner.browser.post("/b/salon/catalogue/draft", data={"act": "save", "edit": "0", "source": BROKEN})
    refused = await owner.browser.post(
        "/b/salon/catalogue/draft", data={"act": "apply", "edit": "1"}, headers=GERMAN
    )
    page = Read()
    page.feed(refused.text)
    told = " ".join(page.said)
    for sentence in (
        "Unbekannter Schlüssel „opening“",
        "name ist eine ganze Zahl, nicht Text",
        "Zeile 8",
        "erst, wenn nichts mehr im Weg steht",
    ):
        assert sentence in told
    assert not [text for text in page.said if english_in(text)]


async def test_whoever_may_not_change_the_wiring_is_told_so_in_german(owner: Visitor) -> None:
    text = (await owner.browser.get("/b/salon/catalogue/edit", headers=GERMAN)).text
    source = re.search(r"<textarea[^>]*>(.*?)</textarea>", text, re.S)
    assert source is not None
    changed = source[1].replace("&#34;", '"').replace("+493023125002", "+493023125009")
    await owner.browser.post("/b/salon/catalogue/draft", data={"act": "save", "edit": "0", "source": changed})
    refused = await owner.browser.post(
        "/b/salon/catalogue/draft", data={"act": "apply", "edit": "1"}, headers=GERMAN
    )
    assert "handfest apply“ auf dem Rechner" in refused.text


def test_every_step_with_a_line_in_the_waterfall_has_words() -> None:
    """A step that only the machine has a name for would stand there in English."""
    names = set()
    for path in Path(handfest.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "step" and node.args:
                given = node.args[0]
                names |= {given.value} if isinstance(given, ast.Constant) else set()
    assert len(names) > 25
    silent = {"answered", "understood", "customer_unclear", "services", "hours", "found"}
    source = files("handfest.diagnosis.story").joinpath("timeline.toml").read_text("utf-8")
    lines = tomllib.loads(source)
    for language in ("de", "en"):
        words = lines[language]
        assert names - silent <= {*words["lines"], *words["names"], "heard"}, language
