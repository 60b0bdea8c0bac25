"""The published availability cases: one declarative question a line, answered to the minute."""

import json
import time
from pathlib import Path

import pytest

from handfest.scheduling.availability_answer import answer_item
from handfest.scheduling.timetable import opened
from handfest.scheduling.wall_clock import midnight

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "availability_sample.jsonl").read_text().splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_every_published_case_is_answered_exactly(case):
    answer = answer_item(case)["answer"]
    expected = case["expect"]
    if isinstance(expected, dict):
        assert (len(answer), answer[0], answer[-1]) == (
            expected["count"],
            expected["first"],
            expected["last"],
        )
    else:
        assert answer == expected


BASE = CASES[0]
BEYOND = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "availability_more.jsonl").read_text().splitlines()
]


def filled(case):
    return {**BASE, **case, "service": {**BASE["service"], **case.get("service", {})}}


@pytest.mark.parametrize("case", BEYOND, ids=lambda case: case["id"])
def test_further_cases_written_out_by_hand(case):
    """Cases like the published ones; what a line leaves out it has in common with the first of those."""
    assert answer_item(filled(case))["answer"] == case["expect"]


@pytest.mark.parametrize("process_zone", ["UTC", "America/St_Johns", "Pacific/Apia", "Europe/Berlin"])
def test_b25_the_zone_of_the_process_changes_no_answer(monkeypatch, process_zone):
    items = [*CASES, *map(filled, BEYOND)]
    expected = [answer_item(item) for item in items]
    monkeypatch.setenv("TZ", process_zone)
    time.tzset()
    midnight.cache_clear()
    opened.cache_clear()
    try:
        answers = [answer_item(item) for item in items]
    finally:
        monkeypatch.undo()
        time.tzset()
    assert answers == expected
