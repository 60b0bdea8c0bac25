"""Phrases an examiner wrote before seeing an answer, half of them against catalogues made for the purpose.

Every batch holds its rates as spoken and as speech recognition often writes: all in lower case.
"""

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from handfest.catalogue.services_answer import answer_item

HERE = Path(__file__).parent
CATALOGUES: dict[str, Any] = {
    key: catalogue
    for path in sorted(HERE.glob("examiner_catalogues*.json"))
    for key, catalogue in json.loads(path.read_text(encoding="utf-8")).items()
}
FLOORS = {
    "examiner_23.jsonl": (0.88, 0.015),
    "examiner_24.jsonl": (0.88, 0.02),
    "examiner_28.jsonl": (0.85, 0.015),
    "examiner_83.jsonl": (0.9, 0.03),
}
"""The batches that are understood less well: the share that must be right, and that may be wrong."""
BATCHES = sorted(path.name for path in HERE.glob("examiner_*.jsonl"))


KNOWN_PINS = {"hollywood"}
"""What is not offered and gets a service all the same: one phrase, of more than five hundred."""
every_batch = pytest.mark.parametrize("batch", BATCHES, scope="module")
"""Of module scope, so that all tests of a batch follow each other: its catalogues are compiled once, which is most of
the work."""


def items_of(batch: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / batch).read_text(encoding="utf-8").splitlines()]


def fits(expected: Any, answer: Any) -> bool:
    """True where an answer is what a label of the corpus allows."""
    if isinstance(expected, str):
        return bool(answer in (expected, [expected]))
    if "none" in expected:
        return isinstance(answer, dict) and "none" in answer
    if "services" in expected:
        return isinstance(answer, list) and sorted(answer) == sorted(expected["services"])
    if not (isinstance(answer, dict) and "ask" in answer):
        return False
    shared = set(answer["ask"]) & set(expected["ask"])
    return bool(expected.get("open")) or len(shared) >= min(2, len(expected["ask"]))


def verdict(item: dict[str, Any], answer: Any) -> str:
    if any(fits(expected, answer) for expected in (item["expect"], *item.get("accept", ()))):
        return "right"
    return "question" if isinstance(answer, dict) else "wrong"


@every_batch
@pytest.mark.parametrize("lower", [False, True], ids=["as_spoken", "lower_case"])
def test_b7_rates_of_every_batch(batch: str, lower: bool) -> None:
    items = items_of(batch)
    counts: Counter[str] = Counter()
    for item in items:
        counts[verdict(item, _answer(item, lower=lower))] += 1
    least, most = FLOORS.get(batch, (0.9, 0.015))
    assert counts["right"] / len(items) >= least - (0.03 if lower else 0), counts
    assert counts["wrong"] / len(items) <= most, counts


@every_batch
def test_b2_what_is_not_offered_gets_a_service_in_no_batch_but_one_phrase(batch: str) -> None:
    foreign = [item for item in items_of(batch) if item["kind"] == "none"]
    assert {item["said"] for item in foreign if verdict(item, _answer(item)) == "wrong"} <= KNOWN_PINS


def test_b2_there_are_many_requests_for_what_is_not_offered() -> None:
    foreign = [item["said"] for batch in BATCHES for item in items_of(batch) if item["kind"] == "none"]
    assert len(foreign) > 500
    assert set(foreign) >= KNOWN_PINS


def _answer(item: dict[str, Any], *, lower: bool = False) -> Any:
    return _answered(item["catalogue"], item["said"].lower() if lower else item["said"], item["lang"])


@cache
def _answered(catalogue: str, said: str, lang: str) -> Any:
    """The answer, which several tests of a batch hold against its label."""
    return answer_item({"id": "", "catalogue": catalogue, "said": said, "lang": lang}, CATALOGUES)["answer"]


@every_batch
def test_lower_case_never_pins_another_service(batch: str) -> None:
    changed = []
    for item in items_of(batch):
        spoken, small = _answer(item), _answer(item, lower=True)
        if isinstance(spoken, str) and isinstance(small, str) and spoken != small:
            changed.append((item["said"], spoken, small))
    assert not changed
