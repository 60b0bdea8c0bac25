"""The published availability cases: one declarative question a line, answered to the minute."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
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


SAMPLE = Path(__file__).parent / "data" / "availability_sample.jsonl"
PROCESS_ZONES = [
    None,
    "UTC",
    "Europe/Berlin",
    "America/St_Johns",  # half an hour off
    "Asia/Kathmandu",  # a quarter
    "Pacific/Apia",  # has skipped a day
    "Pacific/Kiritimati",  # UTC+14
    "Etc/GMT+12",  # UTC-12
    "Australia/Lord_Howe",  # clocks change by half an hour
    "",
    "<garbage>",
]


def test_b25_the_command_answers_the_sample_byte_by_byte_alike_in_every_process_zone():
    """As it is run: one interpreter a zone, from the start of the process, and what it writes."""

    def written(zone: str | None) -> bytes:
        told = {name: value for name, value in os.environ.items() if name != "TZ"}
        if zone is not None:
            told["TZ"] = zone
        start = "from handfest.cli.main import main; main()"
        command = [sys.executable, "-c", start, "eval", "availability", str(SAMPLE)]
        return subprocess.run(command, env=told, capture_output=True, check=True).stdout

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(written, PROCESS_ZONES))
    assert len(answers[0].splitlines()) == len(CASES)
    assert set(answers) == {answers[0]}
