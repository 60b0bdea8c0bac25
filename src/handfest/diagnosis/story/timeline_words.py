"""The lines of a timeline in the languages of `timeline.toml`: one set, whoever reads them."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from handfest.diagnosis.story.facts import Facts


class TimelineWords:
    """The lines of one language (de or en)."""

    def __init__(self, language: str) -> None:
        self._words = _data()[language]

    def say(self, line: str, facts: Mapping[str, str]) -> str:
        """The line of this name with its gaps filled; what is not known leaves no gap."""
        return " ".join(str(self._words["lines"][line]).format_map(Facts(facts)).split())

    def name(self, word: str) -> str:
        """What a step without a line, a state or a reason is called."""
        return str(self._words["names"].get(word) or word.replace("_", " "))


@cache
def _data() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("handfest.diagnosis.story").joinpath("timeline.toml").read_text("utf-8"))
