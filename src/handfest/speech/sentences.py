"""The sentences handfest speaks: data files per language, filled from stored objects (law 5)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from handfest.speech.spoken import LANGUAGES

_INSIDE = frozenset({"words", "why", "asked", "said"})
"""Parts whose entries stand inside sentences and keep their small letters."""


@cache
def _sentences(language: str) -> Mapping[str, Mapping[str, str]]:
    source = files("handfest.speech").joinpath(f"data/sentences.{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(source)


def sentence(language: str, room: str, name: str, /, **facts: object) -> str:
    """The sentence `name` of the part `room` with its fields filled, its first letter capital."""
    spoken = _sentences(language if language in LANGUAGES else "en")[room][name].format(**facts)
    return spoken[:1].upper() + spoken[1:] if room not in _INSIDE else spoken


def word(language: str, name: str) -> str:
    """A joining word, spaces included."""
    return sentence(language, "words", name)


def all_sentences(language: str) -> Mapping[str, Mapping[str, str]]:
    """Every sentence of a language, for checks and documentation."""
    return _sentences(language)
