"""Items written from the conventions of the corpus before any answer was seen, scored like the corpus.

`examiner_de.jsonl`, `examiner_en.jsonl` and the later batches (`batches_*.txt`, notation in `batch_notation.py`) hold
what callers, speech-to-text and models say, with the reading the conventions demand (`expect`) and what they
tolerate (`accept`). An expectation was only changed where it contradicted the conventions, never to fit an answer.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from handfest.speech.when_answer import answer_item
from handfest.speech.when_score import judge, tally
from speech.batch_notation import batch_items

HERE = Path(__file__).parent
NEVER_WRONG = ("dst", "past", "invalid", "ambiguous")
LEAST_LENIENT = {"de": 0.98, "en": 0.98}
LEAST_LENIENT_OF_A_KIND = 0.94


def _items(language: str) -> list[dict[str, Any]]:
    lines = (HERE / f"examiner_{language}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines] + batch_items(HERE / f"batches_{language}.txt")


def _lenient(counts: Counter[str]) -> float:
    return (counts["correct"] + counts["accepted"]) / counts.total()


@pytest.mark.parametrize("language", ["de", "en"])
def test_no_answer_states_what_was_not_said(language: str) -> None:
    verdicts = {item["id"]: judge(item, answer_item(item)["answer"]) for item in _items(language)}
    assert [key for key, verdict in verdicts.items() if verdict == "wrong"] == []


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_kind_is_understood(language: str) -> None:
    items = _items(language)
    counts = tally(items, [answer_item(item)["answer"] for item in items])
    assert _lenient(counts[language, "all"]) >= LEAST_LENIENT[language]
    weak = {kind: dict(c) for (_, kind), c in counts.items() if _lenient(c) < LEAST_LENIENT_OF_A_KIND}
    assert weak == {}


@pytest.mark.parametrize("language", ["de", "en"])
def test_b13_b15_b22_nothing_past_or_impossible_is_ever_moved(language: str) -> None:
    judged = [item for item in _items(language) if item["kind"] in NEVER_WRONG]
    assert {kind for item in judged if (kind := item["kind"])} == set(NEVER_WRONG)
    for item in judged:
        assert judge(item, answer_item(item)["answer"]) != "wrong", item["text"]


def test_the_items_are_many_and_their_days_differ() -> None:
    german, english = _items("de"), _items("en")
    assert len(german) >= 350
    assert len(english) >= 200
    assert len({item["now"][:10] for item in german + english}) >= 8
    assert len({item["id"] for item in german + english}) == len(german) + len(english)
