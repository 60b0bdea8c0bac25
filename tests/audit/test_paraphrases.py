"""Healthy calls in other words: whatever way an agent or a caller puts it, nobody is accused.

Each call is told as often as its longest list of paraphrases has rows, every role taking its next words each time.
The same words with no tool behind them are found out, so that hearing nothing at all would not pass.
"""

import re
import tomllib
from typing import Any

import pytest

from audit.labelled_calls import HERE, catalogues, item
from audit.scenario import labelled
from handfest.diagnosis.audit.suite_answer import answer_item

WORDS = tomllib.loads((HERE / "paraphrases.toml").read_text("utf-8"))
CALLS = tomllib.loads((HERE / "paraphrased_calls.toml").read_text("utf-8"))
ROLE = re.compile(r"<(\w+)>")
HEALTHY = [(language, name) for language in CALLS for name in CALLS[language]["calls"]]
UNFOUNDED = [(language, row) for language in CALLS for row in CALLS[language]["unfounded"]]


def in_words(language: str, text: str) -> str:
    told = re.sub(r"\{(\w)\}", lambda match: WORDS[language][match[1]], text)
    return told[:1].upper() + told[1:]


def choice_of(language: str, role: str, *, doubtful: bool) -> list[str]:
    """All words of a role, the plain ones first."""
    more = WORDS[language]["doubtful"].get(role, []) if doubtful else []
    return [CALLS[language]["role"][role], *WORDS[language][role], *more]


def retold(language: str, say: str, turn: int, *, doubtful: bool = False) -> dict[str, Any]:
    """The call with the words of this turn in every role; turn 0 has the plain ones."""

    def words(role: re.Match[str]) -> str:
        choice = choice_of(language, role[1], doubtful=doubtful)
        return in_words(language, choice[turn % len(choice)])

    told = {"id": "retold", "say": ROLE.sub(words, say)}
    return {key: CALLS[language][key] for key in ("catalogue", "start")} | told


def turns(language: str, say: str, *, doubtful: bool = False) -> range:
    return range(max(len(choice_of(language, role, doubtful=doubtful)) for role in ROLE.findall(say)))


@pytest.mark.parametrize(("language", "name"), HEALTHY)
def test_a_healthy_call_is_not_accused_in_whatever_words(language: str, name: str) -> None:
    say = CALLS[language]["calls"][name]
    for turn in turns(language, say, doubtful=True):
        call = retold(language, say, turn, doubtful=True)
        assert answer_item(item(call), catalogues())["answer"]["findings"] == [], call["say"]


@pytest.mark.parametrize(("language", "row"), UNFOUNDED, ids=lambda row: str(row)[:24])
def test_the_same_words_with_nothing_behind_them_are_found(language: str, row: dict[str, str]) -> None:
    for turn in turns(language, row["say"]):
        call = retold(language, row["say"], turn)
        told = labelled(answer_item(item(call), catalogues())["answer"]["findings"])
        assert row["finding"] in told, call["say"]
