"""Calls labelled from the conventions alone, before the audit ran on them: each gets exactly its labels.

`examiner_calls.jsonl` holds them in the short notation of `scenario.py`, one call a row, labels beside it;
`talkative_calls.jsonl` others in which people say more than they need, most of them healthy.
"""

from collections import Counter
from typing import Any

import pytest

from audit.labelled_calls import catalogues, commitment, examiner_calls, item
from audit.scenario import labelled
from handfest.diagnosis.audit.suite_answer import answer_item

ROWS = examiner_calls()
HEALTHY = [row for row in ROWS if not row["findings"]]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_examiner_call_gets_its_labels(row: dict[str, Any]) -> None:
    answer = answer_item(item(row), catalogues())["answer"]
    assert labelled(answer["findings"]) == sorted(row["findings"])
    assert answer["outcome"] == row["outcome"]
    assert answer["primary"] == row["primary"]
    assert answer["spoken_commitment"] == commitment(row)


def test_every_finding_stands_twice_and_a_third_of_the_calls_is_healthy() -> None:
    told = Counter(finding.partition(":")[0] for row in ROWS for finding in row["findings"])
    assert all(told[f"HF{number}"] >= 2 for number in range(401, 424))
    assert len(HEALTHY) * 3 >= len(ROWS)
