"""The word tables of spoken times, compiled once: number words to digits, weekdays, months, dayparts."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

LANGUAGES = ("de", "en")


@dataclass(frozen=True, slots=True)
class SpokenWords:
    """The compiled table of one language."""

    language: str
    numbers: dict[str, int]
    number: re.Pattern[str]
    ordinal: re.Pattern[str]
    ordinals: tuple[tuple[re.Pattern[str], int], ...]
    weekday: re.Pattern[str]
    day_and_part: re.Pattern[str]
    part_spoken: dict[str, str]
    months: tuple[str, ...]
    relative: tuple[tuple[re.Pattern[str], int], ...]
    next_week: re.Pattern[str]
    next_day: re.Pattern[str]
    other_day: re.Pattern[str]
    dialect_hour: re.Pattern[str]
    parts: tuple[tuple[re.Pattern[str], int, int], ...]

    def with_digits(self, text: str) -> str:
        """The text in lower case with its number words as digits; ordinals before a month become `15.`."""
        return _with_digits(self.language, text)

    def _in_digits(self, text: str) -> str:
        lowered = text.lower().replace("a.m.", "am").replace("p.m.", "pm")
        lowered = self.dialect_hour.sub(r"\1", lowered)
        lowered = self.day_and_part.sub(self._apart, lowered)
        lowered = self.ordinal.sub(self._ordinal, lowered)
        return self.number.sub(lambda match: str(self.numbers[match.group(0).replace("-", " ")]), lowered)

    def _apart(self, match: re.Match[str]) -> str:
        """A day and its part, written as one word ("donnerstagnachmittag"); "freitagmorgen" is not tomorrow."""
        return f"{match[1]} {self.part_spoken.get(match[2], match[2])}"

    def _ordinal(self, match: re.Match[str]) -> str:
        word = match.group(0)
        value = next(value for pattern, value in self.ordinals if pattern.fullmatch(word))
        return f"{value}."


@lru_cache(maxsize=1 << 15)
def _with_digits(language: str, text: str) -> str:
    """Remembered, because several rules read the same sentences."""
    return spoken_words(language)._in_digits(text)


@cache
def spoken_words(language: str) -> SpokenWords:
    """The table of a language; any language that is not English is read as German."""
    language = language if language in LANGUAGES else "de"
    source = resources.files("handfest.diagnosis.hearing").joinpath("spoken_words.toml").read_text("utf-8")
    table = tomllib.loads(source)[language]
    numbers = _numbers(table)
    months = tuple(table["months"])
    any_ordinal = "|".join(sorted(table["ordinals"], key=len, reverse=True))
    before_month = rf"(?=\s+(?:of\s+)?(?:{'|'.join(months)})\b)"
    late = "|".join(word for word, value in sorted(table["ordinals"].items(), reverse=True) if value > 4)
    return SpokenWords(
        language=language,
        numbers=numbers,
        number=_number_pattern(language, numbers),
        ordinal=re.compile(rf"\b(?:{any_ordinal})\b{before_month}|{table['ordinal_day'].format(late=late)}"),
        ordinals=tuple((re.compile(word), value) for word, value in table["ordinals"].items()),
        weekday=re.compile(r"\b(?:" + "|".join(f"({day})" for day in table["weekdays"]) + r")\b"),
        day_and_part=re.compile(table["day_and_part"]),
        part_spoken=table["part_spoken"],
        months=months,
        relative=tuple((re.compile(rf"\b(?:{word})\b"), days) for word, days in table["relative"]),
        next_week=re.compile(table["next_week"]),
        next_day=re.compile(table["next_day"]),
        other_day=re.compile(table["other_day"]),
        dialect_hour=re.compile(table["dialect_hour"]),
        parts=tuple((re.compile(rf"\b(?:{word})"), a, b) for word, (a, b) in table["parts"].items()),
    )


def _numbers(table: dict[str, Any]) -> dict[str, int]:
    units: list[str] = table["units"]
    numbers = {word: value for value, word in enumerate(units)} | dict(table["extra"])
    for tens, value in table["tens"].items():
        numbers[tens] = value
        for unit in range(1, 10):
            if table["joins"] == "units_first":
                stem = "ein" if unit == 1 else units[unit]
                numbers[f"{stem}und{tens}"] = value + unit
            else:
                numbers[f"{tens} {units[unit]}"] = value + unit
    if table["joins"] == "units_first":
        numbers["ein"] = 1
    return numbers


def _number_pattern(language: str, numbers: dict[str, int]) -> re.Pattern[str]:
    lone = {
        "ein": r"\bein(?= uhr\b)",
        "one": r"(?:(?<=\bat )|(?<=past )|(?<=\bto )|(?<=half ))one\b|"
        r"\bone(?= ?(?:o'?clock|am\b|pm\b|fifteen|thirty|forty))",
    }
    lone = {word: pattern for word, pattern in lone.items() if word in numbers}
    plain = sorted((word for word in numbers if word not in lone), key=len, reverse=True)
    joined = "|".join(word.replace(" ", "[- ]") for word in plain)
    return re.compile("|".join((rf"\b(?:{joined})\b", *lone.values())))
