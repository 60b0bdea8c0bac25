"""Synonym packs: what callers of a trade call its services. Format: data/README.md."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing a trade does. `names` call services so; `said` leads a caller's words here, never a name.

    Both are tuples of (language, phrase). A `kind_of` concept is taken where the catalogue lacks this one;
    a `near` concept is only asked about. `foreign` ones the trade itself does not do.
    """

    id: str
    names: tuple[tuple[str, str], ...]
    said: tuple[tuple[str, str], ...]
    kind_of: tuple[str, ...]
    near: tuple[str, ...]
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Pack:
    """The concepts of one trade, the words that are its element (`domain`) and its harmless details."""

    trade: str
    domain: tuple[tuple[str, str], ...]
    details: tuple[tuple[str, str], ...]
    concepts: tuple[Concept, ...]


def _listed(entry: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in entry.split(";") if phrase.strip())


def _both(table: dict[str, str], suffix: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (spoken, phrase) for spoken in ("de", "en") for phrase in _listed(table.get(spoken + suffix, ""))
    )


@cache
def pack(trade: str) -> Pack:
    """The pack of a trade; a `FileNotFoundError` when there is none of that name."""
    return _read(trade, "packs", f"{trade}.toml")


@cache
def common() -> Pack:
    """What every trade does ("Erstgespräch", "Abholung"): always on."""
    return _read("common", "common.toml")


def _read(trade: str, *path: str) -> Pack:
    text = files("handfest.catalogue").joinpath("data", *path).read_text(encoding="utf-8")
    data = tomllib.loads(text)
    concepts = tuple(
        Concept(
            id=f"{trade}:{name}",
            names=_both(entry, ""),
            said=_both(entry, "_said"),
            kind_of=tuple(_qualified(trade, other) for other in _listed(entry.get("kind_of", ""))),
            near=tuple(_qualified(trade, other) for other in _listed(entry.get("near", ""))),
        )
        for name, entry in data.get("concept", {}).items()
    )
    concepts += tuple(
        Concept(f"{trade}:{phrase}", ((spoken, phrase),), (), (), (), foreign=True)
        for spoken, phrase in _both(data.get("foreign", {}), "")
    )
    return Pack(trade, _both(data.get("domain", {}), ""), _both(data.get("details", {}), ""), concepts)


def _qualified(trade: str, concept: str) -> str:
    return concept if ":" in concept else f"{trade}:{concept}"


@cache
def trades() -> tuple[str, ...]:
    """The names of all packs, sorted."""
    folder = files("handfest.catalogue").joinpath("data", "packs")
    return tuple(sorted(path.name[:-5] for path in folder.iterdir() if path.name.endswith(".toml")))


def packs(chosen: Sequence[str]) -> tuple[Pack, ...]:
    """The packs of the trades chosen, in the order given."""
    return tuple(pack(trade) for trade in chosen)
