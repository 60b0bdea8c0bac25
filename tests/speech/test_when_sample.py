"""The published sample suite: all items right, none confidently wrong, and fast."""

import json
from pathlib import Path
from time import process_time

from handfest.speech.when_answer import answer_item
from handfest.speech.when_score import judge, tally

ITEMS = [
    json.loads(line) for line in (Path(__file__).parent / "when_sample.jsonl").read_text("utf-8").splitlines()
]


def test_no_item_is_wrong_and_all_are_right_or_tolerable() -> None:
    verdicts = {item["id"]: judge(item, answer_item(item)["answer"]) for item in ITEMS}
    assert {key: verdict for key, verdict in verdicts.items() if verdict not in ("correct", "accepted")} == {}


def test_tally_counts_by_language_and_kind() -> None:
    counts = tally(ITEMS, [answer_item(item)["answer"] for item in ITEMS])
    assert counts["de", "all"].total() == 43
    assert counts["en", "all"].total() == 17
    assert counts["de", "dst"]["correct"] == 1


def test_the_score_tells_wrong_from_declined() -> None:
    item = {"expect": {"date": "2026-06-12", "time": "10:00"}, "accept": [], "lang": "de"}
    assert judge(item, {"date": "2026-06-12", "time": "10:00"}) == "correct"
    assert judge(item, {"date": "2026-06-12"}) == "imprecise"
    assert judge(item, {"ask": "half_of_day"}) == "declined"
    assert judge(item, {}) == "declined"
    assert judge(item, {"date": "2026-06-12", "time": "22:00"}) == "wrong"
    assert judge(item, {"date": "2026-06-19", "time": "10:00"}) == "wrong"


def test_the_score_knows_open_windows_and_tolerances() -> None:
    after = {"expect": {"window": ["18:00", "24:00"]}}
    assert judge(after, {"window": ["18:00", "22:00"]}) == "correct"
    assert judge(after, {"window": ["17:00", "24:00"]}) == "wrong"
    vague = {"expect": {"window": ["13:00", "18:00"], "window_tol_min": [60, 60]}}
    assert judge(vague, {"window": ["14:00", "18:00"]}) == "correct"
    assert judge(vague, {"time": "15:00"}) == "imprecise"
    assert judge(vague, {"date": "2026-06-12", "window": ["13:00", "18:00"]}) == "wrong"


def test_the_median_item_takes_less_than_a_millisecond() -> None:
    for item in ITEMS:
        answer_item(item)
    started = process_time()
    for item in ITEMS:
        answer_item(item)
    assert (process_time() - started) / len(ITEMS) < 0.001
