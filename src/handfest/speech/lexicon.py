"""The closed lexicon: every word that can carry a time, by language, with repair of near misses.

Word lists live in `data/when_de.toml` and `data/when_en.toml`, names of feasts in `data/feasts.toml`. A
lexicon holds one language whole and of the other one only its `[foreign]` words, because agents mix them
("tomorrow 14:00" in a German call).
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any

from handfest.speech.number_word import english_numbers, english_ordinals, german_numbers, german_ordinals

LANGUAGES = ("de", "en")
_CHOICE = re.compile(r"[()]")
_SILENT = re.compile(r"([aeiou])h(?=[^aeiou]|$)")
_DOUBLED = re.compile(r"(.)\1+")
_SHORTEST_REPAIR = 5
_SHORTEST_SOUND = 4
_SPOKEN_HOURS = frozenset({"num", "half"})
_LONGEST_WORD = 24
_LONG_WEEKDAY = 8
_FIRST_LETTER_FREE = 6
_LONGEST_PHRASE = 7
_INTEGER_KINDS = frozenset({"weekday", "month", "rel"})
_NUMBERS = {"de": (german_numbers, german_ordinals), "en": (english_numbers, english_ordinals)}


@dataclass(frozen=True, slots=True)
class Entry:
    """What a word or phrase means: a kind of the grammar and a value."""

    kind: str
    value: object = None


Phrases = dict[str, dict[str | None, tuple[tuple[tuple[str, ...], Entry], ...]]]
"""Phrases by their first word and their second one (None: there is none), longest first."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All words of one language and its phrases.

    `near` maps a word with one letter left out to the words it may come from; `guard` are ordinary words
    that are never repaired. `resembled` groups the words whose near misses raise doubt,
    `turning` the short ones that turn a meaning round ("nicht", "next").
    `compounds` are words that stand for several ("monatsende"), `homophones` words written for an hour ("for pm"),
    `south` hours that are ordinals elsewhere ("um achte"),
    `sounds` maps how a word sounds in any German mouth to the word ("freidag", "donnerschtag", "ibermorgen").
    """

    language: str
    words: dict[str, Entry]
    phrases: Phrases
    vocabulary: frozenset[str]
    near: dict[str, frozenset[str]]
    guard: frozenset[str]
    homophones: dict[str, int]
    south: dict[str, int]
    resembled: dict[str, tuple[str, ...]]
    turning: tuple[str, ...]
    compounds: dict[str, tuple[str, ...]]
    sounds: dict[str, str]

    def repair(self, word: str) -> str | None:
        """The one known word that differs by one letter (missing, extra, wrong, swapped), or None."""
        if not _SHORTEST_SOUND <= len(word) <= _LONGEST_WORD or word in self.guard:
            return None
        found: set[str] = set(self.near.get(word, ()))
        for position in range(len(word)):
            shorter = word[:position] + word[position + 1 :]
            if shorter in self.near or shorter in self.vocabulary:
                found |= self.near.get(shorter, frozenset())
                if shorter in self.vocabulary and len(shorter) >= _SHORTEST_REPAIR:
                    found.add(shorter)
        close = sorted(
            c for c in found if _one_edit(c, word) and (c[0] == word[0] or len(c) >= _FIRST_LETTER_FREE)
        )
        meanings = {self.words.get(candidate, Entry("phrase", candidate)): candidate for candidate in close}
        if len(meanings) > 1:
            meanings = {m: c for m, c in meanings.items() if c[0] == word[0] or m.kind == "num"}
        if not meanings:
            return self.sounds.get(sound(word)) or self._distant_weekday(word)
        return next(iter(meanings.values())) if len(meanings) == 1 else None

    def _distant_weekday(self, word: str) -> str | None:
        """ "satterday": a long word in "-day" two letters away from one weekday only."""
        if self.language != "en" or len(word) < _LONG_WEEKDAY or not word.endswith("day"):
            return None
        close = [day for day in self.resembled.get(word[0], ()) if day.endswith("day")]
        close = [day for day in close if _within_edits(day, word, 2) and self.words[day].kind == "weekday"]
        return close[0] if len(close) == 1 else None

    def resembles(self, word: str) -> bool:
        """True when a word is two letters away from a longer word of time, so that it may be one."""
        if word in self.guard or len(word) > _LONGEST_WORD:
            return False
        if any(_one_edit(rival, word) for rival in self.turning):
            return True
        if len(word) < _SHORTEST_REPAIR:
            return False
        rivals = self.resembled.get(word[:1], ()) + self.resembled.get("-" + word[-2:], ())
        return any(_within_edits(rival, word, 2) for rival in rivals)


def sound(word: str) -> str:
    """How a folded German word sounds where hard and soft, rounded and plain are not told apart."""
    for written, heard in table("sounds.toml")["same"]:
        word = word.replace(written, heard)
    return _DOUBLED.sub(r"\1", _SILENT.sub(r"\1", word))


def _within_edits(left: str, right: str, most: int) -> bool:
    """Levenshtein distance of at most so many, tried at the first letter that differs."""
    if abs(len(left) - len(right)) > most:
        return False
    start, shorter = 0, min(len(left), len(right))
    while start < shorter and left[start] == right[start]:
        start += 1
    if start == shorter:
        return True
    if not most:
        return False
    left, right = left[start:], right[start:]
    return (
        _within_edits(left[1:], right[1:], most - 1)
        or _within_edits(left, right[1:], most - 1)
        or _within_edits(left[1:], right, most - 1)
    )


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
        word
        for seconds in phrases.values()
        for entries in seconds.values()
        for parts, _ in entries
        for word in parts
    }
    words |= _plain_umlauts(words, vocabulary)
    vocabulary |= frozenset(words)
    guard = frozenset(data["vocabulary"]["guard"].split()) | frozenset(
        table("everyday_words.toml")[own].split()
    )
    near = _near(words, vocabulary, _feast_words())
    homophones, south = data.get("homophones", {}), data.get("south", {})
    compounds = {word: tuple(parts.split()) for word, parts in data.get("compounds", {}).items()}
    turning = tuple(data["vocabulary"]["turning"].split())
    resembled, sounds = _resembled(near, words), _sounds(near, words) if own == "de" else {}
    return Lexicon(
        own, words, phrases, vocabulary, near, guard, homophones, south, resembled, turning, compounds, sounds
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


def _phrases(data: dict[str, Any], language: str) -> Phrases:
    grouped: dict[str, list[tuple[tuple[str, ...], Entry]]] = {}
    for name, spellings in data["phrases"].items():
        for spelling in spellings:
            _add_phrase(grouped, spelling, _phrase_entry(name))
    for key, feast in table("feasts.toml").items():
        for name in feast["names"]:
            _add_phrase(grouped, name, Entry("feast", key))
    return {first: _by_second(entries) for first, entries in grouped.items()}


def _by_second(
    entries: list[tuple[tuple[str, ...], Entry]],
) -> dict[str | None, tuple[tuple[tuple[str, ...], Entry], ...]]:
    grouped: dict[str | None, dict[tuple[str, ...], Entry]] = {}
    for parts, entry in entries:
        grouped.setdefault(parts[1] if len(parts) > 1 else None, {}).setdefault(parts, entry)
    return {
        second: tuple(sorted(found.items(), key=lambda e: -len(e[0]))) for second, found in grouped.items()
    }


def _add_phrase(grouped: dict[str, list[tuple[tuple[str, ...], Entry]]], spelling: str, entry: Entry) -> None:
    for written in _spelled_out(spelling.replace("-", " ")):
        parts = tuple(written.split())
        grouped.setdefault(parts[0], []).append((parts, entry))


def _spelled_out(spelling: str) -> list[str]:
    """Every wording of a phrase with choices: "so (bald|frueh) wie (nur|) moeglich" are four."""
    pieces = _CHOICE.split(spelling)
    choices = [piece.split("|") for piece in pieces]
    return ["".join(wording) for wording in product(*choices)]


def _phrase_entry(name: str) -> Entry:
    kind, _, value = name.partition("_")
    if kind == "daypart":
        return Entry("daypart", value)
    if kind in ("mod", "portion"):
        return Entry(kind, value)
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


def _resembled(near: dict[str, frozenset[str]], words: dict[str, Entry]) -> dict[str, tuple[str, ...]]:
    """The longer repairable words by their first letter and by "-" and their last two."""
    grouped: dict[str, list[str]] = {}
    for word in sorted({word for candidates in near.values() for word in candidates}):
        if len(word) >= 6 and words.get(word, Entry("feast")).kind in _RESEMBLED:
            grouped.setdefault(word[0], []).append(word)
            grouped.setdefault("-" + word[-2:], []).append(word)
    return {key: tuple(group) for key, group in grouped.items()}


def _sounds(near: dict[str, frozenset[str]], words: dict[str, Entry]) -> dict[str, str]:
    """The sound of every repairable word, where it is one word's alone."""
    heard: dict[str, dict[Entry, str]] = {}
    short = {
        word for word, entry in words.items() if len(word) == _SHORTEST_SOUND and entry.kind in _SPOKEN_HOURS
    }
    for word in sorted({word for candidates in near.values() for word in candidates} | short):
        heard.setdefault(sound(word), {}).setdefault(words.get(word, Entry("feast", word)), word)
    return {key: next(iter(found.values())) for key, found in heard.items() if len(found) == 1}


