"""The frame of all pages: files under names of what they contain, both languages, the reader's choices."""

import re
import string
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from console.pages import PAGES, SIZES, THEMES, picture_name
from handfest.web.assets import FOR_GOOD, asset_url
from handfest.web.page import local_path
from handfest.web.words import Words, words_of
from retell_house import house

TEMPLATES = Path(__file__).parents[2] / "src" / "handfest" / "web" / "templates"
CONSOLE_WORDS = TEMPLATES.parent / "words" / "console.de.toml"
SCREENS = Path(__file__).parents[2] / "docs" / "screens"
LOOKED_UP = frozenset(
    {"tools", "codes", "causes", "reasons", "results", "lanes", "owners", "changes"}
    | {"notices", "providers", "arguments", "actors", "refused_draft"}
)
BUILT = (
    "may_",
    "theme_",
    "filter_",
    "field_",
    "bracket_",
    "who_",
    "view_",
    "offer_",
    "budget_",
    "policy_",
    "to_draft",
    "calls_count",
)


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async with house("salon") as stage:
        transport = httpx.ASGITransport(stage.app)
        async with httpx.AsyncClient(transport=transport, base_url="https://handfest.example") as client:
            yield client


async def test_a_file_may_be_kept_for_good_because_its_name_is_its_content(
    browser: httpx.AsyncClient,
) -> None:
    answer = await browser.get(asset_url("console.css"))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, FOR_GOOD)
    assert answer.headers["content-encoding"] == "gzip"
    assert asset_url("inter.woff2").rpartition("/")[2] in answer.text
    assert (await browser.get("/static/console.00000000.css")).status_code == 404


async def test_choices_are_kept_by_the_browser_and_lead_back_to_the_page(browser: httpx.AsyncClient) -> None:
    form = {"theme": "dark", "language": "en", "next": "/healthz"}
    answer = await browser.post("/preferences", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/healthz")
    kept = [cookie.split(";")[0] for cookie in answer.headers.get_list("set-cookie")]
    assert kept == ["handfest_language=en", "handfest_theme=dark"]


@pytest.mark.parametrize(
    "target",
    ["//example.com/", "https://example.com/", "/\\example.com", "example", "", None, "javascript:x"],
)
def test_a_form_never_leads_to_another_site(target: str | None) -> None:
    assert local_path(target) == "/"


def gaps(value: Any) -> list[str]:
    if not isinstance(value, str):
        return [str(len(value))]
    return sorted({field for _text, field, _spec, _conversion in string.Formatter().parse(value) if field})


def rooms(words: Words) -> dict[str, dict[str, Any]]:
    return words._rooms


def test_both_languages_have_the_same_words_with_the_same_gaps() -> None:
    german, english = (rooms(words_of(language)) for language in ("de", "en"))
    assert {room: list(rows) for room, rows in german.items()} == {
        room: list(rows) for room, rows in english.items()
    }
    dated = {("calendar", name) for name in ("long", "long_year", "short")}
    differing = [
        f"[{room}] {key}"
        for room, rows in german.items()
        for key, text in rows.items()
        if (room, key) not in dated and gaps(text) != gaps(english[room][key])
    ]
    assert differing == []


def test_nothing_in_a_page_needs_a_looser_policy_or_another_site() -> None:
    """Prevents style and scripts inside a page, which a strict content policy refuses, and content from elsewhere."""
    pattern = re.compile(r"\sstyle=|<style|<script(?![^>]*\bsrc=\"\{\{ asset)|\son\w+=|https?://|javascript:")
    found = [
        f"{path.name}:{number} {line.strip()}"
        for path in sorted(TEMPLATES.glob("*.j2"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_no_word_is_called_like_something_a_table_can_do() -> None:
    """Prevents `words.people.keys` on a page: a template would find the method, not the word."""
    named = {key for language in ("de", "en") for rows in rooms(words_of(language)).values() for key in rows}
    assert sorted(named & set(dir(dict))) == []


def test_every_page_is_shown_at_both_widths_and_in_both_lights() -> None:
    """Prevents pictures that show a console of the past; `make screens` takes them."""
    wanted = {
        picture_name(page, width, theme) for page in PAGES for width, _height in SIZES for theme in THEMES
    }
    assert {path.name for path in SCREENS.glob("*.png")} == wanted
    shown = (SCREENS.parent / "console.md").read_text("utf-8")
    assert [
        page
        for page in PAGES
        if page not in ("login", "service", "bookings-day", "bookings-list")
        and f"screens/{page}-" not in shown
    ] == []


def test_every_word_is_used() -> None:
    """Prevents words of the console that no page says any more; rooms that codes are looked up in are left out."""
    text = "\n".join(
        path.read_text("utf-8") for path in (*TEMPLATES.glob("*.j2"), *TEMPLATES.parent.rglob("*.py"))
    )
    unused = [
        f"[{room}] {key}"
        for room, rows in tomllib.loads(CONSOLE_WORDS.read_text("utf-8")).items()
        if room not in LOOKED_UP
        for key in rows
        if not re.search(rf"\b{key}\b", text) and not any(key.startswith(start) for start in BUILT)
    ]
    assert unused == []
