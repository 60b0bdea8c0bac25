"""The sentences about a business file, German and English: a code and its facts become words (see `problems.toml`)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "de")


def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads(files("handfest.catalogue").joinpath(name).read_text("utf-8"))


SENTENCES: Mapping[str, Mapping[str, Mapping[str, str]]] = _read("problems.toml")
"""Code -> "cause" | "remedy" -> language -> sentence."""
_PHRASES = _read("problem_phrases.toml")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A part of a sentence that is words itself, by its code in `problem_phrases.toml`."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def told(self, language: str) -> str:
        """The words in a language ("de" or "en")."""
        text: str = _PHRASES["phrases"][self.code][language]
        return text.format(**self.facts)


@dataclass(frozen=True, slots=True)
class SyntaxMessage:
    """What the TOML reader said about a file, in its own English words."""

    said: str

    def told(self, language: str) -> str:
        """The message in a language; in German only that something is wrong where it is not known."""
        if language == "en":
            return self.said
        for row in _PHRASES["syntax"]:
            if self.said.startswith(row["en"]):
                return str(row[language]).format(rest=self.said.removeprefix(row["en"]))
        return str(_PHRASES["phrases"]["no_toml_here"][language])


def sentence(code: str, part: str, language: str, facts: Mapping[str, object]) -> str | None:
    """The "cause" or "remedy" of a code in a language, None where the code has none."""
    text = SENTENCES[code].get(part, {}).get(language)
    if text is None:
        return None
    return text.format(**{name: _told(value, language) for name, value in facts.items()})


def _told(value: object, language: str) -> object:
    return value.told(language) if isinstance(value, Phrase | SyntaxMessage) else value
