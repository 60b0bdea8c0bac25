"""The words of a language that belong to no trade, as data beside this file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from handfest.catalogue.sides import Side, Sides
from handfest.catalogue.spelling import fold, tokens

LANGUAGES = ("de", "en")


def read_data(name: str) -> dict[str, Any]:
    """The TOML data file `name` of this package; a broken file is a fault of the installation."""
    return tomllib.loads(files("handfest.catalogue").joinpath("data", name).read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Words:
    """Lists of one language, all folded. `durations` are minutes; `targets` maps a word to (rank, group)."""

    language: str
    function: frozenset[str]
    soft: frozenset[str]
    after_number: frozenset[str]
    light: tuple[str, ...]
    generic: tuple[str, ...]
    talk: tuple[str, ...]
    whole: tuple[str, ...]
    looks: tuple[str, ...]
    actions: tuple[str, ...]
    intents: tuple[tuple[str, ...], ...]
    corrections: tuple[tuple[str, ...], ...]
    circumstance: tuple[tuple[str, ...], ...]
    vague: tuple[tuple[str, ...], ...]
    purpose: frozenset[str]
    asking: frozenset[str]
    places: frozenset[str]
    placing: frozenset[str]
    excluding: frozenset[str]
    resuming: frozenset[str]
    opposites: tuple[tuple[frozenset[str], frozenset[str]], ...]
    together: tuple[tuple[str, ...], ...]
    accompanying: frozenset[str]
    referring: frozenset[str]
    plain: frozenset[str]
    buying: frozenset[str]
    telling: frozenset[str]
    wishing: frozenset[str]
    besides: frozenset[str]
    either: tuple[tuple[str, ...], ...]
    small: frozenset[str]
    large: frozenset[str]
    letters: Mapping[str, str]
    durations: Mapping[tuple[str, ...], int]
    longest_first: tuple[tuple[str, ...], ...]
    numbers: Mapping[str, int]
    units: Mapping[str, int]
    no_length: frozenset[str]
    targets: Mapping[str, tuple[str, str]]
    whom: tuple[tuple[tuple[str, ...], str], ...]
    sides: Sides
    staff_markers: frozenset[str]
    staff_titles: frozenset[str]
    staff_trades: frozenset[str]
    given_names: frozenset[str]
    surnames: frozenset[str]
    heard_alike: tuple[tuple[str, str], ...]
    myself: frozenset[str]
    anybody: tuple[tuple[str, ...], ...]
    families: tuple[tuple[str, ...], ...]


def _phrases(entries: list[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        sorted({tokens(entry) for entry in entries if entry.strip()}, key=lambda each: (-len(each), each))
    )


def _targets(table: dict[str, dict[str, list[str]]]) -> dict[str, tuple[str, str]]:
    return {
        token: (rank, group)
        for rank, groups in table.items()
        for group, words in groups.items()
        for word in words
        if len(tokens(word)) == 1
        for token in tokens(word)
    }


def _whom(
    table: dict[str, dict[str, list[str]]], couples: dict[str, list[str]]
) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Phrases of several words for who is served, each with the group's first word, which stands for them."""
    couple = tokens(table["person"]["couple"][0])[0]
    pairs = [(me, partner) for me in couples["me"] for partner in couples["partner"]]
    found = [
        (tokens(f"{one} {joint} {other}"), couple)
        for joint in couples["and"]
        for pair in pairs
        for one, other in (pair, pair[::-1])
    ]
    found += [
        (tokens(f"{joint} {other}"), couple) for joint in couples["with"] for other in couples["partner"]
    ]
    found += [
        (tokens(phrase), tokens(words[0])[0])
        for groups in table.values()
        for words in groups.values()
        for phrase in words
        if len(tokens(phrase)) > 1
    ]
    return tuple(sorted(found, key=lambda each: (-len(each[0]), each)))


def _sides(table: dict[str, dict[str, list[str]]], little: dict[str, list[str]]) -> Sides:
    lists = {name: frozenset(fold(word) for word in words) for name, words in little.items()}
    names: dict[Side, str] = {}
    others: dict[Side, Side] = {}
    for rank, groups in table.items():
        one, other = ((rank, group) for group in groups)
        others |= {one: other, other: one}
        names |= {(rank, group): fold(words[0]) for group, words in groups.items()}
    words = {
        fold(word): (rank, group)
        for rank, groups in table.items()
        for group, listed in groups.items()
        for word in listed
    }
    return Sides(words=words, names=names, others=others, **lists)


