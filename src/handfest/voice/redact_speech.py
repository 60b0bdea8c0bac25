"""Blank personal data in spoken text: names that are known, numbers however they were said, addresses."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from handfest.trace.redact import PERSONAL
from handfest.voice.dialect import read_tool

LINE_MAX = 2000
_DATA: Mapping[str, Any] = tomllib.loads(
    files("handfest.voice").joinpath("data/personal_words.toml").read_text(encoding="utf-8")
)
_ONE = "|".join(sorted((*_DATA["digits"], r"\d"), key=len, reverse=True))
_SPELLED = re.compile(rf"\b(?:{_ONE})(?:[\s,./-]*(?:{_ONE})){{5,}}\b", re.IGNORECASE)
_NUMBER = re.compile(r"\+?\d(?:[\s/()-]?\d){5,}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.\d{2,4}")
_EMAIL = re.compile(
    rf"\S+@\S+|\S+(?:\s\S+)?\s(?:{'|'.join(_DATA['at'])})\s\S+\s(?:{'|'.join(_DATA['dot'])})\s\w+"
)
_INTRODUCED = re.compile(
    rf"(?P<lead>\b(?:{'|'.join(_DATA['introductions'])})\s+)(?P<name>[A-ZÄÖÜ][\w'-]*(?:\s+[A-ZÄÖÜ][\w'-]*){{0,2}})"
)
_LEAST = 3


def personal_words(arguments: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """The words of customers' names in the arguments of tool requests, in whatever spelling they came."""
    found: set[str] = set()
    for given in arguments:
        read = read_tool("", given).arguments
        found |= {str(read[field]) for field in PERSONAL if isinstance(read.get(field), str)}
    return frozenset(found)


def redact_speech(text: str, names: Iterable[str] = ()) -> str:
    """The text with personal data blanked; times and dates stay, because they are what a call is about."""
    text = _EMAIL.sub("[email]", text[:LINE_MAX])
    text = _SPELLED.sub(_number, _NUMBER.sub(_number, text))
    text = _INTRODUCED.sub(lambda match: match["lead"] + "[name]", text)
    for word in sorted({part for name in names for part in name.split()}, key=len, reverse=True):
        if len(word) >= _LEAST:
            text = re.sub(rf"\b{re.escape(word)}\b", "[name]", text, flags=re.IGNORECASE)
    return text


def _number(match: re.Match[str]) -> str:
    return match.group() if _MOMENT.search(match.group()) else "[number]"
