"""A customer's name out of what a caller said or an agent filled in.

Names are typed: a member of staff, a time of day, a scrap of talk or a placeholder never becomes the name
of a customer; the caller is asked again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from handfest.model.catalogue import Staff
from handfest.speech.people_words import LONGEST_SAID, listed, people_words, plain, spoken_digits
from handfest.speech.spelling import WRITTEN_WITH, without_alphabet

_LONGEST_NAME = 80
_MOST_WORDS = 6
_MOST_LETTERS = 20
_FEWEST_LETTERS = 3
_SHORTEST_SERVICE = 6
_TEMPLATE = re.compile(r"[{}<>\[\]$%#@_|\\]")
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")
_EDGES = " .,;:!?\"'"
_ALPHABET = re.compile(r"\b([^\W\d_]) (?:wie|as in|like) [^\W\d_]+", re.IGNORECASE)
_HYPHENED = re.compile(r"\b(?:[^\W\d_]-){2,}[^\W\d_]\b")
_PARTICLE_FIRST = re.compile(
    r"^((?:von|van|de|del|della|zu|zur|vom)\s[^,]+),\s*([^\s,]+(?:\s[^\s,]+)?)$", re.IGNORECASE
)
_SPELLED = re.compile(
    r",?\s+(?:that's|that is|das ist|also|spelled|spelt|buchstabiert)[:,]?\s+(?=(?:[^\W\d_][\s,.-]+){2})",
    re.IGNORECASE,
)
_MARKS = {"apostroph": "'", "apostrophe": "'", "bindestrich": "-", "hyphen": "-", "dash": "-"}
_CLOCK_FACE = re.compile(r"\d:\d")
_FIRST_NAME_BEHIND = re.compile(r"^(.+?),?\s+(?:vorname|first name)\s+(?:ist\s+|is\s+)?(.+)$", re.IGNORECASE)
_LAST_NAME_BEHIND = re.compile(r",?\s+(?:nachname|last name|surname)\s+(?:ist\s+|is\s+)?", re.IGNORECASE)
_ARTICLES = ("der ", "die ", "das ", "the ")


@dataclass(frozen=True, slots=True)
class NameOk:
    """A name fit for a booking, spelled the way names are written."""

    name: str


@dataclass(frozen=True, slots=True)
class NameRefused:
    """No name: `reason` is empty, placeholder, time_words, staff_name, service_name or fragment."""

    text: str
    reason: str


NameRead = NameOk | NameRefused


@cache
def _list(key: str) -> tuple[str, ...]:
    return listed(people_words()["name"][key])


def read_name(text: str | None, staff: Sequence[Staff] = (), services: Sequence[str] = ()) -> NameRead:
    """The customer's name in `text`, or why there is none.

    A first name that a member of staff has is refused when it stands alone; with another last name it is a
    customer's. Surnames that are also words of time ("Sommer", "Montag") are fine beside a first name. Nothing
    but a name of `services` is what was wished for, not who wished it.
    """
    said = (text or "").strip()
    if not any(character.isalnum() for character in said):
        return NameRefused(said, "empty")
    if len(said) > LONGEST_SAID:
        return NameRefused(said, "fragment")
    if _is_placeholder(said):
        return NameRefused(said, "placeholder")
    if _is_time(said):
        return NameRefused(said, "time_words")
    bare = _without_frame(_HYPHENED.sub(_joined_letters, _ALPHABET.sub(r"\1", said)))
    if _is_staff(bare, staff):
        return NameRefused(said, "staff_name")
    if _is_placeholder(_without_article(bare)):
        return NameRefused(said, "placeholder")
    if _is_service(bare, services):
        return NameRefused(said, "service_name")
    words = _said_once(_with_marks(_with_spelling(without_alphabet(_WORD.findall(_in_order(bare))))))
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
    if any(re.search(rf"\b{re.escape(word)}\b", compared) for word in _list("clock")) or _CLOCK_FACE.search(
        said
    ):
        return True
    times = _list("times")
    if any(lead in _list("at") and _timely(word, times) for lead, word in pairwise(words)):
        return True
    return bool(words) and all(_timely(word, times) for word in words)


def _timely(word: str, times: Sequence[str]) -> bool:
    return word in times or spoken_digits().of(word) is not None


def _joined_letters(spelled: re.Match[str]) -> str:
    """ "M-A-I-E-R" as letters that stand alone."""
    return spelled.group().replace("-", " ")


def _without_frame(said: str) -> str:
    """The text without courtesy, "mein Name ist", salutations, "mit dt" and what else is around a name."""
    left = said.strip(_EDGES)
    while True:
        shorter = WRITTEN_WITH.sub("", _without_end(_without_start(left)))
        shorter = _LAST_NAME_BEHIND.sub(" ", _FIRST_NAME_BEHIND.sub(r"\2 \1", shorter)).strip(_EDGES)
        if shorter == left or not shorter:
            return left
        left = shorter


def _without_start(left: str) -> str:
    """The text without one phrase in front of it, unless nothing would be left."""
    compared = plain(left)
    for phrase in _list("before"):
        if compared.startswith(phrase) and compared[len(phrase) : len(phrase) + 1] in (" ", ",", ".", ":"):
            return left[_cut(left, phrase) :].strip(_EDGES) or left
    return left


def _without_end(left: str) -> str:
    compared = plain(left)
    for phrase in _list("behind"):
        if compared.endswith(phrase) and compared[: -len(phrase)][-1:] in (" ", ",", "."):
            return left[: -_cut(left[::-1], phrase[::-1])].strip(_EDGES) or left
    return left


def _without_article(bare: str) -> str:
    lead = next((article for article in _ARTICLES if bare.casefold().startswith(article)), "")
    return bare[len(lead) :]


def _cut(text: str, phrase: str) -> int:
    """How many characters of `text` the plain `phrase` takes, accents and ß counted as written."""
    for length in range(1, len(text) + 1):
        if plain(text[:length]) == phrase or plain(text[:length][::-1])[::-1] == phrase:
            return length
    return 0


def _is_staff(bare: str, staff: Sequence[Staff]) -> bool:
    said = set(re.findall(r"[a-z]+", plain(bare))) - set(_list("markers"))
    return bool(said) and any(
        said <= set(re.findall(r"[a-z]+", plain(name)))
        for person in staff
        for name in (person.name, *person.aliases)
    )


def _is_service(bare: str, services: Sequence[str]) -> bool:
    """True when every word is one of a service's name or ends or begins one ("Haarschnitt", "Massage")."""
    said = re.findall(r"[a-z]+", plain(bare))
    names = {word for name in services for word in re.findall(r"[a-z]+", plain(name))}
    return bool(said) and all(
        len(word) >= _SHORTEST_SERVICE and any(name.startswith(word) or name.endswith(word) for name in names)
        for word in said
    )


