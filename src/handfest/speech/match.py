"""A place where a rule fits: the tokens it covers and its neighbours, and what a builder makes of them."""

from collections.abc import Callable
from dataclasses import dataclass

from handfest.speech.form import Clock, ClockSpan, DayForm, Daypart
from handfest.speech.token import Token


@dataclass(frozen=True, slots=True)
class Match:
    """The tokens a pattern covers, the tokens beside them and the language of the call."""

    tokens: tuple[Token, ...]
    before: Token | None
    after: Token | None
    language: str

    def find(self, *kinds: str) -> Token | None:
        """The first covered token of one of the kinds."""
        return next((token for token in self.tokens if token.kind in kinds), None)

    def every(self, *kinds: str) -> list[Token]:
        """All covered tokens of the kinds, in order."""
        return [token for token in self.tokens if token.kind in kinds]

    def has(self, *kinds: str) -> bool:
        """True when a token of one of the kinds is covered."""
        return self.find(*kinds) is not None

    def number(self, *kinds: str, index: int = 0) -> int | None:
        """The value of the n-th covered token of the kinds, articles ("ein", "a") counting one."""
        found = self.every(*kinds)
        if index >= len(found):
            return None
        return value_of(found[index])

    def value(self, kind: str) -> str | None:
        """The text value of the first covered token of a kind (mod, portion, unit, ampm, daypart)."""
        token = self.find(kind)
        return token.value if token is not None and isinstance(token.value, str) else None

    @property
    def text(self) -> str:
        """The covered words."""
        return " ".join(token.text for token in self.tokens)


Builder = Callable[[Match], list[Token] | None]


def value_of(token: Token) -> int | None:
    """The whole number a token stands for, or None."""
    if token.kind in ("one", "a"):
        return 1
    return token.value if isinstance(token.value, int) else None


def day(match: Match, form: DayForm | None) -> list[Token] | None:
    """Replace the match by a day form."""
    return None if form is None else [Token("day", form, match.text)]


def clock(match: Match, form: Clock | None) -> list[Token] | None:
    """Replace the match by a time of day."""
    return None if form is None else [Token("clock", form, match.text)]


def span(match: Match, form: ClockSpan | None) -> list[Token] | None:
    """Replace the match by a span of the day."""
    return None if form is None else [Token("span", form, match.text)]


def part(match: Match, form: Daypart | None) -> list[Token] | None:
    """Replace the match by a part of the day."""
    return None if form is None else [Token("part", form, match.text)]


def aside(match: Match) -> list[Token]:
    """Replace the match by something that is not about the appointment's time."""
    return [Token("aside", None, match.text)]
