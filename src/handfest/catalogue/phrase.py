"""A said phrase taken apart: slots first (duration, size, staff), then the words that name a service."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from handfest.catalogue.morphology import PREFIXED, PREFIXES, Morphology
from handfest.catalogue.sides import Side, with_sides
from handfest.catalogue.spelling import tokens
from handfest.catalogue.words import Words

_NUMBER_WITH_UNIT = re.compile(r"(\d+)([a-z]+)")
_YOUNG = {"dog": ("puppy",), "cat": ("kitten",)}
_ANIMAL = "animal"
_ARTICLES = frozenset({"der", "dem"})
"""The rank of targets that only a trade about animals may pass over: a dog's haircut is no haircut."""
_LONGEST = 600
"""No appointment is longer, in minutes: "24 Stunden Blutdruck" names a thing, not a length."""
_SHORTEST_ADVERB = 6
_SHORTEST = 10
"""A number alone that is smaller is no length in minutes."""
_INITIALS = 5
"""Initials have no more letters."""
_JOINED = 4
"""No more words are put together as one."""
_CLAUSE = re.compile(r"[,;+&/.!?:()]+")


class Kind(StrEnum):
    """What a part of a phrase can do: be required, choose alone, only narrow.

    CONTENT must be explained and may choose; ACTION ("wechseln") must be explained and never chooses
    alone; GENERIC ("Behandlung") and ELEMENT (what the trade is all about: "Haar") do neither; TARGET,
    SIZE and HINT narrow.
    """

    CONTENT = "content"
    ACTION = "action"
    GENERIC = "generic"
    ELEMENT = "element"
    TARGET = "target"
    SIZE = "size"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Unit:
    """One meaningful part of a phrase; `word` is the position of the word it is a part of."""

    stem: str
    kind: Kind
    word: int
    known: bool = True
    target: tuple[str, str] | None = None
    verbal: bool = False
    size: int = 0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Slots and units of a phrase. `size` is -1 for the shorter, +1 for the longer, 0 where not said."""

    tokens: tuple[str, ...]
    units: tuple[Unit, ...]
    duration: int | None = None
    size: int = 0


@dataclass(frozen=True, slots=True)
class Grammar:
    """What taking a phrase apart needs to know: words of the language, parts, kinds, names of staff."""

    words: Words
    morphology: Morphology
    kinds: Mapping[str, Kind]
    targets: Mapping[str, tuple[str, str]]
    sizes: Mapping[str, int]
    light: frozenset[str]
    bare: frozenset[str]
    kept: frozenset[str]
    joined: frozenset[str]
    lettered: frozenset[str]
    initials: frozenset[str]
    talk: frozenset[str]
    looks: frozenset[str]
    staff: frozenset[str]
    served: frozenset[tuple[str, str]]
    written: Mapping[str, tuple[str, ...]]
    sides: Mapping[str, Side]
    asides: Mapping[str, tuple[tuple[str, ...], ...]]
    verbal: frozenset[str] = frozenset()

    def is_whom(self, token: str) -> bool:
        """True for a word for whom a service is for; not for an animal where the business has nothing for it."""
        target = self.targets.get(token)
        return target is not None and (target[0] != _ANIMAL or target in self.served)


def with_young(served: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Whom a business serves, and their young: whoever treats dogs treats puppies."""
    known = frozenset(served)
    return known | {(rank, young) for rank, group in known for young in _YOUNG.get(group, ())}


def with_whom(said: Sequence[str], words: Words) -> tuple[str, ...]:
    """The tokens with phrases for who is served put as one word ("mich und meinen Mann": a couple)."""
    left, heard = list(said), set(said)
    for phrase, word in words.whom:
        at = find(left, phrase) if phrase[0] in heard else None
        if at is not None:
            left[at : at + len(phrase)] = [word]
            heard.add(word)
    return tuple(left)


