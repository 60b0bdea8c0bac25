"""The words of `handfest audit` in the languages of `audit_words.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from handfest.diagnosis.story.story_words import StoryWords


class AuditWords:
    """The words of one language (de or en)."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._words = _data()[language]
        self._owners = StoryWords(language)

    def __call__(self, name: str, **facts: object) -> str:
        """The word or the line of this name; a line that counts is chosen by its `count`."""
        if facts.get("count") == 1 and f"{name}_one" in self._words:
            name = f"{name}_one"
        return str(self._words[name]).format(**facts)

    def outcome(self, outcome: str) -> str:
        """How a call ended."""
        return str(self._words["outcomes"].get(outcome) or outcome)

    def owner(self, owner: str) -> str:
        """Whose move it is."""
        return self._owners.name("owners", owner)

    def rate(self, rate: float | None) -> str:
        """A share of 0..1 as a percentage."""
        if rate is None:
            return self("none_counted")
        return self.figure(100 * rate, 1) + " %"

    def figure(self, value: float, digits: int) -> str:
        """A figure with the point or comma of the language."""
        text = f"{value:.{digits}f}"
        return text.replace(".", ",") if self.language == "de" else text


@cache
def _data() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("handfest.cli").joinpath("audit_words.toml").read_text("utf-8"))
