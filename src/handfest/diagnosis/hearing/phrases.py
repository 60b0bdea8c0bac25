"""Meanings of clauses spoken on the phone, by language, from data."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from handfest.diagnosis.hearing.spoken_words import LANGUAGES, spoken_words

_SENTENCE = re.compile(r"(?<=[!?])\s+|(?<=\D)\.\s+|(?<=\d)\.\s+(?![\d_])|\n+|;\s+|\s+[–—]\s+")

_COMMA = re.compile(r",\s+")
_WORD = re.compile(r"[^\W\d_]+(?:'\w+)?")


@dataclass(frozen=True, slots=True)
class Phrases:
    """Compiled patterns of one language; `picks` are the words for the first, second, third of several."""

    language: str
    patterns: dict[str, re.Pattern[str]]
    picks: tuple[re.Pattern[str], ...]
    month: re.Pattern[str]

    def found(self, meaning: str, clause: str) -> bool:
        """Whether the clause (lower case) carries this meaning."""
        return _matches(self.patterns[meaning], clause)

    def end_of(self, meaning: str, clause: str) -> int | None:
        """Where the last words of this meaning end in the clause, None where there are none."""
        return _last_end(self.patterns[meaning], clause)

    def bare(self, rest: str, spare: int = 0) -> bool:
        """Whether what is left of a clause beside its times says nothing more, or at most so many words."""
        fillers = self.patterns["fillers"]
        return sum(fillers.fullmatch(word) is None for word in _WORD.findall(rest)) <= spare

    def unsaid(self, meaning: str, clause: str) -> str:
        """The clause without the words of this meaning."""
        return self.patterns[meaning].sub(" ", clause)

    def sentences(self, text: str) -> list[str]:
        """The sentences of an utterance in lower case, each with its closing mark; dates are not cut."""
        lowered = self.month.sub(r"\1.\2", text.lower().replace("’", "'"))
        return [part.strip() for part in _SENTENCE.split(lowered) if part.strip(" .,")]

    def clauses(self, text: str) -> list[str]:
        """The sentences cut once more where the speaker turns around (`but`, `instead`)."""
        return [
            clause.strip(" ,")
            for sentence in self.sentences(text)
            for part in _cut(self.patterns["split"], sentence)
            for clause in self._no_and_yes(part)
            if clause.strip(" .,")
        ]

    def _no_and_yes(self, part: str) -> list[str]:
        """Cut "ten is taken, eleven is free" at the comma, in either order: what is refused and what is offered."""
        for comma in _COMMA.finditer(part):
            sides = [part[: comma.start()], part[comma.end() :]]
            refused = [self.found("not_free", side) for side in sides]
            other = sides[refused.index(False)] if refused[0] != refused[1] else ""
            if self.found("free", other) or self.found("turns_around", other):
                return sides
        return [part]


@lru_cache(maxsize=1 << 15)
def _matches(pattern: re.Pattern[str], clause: str) -> bool:
    """Remembered, because agents say the same sentences in every call and several rules ask after each."""
    return pattern.search(clause) is not None


@lru_cache(maxsize=1 << 14)
def _last_end(pattern: re.Pattern[str], clause: str) -> int | None:
    return max((match.end() for match in pattern.finditer(clause)), default=None)


def _cut(pattern: re.Pattern[str], sentence: str) -> list[str]:
    """Cut before each turning word; a question mark at the end belongs to every part."""
    starts = [0, *(match.start() for match in pattern.finditer(sentence) if match.start() > 0)]
    return [sentence[a:b] for a, b in zip(starts, [*starts[1:], len(sentence)], strict=True)]


@cache
def phrases(language: str) -> Phrases:
    """The phrases of a language; any language that is not English is read as German."""
    language = language if language in LANGUAGES else "de"
    files = resources.files("handfest.diagnosis.hearing")
    table: dict[str, list[str]] = {}
    for name in ("phrases", "replies"):
        table |= tomllib.loads(files.joinpath(f"{name}.{language}.toml").read_text("utf-8"))
    months = "|".join(spoken_words(language).months)
    return Phrases(
        language=language,
        patterns={meaning: re.compile("|".join(words)) for meaning, words in table.items()},
        picks=tuple(re.compile(pattern) for pattern in table["ordinal_pick"]),
        month=re.compile(rf"(\d)\.\s+((?:{months})\b)"),
    )
