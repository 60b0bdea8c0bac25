"""Blank personal data in spoken text: names that are known, numbers however they were said, addresses."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from cologne_phonetics import encode

from handfest.speech.people_words import listed, people_words, plain
from handfest.trace.redact import PERSONAL as PERSONAL_ARGUMENTS
from handfest.voice.dialect import read_tool
from handfest.voice.heard_names import PERSONAL, SPELLED

LINE_MAX = 2000
_ONE = "|".join(sorted((*PERSONAL["digits"], r"\d"), key=len, reverse=True))
_DIGITS = re.compile(rf"\b(?:{_ONE})(?:[\s,./-]*(?:{_ONE})){{5,}}\b", re.IGNORECASE)
_NUMBER = re.compile(r"\+?\d(?:[\s/()-]?\d){5,}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.\d{2,4}")
_EMAIL = re.compile(
    rf"\S+@\S+|\S+(?:\s\S+)?\s(?:{'|'.join(PERSONAL['at'])})\s\S+\s(?:{'|'.join(PERSONAL['dot'])})\s\w+"
)
_STREET = re.compile(PERSONAL["street"])
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_REPEATED = re.compile(r"\[name\](?:[\s,]+\[name\])+")
_TALK = frozenset({*listed(people_words()["name"]["talk"]), *listed(people_words()["name"]["times"])})
_LEAST = 3
_SOUNDS_LEAST = 4


def personal_words(arguments: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """The words of customers' names in the arguments of tool requests, in whatever spelling they came."""
    found: set[str] = set()
    for given in arguments:
        read = read_tool("", given).arguments
        found |= {str(read[field]) for field in PERSONAL_ARGUMENTS if isinstance(read.get(field), str)}
    return frozenset(found)


class Blank:
    """Blanks these names, as written, as heard (Meier, Mayer) and with an ending, beside numbers and addresses."""

    def __init__(self, names: Iterable[str] = (), keep: Iterable[str] = ()) -> None:
        kept = {plain(part) for word in keep for part in _WORD.findall(word)}
        parts = {part for name in names for part in _WORD.findall(name)}
        self._short = frozenset(part for part in parts if len(part) < _LEAST and part[:1].isupper())
        self._known = frozenset(plain(part) for part in parts if len(part) >= _LEAST)
        self._sounds = frozenset(
            _sound(part) for part in parts if len(part) >= _SOUNDS_LEAST and plain(part) not in _TALK
        )
        self._kept = frozenset(kept | _TALK)

    def text(self, said: str) -> str:
        """The text without personal data; times and dates stay, because they are what a call is about."""
        said = _EMAIL.sub("[email]", said[:LINE_MAX])
        said = _DIGITS.sub(_number, _NUMBER.sub(_number, said))
        said = _STREET.sub("[address]", SPELLED.sub("[name]", said))
        return _REPEATED.sub("[name]", _WORD.sub(self._word, said))

    def _word(self, match: re.Match[str]) -> str:
        word = match.group()
        compared = plain(word)
        known = word in self._short or compared in self._known or compared.removesuffix("s") in self._known
        return "[name]" if known or self._heard(word, compared) else word

    def _heard(self, word: str, compared: str) -> bool:
        if len(word) < _SOUNDS_LEAST or not word[0].isupper() or compared in self._kept:
            return False
        return _sound(word) in self._sounds


def redact_speech(text: str, names: Iterable[str] = ()) -> str:
    """One text without personal data, of which only these names are known."""
    return Blank(names).text(text)


def _sound(word: str) -> str:
    return " ".join(code for _, code in encode(word))


def _number(match: re.Match[str]) -> str:
    return match.group() if _MOMENT.search(match.group()) else "[number]"
