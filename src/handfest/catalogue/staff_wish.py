"""The person a caller wishes for: "bei der Anna", "mit Frau Schmidt", "egal"."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from handfest.catalogue.phrase import find
from handfest.catalogue.spelling import sound, tokens
from handfest.catalogue.words import LANGUAGES, words_of
from handfest.model.catalogue import Staff

Alike = Callable[[str, str], bool]
_ALIKE = 80.0
_ALIKE_BY_SOUND = 65.0


@dataclass(frozen=True, slots=True)
class StaffResolved:
    """Exactly this person was wished for."""

    spoken: str
    staff_id: str


@dataclass(frozen=True, slots=True)
class StaffAmbiguous:
    """Several people are called so; the caller is asked."""

    spoken: str
    staff_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StaffUnknown:
    """Nobody here is called so, or no name was said (`reason` is `not_here` or `unnamed`)."""

    spoken: str
    reason: str = "not_here"


@dataclass(frozen=True, slots=True)
class StaffAny:
    """The caller does not mind who serves."""

    spoken: str


StaffWish = StaffResolved | StaffAmbiguous | StaffUnknown | StaffAny


def resolve_staff(said: str, staff: Sequence[Staff]) -> StaffWish:
    """Who of `staff` is meant by `said`, in German or English; misheard names are matched by sound.

    Names win over "egal": "egal, Hauptsache Anna" is Anna.
    """
    heard = tokens(said)
    little = frozenset().union(*(words_of(each).function | words_of(each).staff_titles for each in LANGUAGES))
    names = {person.id: _names(person) for person in staff}
    content = tuple(word for word in heard if word not in little)
    anybody = any(find(heard, phrase) is not None for each in LANGUAGES for phrase in words_of(each).anybody)
    ways: tuple[Alike, ...] = (_same,) if anybody else (_same, _heard_the_same, _sounds_alike)
    for alike in ways:
        found = _best(heard if alike is _same else content, names, alike)
        if len(found) == 1:
            return StaffResolved(said, found[0])
        if found:
            return StaffAmbiguous(said, found)
    if anybody:
        return StaffAny(said)
    return StaffUnknown(said, "not_here" if content else "unnamed")


def _names(person: Staff) -> frozenset[str]:
    titles = frozenset().union(*(words_of(each).staff_titles for each in LANGUAGES))
    return frozenset(t for name in (person.name, *person.aliases) for t in tokens(name)) - titles


def _best(heard: Sequence[str], names: dict[str, frozenset[str]], alike: Alike) -> tuple[str, ...]:
    """The people most of whose names were said; a first and a last name beat a last name alone."""
    counts = {
        person: sum(any(alike(word, name) for word in heard) for name in called)
        for person, called in names.items()
    }
    most = max(counts.values(), default=0)
    return tuple(person for person, count in counts.items() if count == most and most > 0)


def _same(word: str, name: str) -> bool:
    return word == name or word in (name + "s", name + "es")


def _heard_the_same(word: str, name: str) -> bool:
    return len(word) >= 3 and _heard(word) == _heard(name)


def _sounds_alike(word: str, name: str) -> bool:
    if len(word) < 3 or len(name) < 3:
        return False
    if _names_of_two(word, name):
        return False
    ratio = fuzz.ratio(word, name)
    if ratio >= _ALIKE:
        return True
    return (
        ratio >= _ALIKE_BY_SOUND
        and word[0] == name[0]
        and any(sound(word, s) == sound(name, s) for s in LANGUAGES)
    )


def _names_of_two(word: str, name: str) -> bool:
    """Two names that people have are two people, however alike: whoever asks for Anja does not mean Anna."""
    known = words_of("de").given_names
    return word in known and name in known


def _heard(name: str) -> str:
    """The name without what nobody hears: Kathrin and Katrin, Meyer and Maier, Schmidt and Schmitt."""
    for written, spoken in words_of("de").heard_alike:
        name = name.replace(written, spoken)
    return re.sub(r"(.)\1", r"\1", name).removesuffix("h")