def _in_order(bare: str) -> str:
    """ "von der Heide, Erika" with the last name behind; "Smith, that's S M Y T H" without what leads to letters."""
    return _PARTICLE_FIRST.sub(r"\2 \1", _SPELLED.sub(" ", bare))


def _with_spelling(words: Sequence[str]) -> list[str]:
    """ "Maier, M A I E R": letters behind a name spell its last word, or are one more."""
    start = len(words)
    while start and (len(words[start - 1].rstrip(".")) == 1 or _mark(words[start - 1])):
        start -= 1
    while start < len(words) and _mark(words[start]):
        start += 1
    letters = [_mark(word) or word.rstrip(".") for word in words[start:]]
    alone = not start and not any(map(_mark, words))
    if len(letters) < _FEWEST_LETTERS or alone:
        return list(words)
    spelled = "".join(letters).lower()
    same = start > 0 and plain(words[start - 1])[:1] == plain(spelled)[:1]
    return [*words[: start - 1 if same else start], spelled]


def _said_once(words: Sequence[str]) -> list[str]:
    """ "Bond, James Bond": a last name said before and behind the first one."""
    twice = len(words) > 2 and len(words[0]) > 1 and plain(words[0]) == plain(words[-1])
    return list(words[1:] if twice else words)


def _mark(word: str) -> str | None:
    """The mark that a word says ("Bindestrich"), None for other words."""
    return _MARKS.get(plain(word))


def _with_marks(words: Sequence[str]) -> list[str]:
    """ "Smith hyphen Jones" with its mark."""
    joined: list[str] = []
    for at, word in enumerate(words):
        if _mark(word) and joined and at + 1 < len(words):
            joined[-1] += _mark(word) or ""
        elif joined and joined[-1].endswith(tuple(_MARKS.values())):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


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
    if not first and plain(word).rstrip(".") in _list("particles"):
        return word.casefold()
    if not (word.islower() or word.isupper()):
        return word
    return re.sub(r"[^\W\d_]+", lambda part: part.group().capitalize(), word)
