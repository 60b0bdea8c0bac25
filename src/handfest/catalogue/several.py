"""Where one phrase holds several: corrections (the last word counts), services together, alternatives."""

from collections.abc import Sequence
from enum import StrEnum

from handfest.catalogue.phrase import Grammar, find
from handfest.catalogue.words import Words


class Joint(StrEnum):
    """How the parts of a phrase belong together; a mere comma may as well say one thing twice."""

    AND = "and"
    WITH = "with"
    EITHER = "either"
    BESIDE = "beside"


SUMS = frozenset({Joint.AND, Joint.WITH})
"""The ways in which parts may be wishes for several services."""

_TWO = 2
_BEGIN = 3
"""A wish is announced within so many words ("und ich hätte gern")."""


def corrected(said: Sequence[str], words: Words) -> tuple[tuple[str, ...], ...]:
    """What follows a correction ("…, äh nein, …"), the latest first; nothing where nobody corrected."""
    tails = []
    for phrase in words.corrections:
        at = find(said, phrase)
        if at is not None and at + len(phrase) < len(said):
            tails.append(tuple(said[at + len(phrase) :]))
    return tuple(sorted(tails, key=len))


def parts_of(
    spoken: Sequence[Sequence[str]], grammar: Grammar, uncut: frozenset[tuple[str, ...]] = frozenset()
) -> tuple[tuple[tuple[str, ...], ...], Joint]:
    """The clauses cut at "und", "mit", "oder" but for `uncut` ones, and how the parts belong together."""
    words = grammar.words
    together = tuple(each for each in words.together if each not in uncut)
    parts: list[tuple[str, ...]] = []
    joint = Joint.BESIDE
    for clause in spoken:
        current: list[str] = []
        at = 0
        while at < len(clause):
            width = _connector(clause, at, together)
            other = _connector(clause, at, words.either)
            if other:
                joint = Joint.EITHER
            elif width and joint is not Joint.EITHER:
                accompanied = clause[at] in words.accompanying
                joint = Joint.WITH if accompanied and joint is not Joint.AND else Joint.AND
            if width or other:
                parts.append(tuple(current))
                current = []
                at += max(width, other)
            else:
                current.append(clause[at])
                at += 1
        parts.append(tuple(current))
    spoken_of = [part for part in parts if any(t not in words.function or t in grammar.kept for t in part)]
    return tuple(spoken_of), joint


def tells_first(pieces: Sequence[Sequence[str]], words: Words) -> bool:
    """True where the first of two pieces only tells of the caller, and the second wishes ("ich war noch nie bei
    Ihnen und möchte mich durchchecken lassen"): one wish, not two."""
    if len(pieces) != _TWO:
        return False
    told, wished = (set(piece) for piece in pieces)
    begins = set(pieces[1][:_BEGIN])
    tells = bool(words.telling & set(pieces[0][:_BEGIN])) and not words.wishing & told
    return tells and bool(words.wishing & begins) and not words.besides & wished


def _connector(clause: Sequence[str], at: int, connectors: tuple[tuple[str, ...], ...]) -> int:
    return next((len(c) for c in connectors if tuple(clause[at : at + len(c)]) == c), 0)
