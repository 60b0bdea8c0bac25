"""Scores answers to the `services` corpus: correct, accepted, overask, missed or wrong.

*wrong* is a service that nobody asked for; *overask* a question where one service was meant; *missed* a
"we do not offer that" where it is offered.
"""

from typing import Any

Answer = Any


def judge(item: dict[str, Any], answer: Answer) -> str:
    """The verdict on one answer: a service key, a list of keys, `{"ask": [keys]}` or `{"none": true}`."""
    if _fits(item["expect"], answer):
        return "correct"
    if any(_fits(tolerable, answer) for tolerable in item.get("accept", [])):
        return "accepted"
    if isinstance(answer, dict):
        return "overask" if "ask" in answer else "missed"
    return "wrong"


def _fits(expected: Any, answer: Answer) -> bool:
    if isinstance(expected, str):
        return bool(answer in (expected, [expected]))
    if "none" in expected:
        return isinstance(answer, dict) and "none" in answer
    if "services" in expected:
        return isinstance(answer, list) and sorted(answer) == sorted(expected["services"])
    if not (isinstance(answer, dict) and "ask" in answer):
        return False
    wanted = set(expected["ask"])
    # Two of the services meant are a real choice; where only one is named, that one is "do you mean ...?".
    return bool(expected.get("open")) or len(wanted & set(answer["ask"])) >= min(2, len(wanted))
