"""The keys a business file may have, read from the tables beside this file (`business_keys.toml`)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Key:
    """What one key must be. `low` and `high` are included bounds; `section` names the keys of a row;
    a key that is required may be left out where the one in `unless` stands.

    `remedies` say in each language what to write instead of something that is wrong.
    """

    name: str
    kind: str
    remedies: Mapping[str, str]
    required: bool = False
    filled: bool = False
    low: int | None = None
    high: int | None = None
    five: bool = False
    choices: tuple[str, ...] = ()
    section: str = ""
    unless: str = ""

    @property
    def remedy(self) -> str:
        """What to write instead, in English."""
        return self.remedies["en"]


def _load() -> Mapping[str, Mapping[str, Key]]:
    german = _read("business_remedies.de.toml")
    return {
        section: {name: _key(name, facts, german[section][name]) for name, facts in keys.items()}
        for section, keys in _read("business_keys.toml").items()
    }


def _key(name: str, facts: Mapping[str, Any], german: str) -> Key:
    rest = {fact: value for fact, value in facts.items() if fact not in ("remedy", "choices")}
    remedies = {"en": facts["remedy"], "de": german}
    return Key(name, remedies=remedies, choices=tuple(facts.get("choices", ())), **rest)


def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads(files("handfest.catalogue").joinpath(name).read_text("utf-8"))


SECTIONS = _load()
"""Section name -> key name -> Key."""
