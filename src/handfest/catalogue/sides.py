"""Two sides of a matter: whoever speaks of "my landlord" is the tenant, and means what is there for tenants.

Read only where a catalogue tells both sides of a matter apart ("Beratung für Mieter", "Beratung für Vermieter");
everywhere else the words are words as any others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Side = tuple[str, str]
"""The rank of a matter ("tenancy") and the group on one side of it ("landlord")."""
_NEAR = 2
"""How many words before a side may say that the caller is of it ("als privater Vermieter")."""


_WHO = ("person", "animal")
"""The ranks of targets that say who is served, which is no side of a matter."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The words of a language for the sides of matters, folded.

    `words` maps each to its side, `names` a side to the word that stands for it, `others` a side to its counterpart.
    `own` lead in what the caller is ("als"), `possessive` and `other` whom they speak of ("mein", "der", "vom").
    `heads` may follow a side in one word ("Mieterberatung"); `empty_heads` are those that add nothing ("-seite").
    """

    words: Mapping[str, Side]
    names: Mapping[Side, str]
    others: Mapping[Side, Side]
    unturned: frozenset[str]
    own: frozenset[str]
    possessive: frozenset[str]
    other: frozenset[str]
    heads: frozenset[str]
    empty_heads: frozenset[str]


def is_side(target: Side | None) -> bool:
    """True for a target of a phrase that is the side of a matter, not who is served."""
    return target is not None and target[0] not in _WHO


def told_apart(names: Iterable[Sequence[str]], sides: Sides) -> dict[str, Side]:
    """The words for the sides that names of a catalogue (as tokens) tell apart: each is named without the other."""
    found: set[Side] = set()
    for name in names:
        said = {side for token in name if (side := _side_of(token, sides)[0])}
        found |= {side for side in said if sides.others[side] not in said}
    return {word: side for word, side in sides.words.items() if {side, sides.others[side]} <= found}


def with_sides(said: Sequence[str], active: Mapping[str, Side], sides: Sides) -> tuple[str, ...]:
    """The tokens with every word for a side put as the one that stands for the side the caller is of."""
    result: list[str] = []
    for at, token in enumerate(said):
        side, head = _side_of(token, sides)
        if side is None or sides.names[side] not in active:
            result.append(token)
            continue
        turned = token not in sides.unturned and not head and _spoken_of(said, at, sides)
        result.append(sides.names[sides.others[side] if turned else side])
        result += [head] if head and head not in sides.empty_heads else []
    return tuple(result)


def _side_of(token: str, sides: Sides) -> tuple[Side | None, str]:
    """The side a word is or begins with, and what follows it ("Mieterberatung": tenant, "beratung")."""
    if token in sides.words:
        return sides.words[token], ""
    for word, side in sides.words.items():
        head = token[len(word) :]
        if token.startswith(word) and head in sides.heads:
            return side, head
    return None, ""


def _spoken_of(said: Sequence[str], at: int, sides: Sides) -> bool:
    """True where a word for a side is what the caller has, not what they are."""
    before = said[at - 1] if at else ""
    if before in sides.possessive:
        return True
    if sides.own & set(said[max(0, at - _NEAR) : at]):
        return False
    following = said[at + 1] if at + 1 < len(said) else ""
    return before in sides.other or (at == 0 and following.endswith(("t", "en", "ll")))
