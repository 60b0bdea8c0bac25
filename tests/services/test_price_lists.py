"""Price lists as businesses of a trade write them, with what callers say for each service and for none of them.

A list names its pack (which the list alone must switch on), its services with what callers call them, and under
`none` what such a business does not do. The language is the end of the file's name.
"""

import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from handfest.catalogue.index import ServiceIndex, compile_index
from handfest.catalogue.resolve import resolve_service
from handfest.model.catalogue import Service
from handfest.model.resolution import Resolution, Resolved, Several

LISTS = sorted((Path(__file__).parent / "price_lists").glob("*.toml"), key=lambda path: path.name)
_MINUTES = re.compile(r"(\d+)\s*-?\s*min", re.IGNORECASE)


every_list = pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem, scope="module")
"""Of module scope, so that all tests of a list follow each other, and it is compiled once."""


def entries_of(text: str) -> list[str]:
    return [entry.strip() for entry in text.split(";") if entry.strip()]


@cache
def read(path: Path) -> tuple[dict[str, Any], str, ServiceIndex]:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    language = path.stem.split("_")[-1]
    services = [
        Service(name, name, int(found[1]) if (found := _MINUTES.search(name)) else 30)
        for name in data["services"]
    ]
    return data, language, compile_index(services, (), language)


def pinned(found: Resolution) -> tuple[str, ...]:
    if isinstance(found, Resolved):
        return (found.service_id,)
    return found.service_ids if isinstance(found, Several) else ()


def verdicts(path: Path) -> Counter[str]:
    """How often what was said led to its service, to another one, or to a question."""
    data, language, index = read(path)
    counts: Counter[str] = Counter()
    for name, said in data["services"].items():
        for phrase in (name, *entries_of(said)):
            services = pinned(resolve_service(phrase, index, language))
            counts["right" if services == (name,) else "question" if not services else "wrong"] += 1
    for phrase in entries_of(data["none"]):
        counts["wrong" if pinned(resolve_service(phrase, index, language)) else "right"] += 1
    return counts


@every_list
def test_a_price_list_switches_its_pack_on(path: Path) -> None:
    data, _, index = read(path)
    assert data["pack"] in index.trades


@every_list
def test_a_name_read_from_the_list_is_its_service(path: Path) -> None:
    data, language, index = read(path)
    missed = [name for name in data["services"] if pinned(resolve_service(name, index, language)) != (name,)]
    assert not missed


def test_b7_rates_over_all_price_lists() -> None:
    counts: Counter[str] = sum((verdicts(path) for path in LISTS), Counter())
    total = sum(counts.values())
    assert total > 4000
    assert counts["right"] / total >= 0.9, counts
    assert counts["wrong"] / total <= 0.01, counts
