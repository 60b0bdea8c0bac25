"""Words into meaningful parts: stems, compounds, families.

German puts services together ("Herren|haar|schnitt"), callers take them apart again. A word is split by the
vocabulary that is at hand (catalogue, packs, general heads), never by a guess about unknown letters: what no
part explains stays in one piece and counts as unexplained.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import takewhile

from Stemmer import Stemmer

from handfest.catalogue.spelling import fold, tokens

_STEMMERS = {"de": Stemmer("german", 0), "en": Stemmer("english", 0)}
"""Without their own memory of words: looking into it takes longer than taking the stem."""
_LINKS = ("s", "es", "n", "en", "e", "er")
_SHORTEST_PART = 3
_SHORTEST_COMPOUND = 6
_SHORTEST_MODIFIER = 4
_LONG_PART = 6
_LONGEST_WORD = 60
_SHORTEST_HEAD = 4
PREFIXES = frozenset(
    (
        *("ab", "an", "auf", "aus", "bei", "durch", "ein", "her", "hin", "los", "mit", "nach", "um", "vor"),
        *("weg", "zu", "zuruck", "zusammen"),
    )
)
PREFIXED = re.compile(rf"(?:{'|'.join(sorted(PREFIXES))})[a-z]{{2,}}(?:en|eln|ern)")
"""German verbs with a prefix that comes off ("auffüllen"), folded."""
_PARTICIPLE_PREFIXES = PREFIXES | {"fest", "raus", "rein", "runter", "uber", "unter"}
PARTICIPLE = re.compile(
    rf"(?P<prefix>{'|'.join(sorted(_PARTICIPLE_PREFIXES))})?ge(?P<root>[a-z]{{3,}}?)(?:t|en)"
)
_REMEMBERED = 50_000
_SHORT_PARTS = frozenset({"ol"})
"""Parts of fewer letters than `_SHORTEST_PART` that compounds really begin with (Öl|wechsel)."""


@lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """The stem of a folded word, German nouns in -ung and -ie joined with their verbs and adjectives."""
    if len(word) < 4 or word.isdigit():
        return word
    reduced: str = _STEMMERS[language].stemWord(word)
    if language == "de" and reduced.endswith("ung") and len(reduced) >= 6:
        reduced = reduced[:-3]
    if language == "de" and reduced.endswith("i") and len(reduced) >= _LONG_PART:
        reduced = reduced[:-1]
    return reduced


_Reading = tuple[tuple[str, ...], tuple[str, ...]]
"""The parts of a word, and the stems that were looked for in vain: only one of these could part it otherwise."""


class _Asked(Set[str]):
    """Stems that note which others were looked for in vain."""

    def __init__(self, stems: Set[str]) -> None:
        self._stems = stems
        self.lacking: dict[str, None] = {}

    def __contains__(self, looked_for: object) -> bool:
        if looked_for in self._stems:
            return True
        self.lacking[str(looked_for)] = None
        return False

    def __iter__(self) -> Iterator[str]:
        return iter(self._stems)

    def __len__(self) -> int:
        return len(self._stems)


@dataclass(frozen=True, slots=True)
class Morphology:
    """The parts one catalogue's language is made of: stems that may be part of a compound, and families.

    A catalogue adds few stems (`added`) to those all trades know (`base`), so nearly every word is read as it was
    there, once for all catalogues.
    """

    language: str
    atoms: Set[str]
    families: Mapping[str, str]
    heads: Set[str] = frozenset()
    base: "Morphology | None" = field(default=None, repr=False, compare=False)
    added: frozenset[str] = field(default=frozenset(), repr=False, compare=False)
    _split: dict[str, _Reading] = field(default_factory=dict, repr=False, compare=False)
    _known: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)

    def with_atoms(self, atoms: Set[str]) -> "Morphology":
        """This one with more stems that may be part of a compound."""
        base = self.base or self
        added = self.added | (atoms - base.atoms)
        known = base.atoms | added if added else base.atoms
        return Morphology(self.language, known, self.families, self.heads, base, frozenset(added))

    def parts(self, word: str) -> tuple[str, ...]:
        """The canonical stems of a folded word, one where it is no compound of known parts."""
        return self._reading(word)[0]

    def _reading(self, word: str) -> _Reading:
        known = self._split.get(word)
        if known is None:
            known = self._read(word) if self.base is None else self.base._reading(word)
            if not self.added.isdisjoint(known[1]):
                known = self._read(word)
            if len(self._split) < _REMEMBERED:
                self._split[word] = known
        return known

    def _read(self, word: str) -> _Reading:
        asked = _Asked(self.atoms)
        reading = Morphology(self.language, asked, self.families, self.heads)
        return tuple(reading.key(part) for part in reading._divide(word)), tuple(asked.lacking)

    def hyphenated(self, pieces: Sequence[str]) -> None:
        """Remember where a word is cut that is written with hyphens ("IT-Beratung") and heard as one."""
        word = "".join(pieces)
        whole = stem(word, self.language) in self.atoms
        if self.language == "de" and not whole and all(self.explains(piece) for piece in pieces):
            parts = tuple(part for piece in pieces for part in self.parts(piece))
            self._split.setdefault(word, (parts, ()))

    def key(self, word: str) -> str:
        """The head of the family a folded word belongs to, or its stem."""
        stemmed = stem(word, self.language)
        family = self.families.get(word) or self.families.get(stemmed)
        if family is None and word in self.atoms:
            return word
        if family is not None or stemmed in self.atoms or self.language != "de":
            return family or stemmed
        return self._verb_of(word) or stemmed

    def _verb_of(self, participle: str) -> str:
        """The stem of the known verb a German verb form belongs to ("gesichert", "eingestellt"), or ""."""
        found = PARTICIPLE.fullmatch(participle) if "ge" in participle else None
        if found is None:
            return self._infinitive_of(participle)
        verb = (found["prefix"] or "") + found["root"] + "en"
        stemmed = stem(verb, self.language)
        family = self.families.get(verb) or self.families.get(stemmed)
        return family or (stemmed if stemmed in self.atoms else "")

    def _infinitive_of(self, word: str) -> str:
        """The stem of the known noun a verb belongs to ("stottert": "Stottern", "liften": "Lifting"), or ""."""
        if len(word) < _LONG_PART or not word.endswith(("en", "t")):
            return ""
        if word.endswith("en"):
            gerund = stem(word[:-2] + "ing", self.language)
            return self.families.get(gerund, gerund) if gerund in self.atoms else ""
        stemmed = stem(word[:-1], self.language)
        return self.families.get(stemmed) or (stemmed if stemmed in self.atoms else "")

    def knows(self, word: str) -> bool:
        """True when a folded word is in the vocabulary as it stands."""
        if self.base is not None and self.base.knows(word):
            return True
        if self.base is not None and not self.added:
            return False
        known = self._known.get(word)
        if known is None:
            stemmed = stem(word, self.language)
            listed = stemmed in self.atoms or word in self.families or stemmed in self.families
            known = listed or (self.language == "de" and bool(self._verb_of(word)))
            # While a vocabulary still grows, a word not known yet may be known later.
            if len(self._known) < _REMEMBERED and (known or not isinstance(self.atoms, set)):
                self._known[word] = known
        return known

    def explains(self, word: str) -> bool:
        """True when a folded word is in the vocabulary, whole or in known parts."""
        return self.knows(word) or bool(self._fewest_parts(word))

    def compound(self, word: str) -> bool:
        """True when a folded word is made of two or more known parts."""
        return len(self._fewest_parts(word)) > 1

    def modifier(self, word: str) -> str:
        """What stands before a known long part of a word (finanz|buchhaltung), "" for nothing."""
        if self.language != "de" or self.knows(word):
            return ""
        cuts = (
            cut
            for cut in range(_SHORTEST_MODIFIER, len(word) - _LONG_PART + 1)
            if self._fewest_parts(word[cut:])
        )
        return next((word[:cut] for cut in cuts), "")

    def _divide(self, word: str) -> tuple[str, ...]:
        if self.language != "de" or not _SHORTEST_COMPOUND <= len(word) <= _LONGEST_WORD or self.knows(word):
            return (word,)
        return self._fewest_parts(word) or self._with_remainder(word) or (word,)

    def _fewest_parts(self, word: str) -> tuple[str, ...]:
        """The split into the fewest known parts, none where letters remain; of two that are as short the one
        that ends in a head ("Server|wartung", not "Serv|erwartung")."""
        best: dict[int, tuple[str, ...]] = {0: ()}
        length = len(word)
        for end in range(2, length + 1):
            for start in tuple(best):
                if start < end - 1 and self._is_part(word[start:end], last=end == length):
                    found = (*best[start], word[start:end])
                    known = best.get(end)
                    if (
                        known is None
                        or len(found) < len(known)
                        or (
                            end == length
                            and len(found) == len(known)
                            and self._is_head(found[-1])
                            and not self._is_head(known[-1])
                        )
                    ):
                        best[end] = found
        return best.get(length, ())

    def _is_head(self, piece: str) -> bool:
        return stem(piece, self.language) in self.heads

    def _is_part(self, piece: str, last: bool) -> bool:
        if len(piece) < _SHORTEST_PART:
            return piece in _SHORT_PARTS and piece in self.atoms
        if self.knows(piece):
            return True
        if last or not piece.endswith(_LINKS):
            return False
        return any(
            piece.endswith(link)
            and len(piece) - len(link) >= _SHORTEST_PART
            and self.knows(piece[: -len(link)])
            for link in _LINKS
        )

    def _with_remainder(self, word: str) -> tuple[str, ...]:
        """One unknown modifier before, or one unknown head behind, the longest known part."""
        for cut in range(3, len(word) - 3):
            if len(tail := self._fewest_parts(word[cut:])) == 1 or (tail and len(word) - cut > 6):
                return (word[:cut], *tail)
        for cut in range(len(word) - _SHORTEST_HEAD, 3, -1):
            if self._is_part(word[:cut], last=False) and cut >= 4:
                return (word[:cut], word[cut:])
        return ()


def with_shared_parts(base: Morphology, words: Sequence[str]) -> Morphology:
    """`base` with the heads and modifiers that compounds of one catalogue share ("Plasma|spende", "Voll|spende")."""
    if base.language != "de":
        return base
    whole = sorted({word for word in words if len(word) >= _SHORTEST_COMPOUND and not base.explains(word)})
    shared: set[str] = set()
    for at, word in enumerate(whole):
        for other in whole[at + 1 :]:
            pairs = zip(reversed(word), reversed(other), strict=False)
            head = word[len(word) - sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs)) :]
            if len(head) > _SHORTEST_MODIFIER and min(len(word), len(other)) - len(head) >= _SHORTEST_PART:
                shared.add(head)
    return base.with_atoms({stem(part, base.language) for part in shared})


def family_keys(language: str, families: Iterable[Iterable[str]]) -> dict[str, str]:
    """Every word of a family, as written and as stem, to the stem of the family's first word."""
    keys: dict[str, str] = {}
    for family in families:
        members = [fold(word) for word in family]
        head = stem(members[0], language)
        for member in members:
            keys.setdefault(member, head)
            keys.setdefault(stem(member, language), head)
    return keys


def extended(base: Morphology, vocabulary: Iterable[str]) -> Morphology:
    """`base` with the words of `vocabulary` (any spelling); words made of known parts add nothing."""
    atoms = set(base.atoms)
    growing = Morphology(base.language, atoms, base.families, base.heads)
    words = {token for phrase in vocabulary for token in tokens(phrase)}
    for word in sorted(words, key=lambda each: (len(each), each)):
        if growing.language != "de" or len(word) < _SHORTEST_COMPOUND or not growing.compound(word):
            atoms.add(stem(growing.modifier(word) or word, base.language))
    return base.with_atoms(atoms)