_SMALL = frozenset(
    {"before", "after", "until", "early", "approx", "within", "from", "between", "by", "notbefore"}
)
"""Small words that say which side of a time is meant; a misspelt one must not fall away."""
_RESEMBLED = frozenset({"weekday", "month", "rel", "mod", "num", "quarter", "ord", "by"})
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
    | {"weekend", "feast", "portion", "noonpoint", "midnight", "neg", "tonight"}
    | _SMALL
)


def _feast_words() -> dict[str, Entry]:
    """The words that names of feasts are made of ("christmas", "weihnachtsfeiertag")."""
    names = [name for feast in table("feasts.toml").values() for name in feast["names"]]
    return {
        word: Entry("feast") for name in names for word in name.replace("-", " ").split() if len(word) > 5
    }


def _near(
    words: dict[str, Entry], vocabulary: frozenset[str], feasts: dict[str, Entry]
) -> dict[str, frozenset[str]]:
    """Deletion neighbourhoods of the repairable words (one letter left out -> the words)."""
    near: dict[str, set[str]] = {}
    for word in vocabulary:
        entry = words.get(word) or feasts.get(word)
        if len(word) < _SHORTEST_REPAIR or entry is None or entry.kind not in _REPAIRABLE:
            continue
        if entry.kind == "num" and isinstance(entry.value, int) and entry.value > 99:
            continue
        near.setdefault(word, set()).add(word)
        for position in range(len(word)):
            near.setdefault(word[:position] + word[position + 1 :], set()).add(word)
    return {shorter: frozenset(candidates) for shorter, candidates in near.items()}
