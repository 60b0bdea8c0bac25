"""The closed lexicon: every word that can carry a time, by language, with repair of near misses.

Word lists live in `data/when_de.toml` and `data/when_en.toml`, names of feasts in `data/feasts.toml`. A
lexicon holds one language whole and of the other one only its `[foreign]` words, because agents mix them
("tomorrow 14:00" in a German call).
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from handfest.speech.number_word import english_numbers, english_ordinals, german_numbers, german_ordinals

LANGUAGES = ("de", "en")
_SHORTEST_REPAIR = 5
_LONGEST_PHRASE = 7
_INTEGER_KINDS = frozenset({"weekday", "month", "rel"})
_NUMBERS = {"de": (german_numbers, german_ordinals), "en": (english_numbers, english_ordinals)}


@dataclass(frozen=True, slots=True)
class Entry:
    """What a word or phrase means: a kind of the grammar and a value."""

    kind: str
    value: object = None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All words of one language. `phrases` maps a first word to its phrases, longest first.

    `near` maps a word with one letter left out to the words it may come from; `guard` are ordinary words
    that are never repaired. `homophones` are words written for an hour ("for pm").
    """

    language: str
    words: dict[str, Entry]
    phrases: dict[str, tuple[tuple[tuple[str, ...], Entry], ...]]
    vocabulary: frozenset[str]
    near: dict[str, frozenset[str]]
    guard: frozenset[str]
    homophones: dict[str, int]

    def repair(self, word: str) -> str | None:
        """The one known word that differs by one letter (missing, extra, wrong, swapped), or None."""
        if len(word) < _SHORTEST_REPAIR or len(word) > 24 or word in self.guard:
            return None
        found: set[str] = set(self.near.get(word, ()))
        for position in range(len(word)):
            shorter = word[:position] + word[position + 1 :]
            if shorter in self.near or shorter in self.vocabulary:
                found |= self.near.get(shorter, frozenset())
                if shorter in self.vocabulary and len(shorter) >= _SHORTEST_REPAIR:
                    found.add(shorter)
        close = [c for c in found if c[0] == word[0] and _one_edit(c, word)]
        meanings = {
            self.words.get(candidate, Entry("phrase", candidate)): candidate for candidate in sorted(close)
        }
        return next(iter(meanings.values())) if len(meanings) == 1 else None


def _one_edit(left: str, right: str) -> bool:
    """True when one insertion, deletion, substitution or swap of neighbours turns one word into the other."""
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    rest_left, rest_right = left[start:], right[start:]
    return (
        rest_left[1:] == rest_right[1:]
        or rest_left[1:] == rest_right
        or rest_left == rest_right[1:]
        or (rest_left[:2] == rest_right[1::-1] and rest_left[2:] == rest_right[2:])
    )


@cache
def table(name: str) -> dict[str, Any]:
    """One data file beside this module, read once."""
    return tomllib.loads(files("handfest.speech").joinpath("data", name).read_text("utf-8"))


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of `de` or `en` (any other language reads as English)."""
    own = language if language in LANGUAGES else "en"
    other = "en" if own == "de" else "de"
    data, foreign = table(f"when_{own}.toml"), table(f"when_{other}.toml")
    words = _foreign_words(foreign, other) | _own_words(data, own)
    phrases = _phrases(data, own)
    vocabulary = frozenset(words) | {
        word for entries in phrases.values() for parts, _ in entries for word in parts
    }
    words |= _plain_umlauts(words, vocabulary)
    vocabulary |= frozenset(words)
    guard = frozenset(data.get("vocabulary", {}).get("guard", "").split())
    return Lexicon(
        own, words, phrases, vocabulary, _near(words, vocabulary), guard, data.get("homophones", {})
    )


def _own_words(data: dict[str, Any], language: str) -> dict[str, Entry]:
    cardinals, ordinals = _NUMBERS[language]
    words = {word: Entry("num", number) for word, number in cardinals().items()}
    words |= {word: Entry("ord", number) for word, number in ordinals().items()}
    for kind, values in data["words"].items():
        for value, spellings in values.items():
            entry = Entry(value) if kind == "plain" else Entry(kind, _typed(kind, value))
            words |= dict.fromkeys(spellings.split(), entry)
    return words


def _typed(kind: str, value: str) -> object:
    if kind in _INTEGER_KINDS:
        return int(value)
    return float(value) if kind == "frac" else value


def _foreign_words(data: dict[str, Any], language: str) -> dict[str, Entry]:
    own = _own_words(data, language)
    chosen = data.get("foreign", {}).get("words", "").split()
    return {word: own[word] for word in chosen if word in own}


def _phrases(data: dict[str, Any], language: str) -> dict[str, tuple[tuple[tuple[str, ...], Entry], ...]]:
    grouped: dict[str, list[tuple[tuple[str, ...], Entry]]] = {}
    for name, spellings in data["phrases"].items():
        for spelling in spellings:
            _add_phrase(grouped, spelling, _phrase_entry(name))
    for key, feast in table("feasts.toml").items():
        for name in feast["names"]:
            _add_phrase(grouped, name, Entry("feast", key))
    return {first: tuple(sorted(entries, key=lambda e: -len(e[0]))) for first, entries in grouped.items()}


def _add_phrase(grouped: dict[str, list[tuple[tuple[str, ...], Entry]]], spelling: str, entry: Entry) -> None:
    parts = tuple(spelling.replace("-", " ").split())
    grouped.setdefault(parts[0], []).append((parts, entry))


def _phrase_entry(name: str) -> Entry:
    kind, _, value = name.partition("_")
    if kind == "daypart":
        return Entry("daypart", value)
    if kind == "days":
        return Entry("rel", int(value))
    if kind == "frac":
        return Entry("frac", float(value.replace("_", ".")))
    return Entry(name)


def _plain_umlauts(words: dict[str, Entry], vocabulary: frozenset[str]) -> dict[str, Entry]:
    """Spellings that lost their dots ("ubermorgen", "funf"), where no other word is spelt so."""
    plain: dict[str, Entry] = {}
    for word, entry in words.items():
        bare = word.replace("ae", "a").replace("oe", "o").replace("ue", "u")
        if bare != word and bare not in vocabulary and len(bare) >= 4:
            plain[bare] = entry
    return plain


_REPAIRABLE = frozenset(
    {
        "weekday",
        "month",
        "rel",
        "morgen",
        "daypart",
        "mod",
        "num",
        "ord",
        "unit",
        "half",
        "quarter",
        "threequarter",
    }
    | {"weekend", "between", "feast", "portion", "by", "noonpoint", "midnight"}
)


def _near(words: dict[str, Entry], vocabulary: frozenset[str]) -> dict[str, frozenset[str]]:
    """Deletion neighbourhoods of the repairable words (one letter left out -> the words)."""
    near: dict[str, set[str]] = {}
    for word in vocabulary:
        entry = words.get(word)
        if len(word) < _SHORTEST_REPAIR or entry is None or entry.kind not in _REPAIRABLE:
            continue
        if entry.kind == "num" and isinstance(entry.value, int) and entry.value > 99:
            continue
        near.setdefault(word, set()).add(word)
        for position in range(len(word)):
            near.setdefault(word[:position] + word[position + 1 :], set()).add(word)
    return {shorter: frozenset(candidates) for shorter, candidates in near.items()}
