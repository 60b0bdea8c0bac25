"""The published availability cases: one declarative question a line, answered to the minute."""

import json
from pathlib import Path

import pytest

from handfest.scheduling.availability_answer import answer_item

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
