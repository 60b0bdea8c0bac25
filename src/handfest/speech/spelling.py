"""Spelling aloud: alphabets of words ("Anton Berta", "Mike Alpha"), single letters, and "mit Doppel-T"."""

import re
from collections.abc import Callable, Sequence
from functools import cache

from handfest.speech.people_words import listed, people_words, plain

_LONGEST_ROW = 40
_FEWEST_WORDS = {"german": 4, "icao": 3}
"""First names are words of the German alphabets, so that shorter rows may be names."""
_AMOUNT = (
    r"(?:zwei|doppel|doppelt|einem|einfachem|hartem|weichem|scharfem|langem|kurzem|kleinem|grossem|großem|capital|big|small"
    r"|double|two|one|a|an|single|just)"
)
_LETTER = r"(?:[a-zäöüß]{1,2}|ypsilon|eszett|apostroph|apostrophe|umlaut|bindestrich|hyphen|akzent|accent)"
WRITTEN_WITH = re.compile(
    rf",?\s+(?:mit|with|ohne|without)\s+(?:{_AMOUNT}[\s-]+)*{_LETTER}(?:['’]s)?"
    rf"(?:\s+(?:(?:und|and)\s+)?(?:{_AMOUNT}[\s-]+)*{_LETTER}\b){{0,3}}"
    r"(?:\s+(?:am ende|hinten|vorne|in der mitte|at the end))?$",
    re.IGNORECASE,
)
"""How a name is written, said behind it ("Maier mit a i", "Hoffmann mit zwei f und zwei n")."""


@cache
def _alphabets() -> dict[str, dict[str, str]]:
    """By name of an alphabet: its plain words and the letter each stands for."""
    return {
        name: {word: letter for letter, words in letters.items() for word in listed(words)}
        for name, letters in people_words()["spelling"].items()
    }


def without_alphabet(words: Sequence[str]) -> list[str]:
    """The words with every longer row of words of one spelling alphabet as single letters.

    Shorter rows may be names ("Anton Ludwig"); behind a word that they spell they say it once more. "Ypsilon" beside
    a single letter is one.
    """
    words = _named_letters(words)
    kept: list[str] = []
    at = 0
    while at < len(words):
        rows = {
            name: _row(words[at : at + _LONGEST_ROW], letters.get) for name, letters in _alphabets().items()
        }
        name, row = max(rows.items(), key=lambda found: len(found[1]))
        spells = bool(kept) and len(row) > 1 and plain(kept[-1]) == plain("".join(row))
        spelled = len(row) >= _FEWEST_WORDS[name] or spells
        kept.extend(row if spelled else [words[at]])
        at += len(row) if spelled else 1
    return kept


def _named_letters(words: Sequence[str]) -> list[str]:
    names = people_words()["letters"]
    lone = [len(word.rstrip(".")) == 1 for word in words]
    return [
        names.get(plain(word), word) if any(lone[max(0, at - 1) : at + 2]) else word
        for at, word in enumerate(words)
    ]


def _row(words: Sequence[str], letter_of: Callable[[str], str | None]) -> list[str]:
    """The letters of the words at the start that belong to an alphabet."""
    letters: list[str] = []
    for word in words:
        letter = letter_of(plain(word).rstrip("."))
        if letter is None:
            break
        letters.append(letter)
    return letters
