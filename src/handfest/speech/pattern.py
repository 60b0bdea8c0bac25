"""Patterns over token kinds: a small notation compiled to regular expressions on one letter a token.

A pattern is a row of kinds with `?` (may be missing), `( ... )`, `|` and macros, such as
`(on the?)? day_no month year?`. Each kind has one private letter, so that matching is linear and rules can be
written as data.
"""

import re
from dataclasses import dataclass, field

_ELEMENT = re.compile(r"[a-z_]+|[()|?*+]")
_FIRST_LETTER = 0xE000


@dataclass(slots=True)
class KindAlphabet:
    """The letter of every kind; kinds no pattern names share one letter."""

    letters: dict[str, str] = field(default_factory=dict)

    def letter(self, kind: str) -> str:
        """The letter of a kind, given out on first use while patterns are compiled."""
        if kind not in self.letters:
            self.letters[kind] = chr(_FIRST_LETTER + 1 + len(self.letters))
        return self.letters[kind]

    def spell(self, kinds: list[str]) -> str:
        """A row of kinds as a string of letters."""
        letters = self.letters
        return "".join([letters.get(kind, "\ue000") for kind in kinds])


def compile_pattern(notation: str, macros: dict[str, str], alphabet: KindAlphabet) -> re.Pattern[str]:
    """Turn a pattern in the notation above into a regular expression over letters."""
    return re.compile(_expression(notation, macros, alphabet))


def _expression(notation: str, macros: dict[str, str], alphabet: KindAlphabet) -> str:
    pieces: list[str] = []
    for element in _ELEMENT.findall(notation):
        if element == "(":
            pieces.append("(?:")
        elif element in ")|?*+":
            pieces.append(element)
        elif element in macros:
            pieces.append(f"(?:{_expression(macros[element], macros, alphabet)})")
        else:
            pieces.append(alphabet.letter(element))
    return "".join(pieces)


def first_letters(expression: re.Pattern[str], alphabet: KindAlphabet) -> frozenset[str]:
    """The letters a match of the expression can begin with."""
    return frozenset(_firsts(expression.pattern, 0)[0])


def _firsts(source: str, at: int) -> tuple[set[str], bool, int]:
    """First letters of the alternatives from `at` to the closing bracket; may it be empty; where it ends."""
    letters: set[str] = set()
    empty_somewhere, open_still = False, True
    while at < len(source) and source[at] != ")":
        if source[at] == "|":
            empty_somewhere, open_still, at = empty_somewhere or open_still, True, at + 1
            continue
        if source.startswith("(?:", at):
            inner, can_be_empty, at = _firsts(source, at + 3)
            at += 1
        else:
            inner, can_be_empty, at = {source[at]}, False, at + 1
        if at < len(source) and source[at] in "?*+":
            can_be_empty = can_be_empty or source[at] in "?*"
            at += 1
        if open_still:
            letters |= inner
            open_still = can_be_empty
    return letters, empty_somewhere or open_still, at
