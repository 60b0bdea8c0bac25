"""A customer's name out of what a caller said or an agent filled in.

Names are typed: a member of staff, a time of day, a scrap of talk or a placeholder never becomes the name
of a customer; the caller is asked again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from handfest.model.catalogue import Staff
from handfest.speech.people_words import listed, people_words, plain, spoken_digits

_LONGEST_NAME = 80
_MOST_WORDS = 6
_MOST_LETTERS = 20
_TEMPLATE = re.compile(r"[{}<>\[\]$%#@_|\\]")
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")
_BEI = ("bei der ", "bei dem ", "bei ", "beim ", "with ", "mit der ", "mit ")


@dataclass(frozen=True, slots=True)
class NameOk:
    """A name fit for a booking, spelled the way names are written."""

    name: str


@dataclass(frozen=True, slots=True)
class NameRefused:
    """No name: `reason` is empty, placeholder, time_words, staff_name or fragment."""

    text: str
    reason: str


NameRead = NameOk | NameRefused


@cache
def _list(key: str) -> tuple[str, ...]:
    return listed(people_words()["name"][key])


def read_name(text: str | None, staff: Sequence[Staff] = ()) -> NameRead:
    """The customer's name in `text`, or why there is none.

    A first name that a member of staff has is refused when it stands alone; with another last name it is a
    customer's. Surnames that are also words of time ("Sommer", "Montag") are fine beside a first name.
    """
    said = (text or "").strip()
    if not any(character.isalnum() for character in said):
        return NameRefused(said, "empty")
    if _is_placeholder(said):
        return NameRefused(said, "placeholder")
    if _is_time(said):
        return NameRefused(said, "time_words")
    bare = _without_frame(said)
    if _is_staff(bare, staff):
        return NameRefused(said, "staff_name")
    words = _WORD.findall(bare)
    reason = _no_name(bare, words)
    if reason is not None:
        return NameRefused(said, reason)
    return NameOk(_written(words))


def _is_placeholder(said: str) -> bool:
    compared = " ".join(re.findall(r"[a-z0-9]+", plain(said)))
    return bool(_TEMPLATE.search(said)) or compared in _list("placeholders")


def _is_time(said: str) -> bool:
    """True for a time whatever surrounds it, and for words of which every one speaks of time."""
    compared = plain(said)
    words = re.findall(r"[a-z0-9']+", compared)
    if any(re.search(rf"\b{re.escape(word)}\b", compared) for word in _list("clock")) or ":" in said:
        return True
    times = _list("times")
    return bool(words) and all(word in times or spoken_digits().of(word) is not None for word in words)


def _without_frame(said: str) -> str:
    """The text without "mein Name ist", salutations and what follows the name."""
    left = said.strip(" .,;:!?\"'")
    for phrase in _list("before"):
        if plain(left).startswith(phrase + " "):
            left = left[_cut(left, phrase) :].strip(" .,;:")
            break
    for phrase in _list("behind"):
        if plain(left).endswith(" " + phrase):
            left = left[: -_cut(left[::-1], phrase[::-1])].strip(" .,;:")
            break
    for salutation in _list("salutations"):
        if plain(left).startswith((salutation + " ", salutation + ". ")):
            left = left[_cut(left, salutation) :].lstrip(" .")
    return left


def _cut(text: str, phrase: str) -> int:
    """How many characters of `text` the plain `phrase` takes, accents and ß counted as written."""
    for length in range(1, len(text) + 1):
        if plain(text[:length]) == phrase or plain(text[:length][::-1])[::-1] == phrase:
            return length
    return 0


def _is_staff(bare: str, staff: Sequence[Staff]) -> bool:
    compared = plain(bare)
    for marker in _BEI:
        compared = compared.removeprefix(marker)
    for salutation in _list("salutations"):
        compared = compared.removeprefix(salutation + " ")
    said = set(re.findall(r"[a-z]+", compared))
    return bool(said) and any(
        said <= set(re.findall(r"[a-z]+", plain(name)))
        for person in staff
        for name in (person.name, *person.aliases)
    )


def _no_name(bare: str, words: Sequence[str]) -> str | None:
    if any(character.isdigit() for character in bare):
        return "fragment"
    compared = [plain(word).rstrip(".") for word in words]
    particles = _list("particles")
    if compared and all(len(word) == 1 for word in compared):
        return None if 2 < len(compared) <= _MOST_LETTERS else "fragment"
    if not words or len(words) > _MOST_WORDS or len(bare) > _LONGEST_NAME:
        return "fragment"
    if any(word in _list("talk") and word not in particles for word in compared):
        return "fragment"
    if all(word in particles for word in compared):
        return "fragment"
    return "placeholder" if " ".join(compared) in _list("placeholders") else None


def _written(words: Sequence[str]) -> str:
    """The words as names are written; spelled letters become one name, mixed case stays."""
    if len(words) > 2 and all(len(word.rstrip(".")) == 1 for word in words):
        return "".join(word.rstrip(".") for word in words).capitalize()
    return " ".join(_capitalised(word, first=at == 0) for at, word in enumerate(words))


def _capitalised(word: str, first: bool) -> str:
    if not first and plain(word) in _list("particles"):
        return word.casefold()
    if not (word.islower() or word.isupper()):
        return word
    return re.sub(r"[^\W\d_]+", lambda part: part.group().capitalize(), word)