@cache
def words_of(language: str) -> Words:
    """The words of "de" or "en"."""
    data = read_data(f"words_{language}.toml")
    families = read_data("families.toml")[language]
    return Words(
        language=language,
        function=frozenset(tokens(data["function"])),
        soft=frozenset(tokens(data["soft"])),
        after_number=frozenset(tokens(data["after_number"])),
        light=tuple(data["light"].split()),
        generic=tuple(data["generic"].split()),
        talk=tuple(data["talk"].split()),
        whole=tuple(data["whole"].split()),
        looks=tuple(data["looks"].split()),
        actions=tuple(data["actions"].split()),
        intents=_phrases(data["intents"].split(";")),
        corrections=_phrases(data["corrections"]),
        circumstance=_phrases(data["circumstance"]),
        vague=_phrases(data["vague"]),
        purpose=frozenset(fold(word) for word in data["purpose"]),
        asking=frozenset(fold(word) for word in data["asking"]),
        places=frozenset(fold(word) for word in data["places"]),
        placing=frozenset(fold(word) for word in data["placing"]),
        excluding=frozenset(fold(word) for word in data["excluding"]),
        resuming=frozenset(fold(word) for word in data["resuming"]),
        opposites=tuple(
            (frozenset(tokens(one)), frozenset(tokens(other))) for one, other in data["opposites"]
        ),
        together=_phrases(data["together"]),
        accompanying=frozenset(data["accompanying"]),
        referring=frozenset(data["referring"]),
        plain=frozenset(fold(word) for word in data["plain"]),
        buying=frozenset(fold(word) for word in data["buying"]),
        telling=frozenset(fold(word) for word in data["telling"]),
        wishing=frozenset(fold(word) for word in data["wishing"]),
        besides=frozenset(fold(word) for word in data["besides"]),
        either=_phrases(data["either"]),
        small=frozenset(fold(word) for word in data["small"]),
        large=frozenset(fold(word) for word in data["large"]),
        letters={heard: letter for letter, names in data["letters"].items() for heard in names.split()},
        durations={tokens(said): minutes for said, minutes in data["durations"].items()},
        longest_first=tuple(sorted((tokens(said) for said in data["durations"]), key=len, reverse=True)),
        numbers={fold(word): number for word, number in data["numbers"].items()},
        units={fold(word): minutes for word, minutes in data["units"].items()},
        no_length=frozenset(fold(word) for word in data["no_length"]),
        targets=_targets(data["targets"]),
        whom=_whom(data["targets"], data["couples"]),
        sides=_sides(data["sides"], data["side_words"]),
        staff_markers=frozenset(data["staff_markers"]),
        staff_titles=frozenset(fold(word) for word in data["staff_titles"]),
        staff_trades=frozenset(fold(word) for word in data["staff_trades"]),
        given_names=frozenset(read_data("given_names.toml")["names"].casefold().split()),
        surnames=frozenset(tokens(read_data("given_names.toml")["surnames"])),
        heard_alike=tuple((old, new) for old, new in read_data("given_names.toml")["heard_alike"]),
        myself=frozenset(data["myself"]),
        anybody=_phrases(data["anybody"]),
        families=tuple(tuple(family) for family in families),
    )


@dataclass(frozen=True, slots=True)
class Answers:
    """Ways to answer a question with options, as token sequences; `places` are first, second, third."""

    yes: tuple[tuple[str, ...], ...]
    no: tuple[tuple[str, ...], ...]
    negators: tuple[tuple[str, ...], ...]
    why: tuple[tuple[str, ...], ...]
    other: tuple[tuple[str, ...], ...]
    all: tuple[tuple[str, ...], ...]
    last: tuple[tuple[str, ...], ...]
    places: tuple[tuple[tuple[str, ...], ...], ...]


@cache
def answers_of(language: str) -> Answers:
    """The answers of "de" or "en"."""
    data = read_data("answers.toml")[language]
    lists = {name: _phrases(data[name].split(";")) for name in ("yes", "no", "why", "other", "all", "last")}
    lists["negators"] = _phrases(data["not"].split(";"))
    return Answers(places=tuple(_phrases(entry.split(";")) for entry in data["places"]), **lists)