def without_negated(said: Sequence[str], grammar: Grammar) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tokens without what a caller excludes ("Räderwechsel ohne Einlagern"), and what that is.

    A negation the catalogue itself uses in its names excludes nothing.
    """
    words = grammar.words
    for at, token in enumerate(said):
        if at and token in words.excluding and token not in grammar.kept:
            end = next((to for to in range(at + 1, len(said)) if said[to] in words.resuming), len(said))
            excluded = tuple(said[at + 1 : end])
            if any(each not in words.function for each in excluded):
                return (*said[:at], *said[end:]), excluded
    return tuple(said), ()


def clauses(text: str) -> tuple[tuple[str, ...], ...]:
    """The tokens of `text`, clause by clause."""
    found = (tokens(piece) for piece in _CLAUSE.split(text))
    return tuple(piece for piece in found if piece)


def read_duration(said: Sequence[str], words: Words) -> tuple[tuple[str, ...], int | None]:
    """The tokens without a spoken length, and that length in minutes."""
    rest, duration = _read_duration(said, words)
    return (rest, duration) if duration is None or duration <= _LONGEST else (tuple(said), None)


def _read_duration(said: Sequence[str], words: Words) -> tuple[tuple[str, ...], int | None]:
    heard = set(said)
    for phrase in words.longest_first:
        at = find(said, phrase) if phrase[0] in heard else None
        if at is not None:
            return (*said[:at], *said[at + len(phrase) :]), words.durations[phrase]
    for at, token in enumerate(said):
        together = _NUMBER_WITH_UNIT.fullmatch(token) or _spelled_together(token, words)
        if together and together[2] in words.units:
            number = words.numbers.get(together[1]) or int(together[1])
            return (*said[:at], *said[at + 1 :]), number * words.units[together[2]]
        number = words.numbers.get(token, int(token) if token.isdigit() else 0)
        following = words.numbers.get(said[at + 1], 0) if at + 2 < len(said) else 0
        if number >= 20 and 0 < following < 10 and said[at + 2] in words.units:
            return (*said[:at], *said[at + 3 :]), (number + following) * words.units[said[at + 2]]
        if number and at + 1 < len(said) and said[at + 1] in words.units:
            return (*said[:at], *said[at + 2 :]), number * words.units[said[at + 1]]
    return tuple(said), None


def bare_length(phrase: Phrase, words: Words) -> int | None:
    """The minutes that a number alone may mean ("MLD 45", "eine 60er"), where no length was said."""
    if phrase.duration is not None:
        return None
    found = []
    for at, token in enumerate(phrase.tokens):
        plain = token.removesuffix("er")
        number = (
            words.numbers.get(token) or words.numbers.get(plain) or (int(plain) if plain.isdigit() else 0)
        )
        before = phrase.tokens[at - 1] if at else ""
        if number >= _SHORTEST and number % 5 == 0 and before not in words.no_length:
            found.append(number)
    return found[0] if len(found) == 1 else None


def _spelled_together(token: str, words: Words) -> tuple[str, str, str] | None:
    """ "dreissigminuetige" as number and unit."""
    for unit in words.units:
        if len(unit) > 2 and token.endswith(unit) and token[: -len(unit)] in words.numbers:
            return token, token[: -len(unit)], unit
    return None


def find(said: Sequence[str], phrase: Sequence[str]) -> int | None:
    """Where `phrase` stands in `said`, token by token."""
    width = len(phrase)
    if phrase[0] not in said:
        return None
    return next(
        (at for at in range(len(said) - width + 1) if tuple(said[at : at + width]) == tuple(phrase)), None
    )


def without_staff(said: Sequence[str], grammar: Grammar) -> tuple[str, ...]:
    """The tokens without the person wished for: known names, and titles with whatever name follows."""
    kept: list[str] = []
    words = grammar.words
    skip = False
    for at, token in enumerate(said):
        after = said[at + 1] if at + 1 < len(said) else ""
        if skip:
            skip = token in words.staff_titles
        elif token in grammar.staff:
            _drop_marker(kept, words)
        elif after and _led_in(kept, words) and _is_title(token, after, grammar):
            _drop_marker(kept, words)
            skip = True
        elif _nameless_wish(said, at, grammar):
            _drop_marker(kept, words)
        else:
            kept.append(token)
    return tuple(kept)


def _led_in(kept: Sequence[str], words: Words) -> bool:
    """True behind "bei" or "bei der", where a person follows."""
    before = kept[:-1] if kept and kept[-1] in _ARTICLES else kept
    return bool(before) and before[-1] in words.staff_markers


def _is_title(token: str, after: str, grammar: Grammar) -> bool:
    """True for what stands before a name: a title, or what somebody is by trade if what follows is no word."""
    words = grammar.words
    return token in words.staff_titles or (token in words.staff_trades and is_no_word(after, grammar))


def is_no_word(token: str, grammar: Grammar) -> bool:
    """True for a token that no vocabulary knows, not even in parts: as a name mostly is."""
    morphology = grammar.morphology
    known = morphology.knows(token) or any(morphology.knows(part) for part in morphology.parts(token))
    return not known and token not in grammar.words.function


def _drop_marker(kept: list[str], words: Words) -> None:
    while kept and (
        kept[-1] in words.staff_markers or kept[-1] in words.staff_titles or kept[-1] in _ARTICLES
    ):
        kept.pop()


def _nameless_wish(said: Sequence[str], at: int, grammar: Grammar) -> bool:
    """True for the name in "… bei (der) Jana" where no vocabulary knows that word, and for names people have."""
    if at < 1:
        return False
    if said[at] in grammar.words.given_names and said[at] not in grammar.kept:
        return said[at - 1] in grammar.words.staff_markers or said[at - 1] in _ARTICLES
    before = said[at - 2] if said[at - 1] in _ARTICLES and at >= 2 else said[at - 1]
    led_in = before in {"bei", "beim"} or (before == "with" and at == len(said) - 1)
    return led_in and is_no_word(said[at], grammar)


def joined(said: Sequence[str], grammar: Grammar) -> tuple[str, ...]:
    """The tokens with neighbours put together where the vocabulary writes them as one word ("W Lan"), and with the
    side of a matter that the caller is of.
    """
    said = _initials(said, grammar)
    if grammar.sides:
        said = with_sides(said, grammar.sides, grammar.words.sides)
    result: list[str] = []
    at = 0
    while at < len(said):
        for width in range(min(_JOINED, len(said) - at), 1, -1):
            word = "".join(said[at : at + width])
            if word in grammar.joined:
                result.append(word)
                at += width
                break
        else:
            result.append(said[at])
            at += 1
    return tuple(result)


def _initials(said: Sequence[str], grammar: Grammar) -> tuple[str, ...]:
    """The tokens with letters heard by their names ("Pe Zet Er", "Jott eins") put as the initials they spell."""
    letters, numbers = grammar.words.letters, grammar.words.numbers
    names = [letters.get(token) or (str(numbers[token]) if token in numbers else "") for token in said]
    result: list[str] = []
    at = 0
    while at < len(said):
        run = next((to for to, name in enumerate(names[at : at + _INITIALS]) if not name), _INITIALS)
        for width in range(min(run, len(said) - at), 1, -1):
            spelled = "".join(names[at : at + width])
            if spelled in grammar.initials:
                result.append(spelled)
                at += width
                break
        else:
            result += _spelled_in_a_row(said[at], grammar)
            at += 1
    return tuple(result)


def _spelled_in_a_row(token: str, grammar: Grammar) -> tuple[str, ...]:
    """A word of letters spelled one by one as the two initials it is made of ("H U A U": HU, AU)."""
    words = grammar.words
    if not 4 <= len(token) <= 2 * _INITIALS or token in grammar.initials:
        return (token,)
    initials = grammar.initials
    cuts = [cut for cut in range(2, len(token) - 1) if token[:cut] in initials and token[cut:] in initials]
    little = token in words.function or token in words.soft or token in words.given_names
    if not cuts or little or grammar.morphology.explains(token):
        return (token,)
    return token[: cuts[0]], token[cuts[0] :]


def units_of(said: Sequence[str], grammar: Grammar) -> tuple[tuple[Unit, ...], int]:
    """The meaningful parts of tokens, and the size word among them (-1, 0, +1)."""
    found: list[Unit] = []
    size = 0
    for position, token in enumerate(said):
        if len(token) == 1:
            if token.isalpha() and position and said[position - 1] in grammar.lettered:
                found.append(Unit(said[position - 1] + token, Kind.CONTENT, position))
            continue
        if token in grammar.words.after_number and position and _is_number(said[position - 1], grammar.words):
            continue
        if token in grammar.words.function or token.isdigit() or token in grammar.words.numbers:
            written = str(grammar.words.numbers.get(token, token))
            if token in grammar.kept or written in grammar.kept:
                found.append(Unit(grammar.morphology.key(written), Kind.HINT, position))
            continue
        if _says_how(token, grammar):
            continue
        if token in grammar.words.soft:
            found.append(Unit(grammar.morphology.key(token), Kind.HINT, position))
            continue
        asked = said[max(0, position - 1)] in grammar.words.asking
        elsewhere = token in grammar.sizes and (
            asked or _of_a_thing(said[position + 1 : position + 2], grammar)
        )
        size = size if elsewhere else grammar.sizes.get(token, size)
        for part in () if elsewhere else _parts(token, grammar):
            unit = _unit(part, token, position, grammar)
            if unit is not None:
                found.append(unit)
    return tuple(found), size


def _of_a_thing(after: Sequence[str], grammar: Grammar) -> bool:
    """True where a size is one of a thing the catalogue does not name ("am kleinen Zeh"): no size of a service."""
    if not after or grammar.words.language != "de" or after[0] in grammar.kept:
        return False
    morphology, token = grammar.morphology, after[0]
    little = token in grammar.words.function or token in grammar.words.soft or token in grammar.light
    if little or token in grammar.verbal or token in grammar.targets or token in grammar.words.numbers:
        return False
    return all(grammar.kinds.get(part, Kind.CONTENT) is Kind.CONTENT for part in morphology.parts(token))


def _parts(token: str, grammar: Grammar) -> tuple[str, ...]:
    """The parts of a word; a verb with a prefix that could only be cut across it ("ausb|essern") is one word."""
    morphology = grammar.morphology
    parts = morphology.parts(token)
    across = len(parts) > 1 and not (morphology.knows(parts[0]) or parts[0] in PREFIXES)
    if across and token in grammar.verbal and PREFIXED.fullmatch(token):
        return (morphology.key(token),)
    return parts


def _says_how(token: str, grammar: Grammar) -> bool:
    """True for an English adverb no vocabulary knows ("completely"): how something is done names no service."""
    adverb = grammar.words.language == "en" and len(token) >= _SHORTEST_ADVERB and token.endswith("ly")
    return adverb and token not in grammar.kept and not grammar.morphology.knows(token)


def _is_number(token: str, words: Words) -> bool:
    return token.isdigit() or token in words.numbers


def _unit(part: str, token: str, position: int, grammar: Grammar) -> Unit | None:
    if part in grammar.bare or token in grammar.bare:
        return None
    if part in grammar.light or token in grammar.light:
        return Unit(part, Kind.HINT, position)
    inside = len(grammar.morphology.parts(token)) > 1
    size = grammar.sizes.get(token) or (grammar.sizes.get(part, 0) if inside else 0)
    if size:
        return Unit(part, Kind.SIZE, position, size=size)
    target = grammar.sides.get(token) or _target(part, token, grammar)
    if target is not None and (target[0] != _ANIMAL or target in grammar.served or part in grammar.kinds):
        return Unit(f"@{target[1]}", Kind.TARGET, position, target=target)
    if target is not None:
        return Unit(f"@{target[1]}", Kind.CONTENT, position)
    kind = grammar.kinds.get(part, Kind.CONTENT)
    known = part in grammar.morphology.atoms or grammar.morphology.knows(part)
    return Unit(part, kind, position, known=known, verbal=token in grammar.verbal)


def _target(part: str, token: str, grammar: Grammar) -> tuple[str, str] | None:
    """Whom a part of a word is about; a stem says so only where the word is written out ("Schüler", not "Schule")."""
    written = grammar.written.get(part)
    if written is not None and not any(word in token for word in written):
        return None
    return grammar.targets.get(part) or grammar.targets.get(token)
