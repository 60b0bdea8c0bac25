"""What a caller says around a wish changes nothing of it: names, people of the house, times, prices, courtesy."""

import json
import random
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from handfest.catalogue.services_answer import answer_item

HERE = Path(__file__).parent
AROUND = tomllib.loads((HERE / "asides.toml").read_text(encoding="utf-8"))
SEED = 20261128
WISHES = 24
"""Of each language; every wish is said in every way."""


def _catalogues() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in sorted(HERE.glob("examiner_catalogues*.json")):
        found |= json.loads(path.read_text(encoding="utf-8"))
    return found


CATALOGUES = _catalogues()


def answered(item: dict[str, Any], said: str) -> Any:
    asked = {"id": "", "catalogue": item["catalogue"], "said": said, "lang": item["lang"]}
    return answer_item(asked, CATALOGUES)["answer"]


@cache
def wishes(language: str) -> tuple[tuple[dict[str, Any], str], ...]:
    """Short phrases that pin a service when said alone, from many price lists."""
    items = [
        json.loads(line)
        for path in sorted(HERE.glob("examiner_*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    short = [
        i for i in items if i["lang"] == language and i["kind"] == "single" and len(i["said"].split()) < 4
    ]
    random.Random(SEED).shuffle(short)
    alone = ((item, answered(item, item["said"])) for item in short)
    pinned = (
        (item, answer) for item, answer in alone if isinstance(answer, str) and answer == item["expect"]
    )
    return tuple(each for each, _ in zip(pinned, range(WISHES), strict=False))


@pytest.mark.parametrize("around", [*AROUND["de"], *AROUND["en"]])
def test_b13_what_is_said_around_a_wish_changes_nothing(around: str) -> None:
    """None gets another service; two may be asked about ("vor dem Urlaub" where a garage has a Urlaubscheck)."""
    language = "de" if around in AROUND["de"] else "en"
    changed = [
        (around.format(item["said"]), item["catalogue"], answer, heard)
        for item, answer in wishes(language)
        if (heard := answered(item, around.format(item["said"]))) != answer
    ]
    assert not [each for each in changed if isinstance(each[3], str)], f"seed {SEED}"
    assert len(changed) <= 2, (f"seed {SEED}", changed)


@pytest.mark.parametrize(
    ("said", "service"),
    [
        ("Schneider hier, ich möchte färben", "Färben"),
        ("mein Name ist Bart und ich hätte gern Färben", "Färben"),
        ("Haarschnitt beim Meister", "Haarschnitt beim Meister"),
        ("Massage auf Rezept", "Massage auf Rezept"),
        ("Massage", "ask"),
        ("hier spricht Maria", "ask"),
    ],
)
def test_b26_a_caller_s_name_is_no_service_and_a_service_s_name_stays(said: str, service: str) -> None:
    names = [
        "Haarschnitt",
        "Haarschnitt beim Meister",
        "Färben",
        "Bart",
        "Massage auf Rezept",
        "Massage privat",
    ]
    catalogue = {
        "lang": "de",
        "services": [{"key": n, "name": n, "duration_min": 30, "aliases": []} for n in names],
    }
    asked = {"id": "", "catalogue": "own", "said": said, "lang": "de"}
    answer = answer_item(asked, {"own": catalogue})["answer"]
    assert answer == service or (service == "ask" and not isinstance(answer, str)), answer
