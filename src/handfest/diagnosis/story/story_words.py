"""The words around a call's story, in the languages of `story_words.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("de", "en")


class StoryWords:
    """The words of one language (de or en)."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._words = _data()[language]

    def __call__(self, name: str, **facts: object) -> str:
        """The word or the sentence of this name."""
        return str(self._words[name]).format(**facts)

    def name(self, room: str, name: str) -> str:
        """What something is called: a lane, a field, an owner, an outcome, a state of a booking."""
        return str(self._words[room].get(name) or name.replace("_", " "))


@cache
def _data() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("handfest.diagnosis.story").joinpath("story_words.toml").read_text("utf-8"))
