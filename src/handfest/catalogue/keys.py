"""The keys a business file may have, read from `business_keys.toml` beside this file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Key:
    """What one key must be. `low` and `high` are included bounds; `section` names the keys of a row."""

    name: str
    kind: str
    remedy: str
    required: bool = False
    filled: bool = False
    low: int | None = None
    high: int | None = None
    five: bool = False
    choices: tuple[str, ...] = ()
    section: str = ""


def _load() -> Mapping[str, Mapping[str, Key]]:
    raw = tomllib.loads(files("handfest.catalogue").joinpath("business_keys.toml").read_text("utf-8"))
    return {
        section: {
            name: Key(name, **{**facts, "choices": tuple(facts.get("choices", ()))})
            for name, facts in keys.items()
        }
        for section, keys in raw.items()
    }


SECTIONS = _load()
"""Section name -> key name -> Key."""
