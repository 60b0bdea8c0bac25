"""The index of one catalogue version: all that hearing the name of a service needs, compiled once."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from handfest.catalogue.asides import droppable
from handfest.catalogue.form import Entry, Form, entry_of
from handfest.catalogue.morphology import Morphology, extended, with_shared_parts
from handfest.catalogue.packs import Concept, Pack, common, pack, packs, trades
from handfest.catalogue.pattern import Pattern, read_patterns, without_foreign
from handfest.catalogue.phrase import (
    Grammar,
    Kind,
    with_young,
)
from handfest.catalogue.sides import told_apart
from handfest.catalogue.spelling import fold, tokens
from handfest.catalogue.surface import (
    Surface,
    by_how_they_sound,
    heard_surfaces,
    masks_of_ends,
    masks_of_stems,
    masks_of_tokens,
    short_words,
)
from handfest.catalogue.trades import base_morphology, touched_trades
from handfest.catalogue.words import LANGUAGES, Words, words_of
from handfest.model.catalogue import Service, Staff

_LETTERS_AND_DIGITS = re.compile(r"(?=.*[A-Za-z])(?=.*[0-9])[A-Za-z0-9]{2,4}\Z")
_ONE_THING = ("(", "/", "- ")
"""What stands in names that say one thing in two ways, or two that are done together ("Sarg- und Urnenauswahl")."""
_VOWEL = re.compile("[aeiouyAEIOUYÄÖÜäöü]")


@dataclass(frozen=True, slots=True)
class ServiceIndex:
    """Services by everything they can be called. Masks are integers with one bit per entry.

    `read_aloud` has the surfaces by how they sound, those of a length together. `sums` are the bits of entries that
    do what several others do singly ("Haircut & beard").
    """

    language: str
    entries: tuple[Entry, ...]
    grammars: Mapping[str, Grammar]
    literals: Mapping[tuple[str, int | None], tuple[tuple[str, str], ...]]
    masks: Mapping[str, int]
    narrower: Mapping[str, int]
    patterns: Mapping[str, tuple[Pattern, ...]]
    concepts: Mapping[str, Concept]
    surfaces: Mapping[str, Surface]
    read_aloud: Mapping[int, Mapping[str, str]]
    short: Mapping[str, str]
    token_masks: Mapping[str, int]
    ends: Mapping[str, int]
    stem_masks: Mapping[str, int]
    trades: tuple[str, ...]
    vocabulary: frozenset[str]
    sums: frozenset[int]

    @property
    def everything(self) -> int:
        """The mask of all services."""
        return (1 << len(self.entries)) - 1

    def chosen(self, mask: int) -> tuple[Entry, ...]:
        """The entries of a mask, in catalogue order."""
        return tuple(entry for entry in self.entries if mask & entry.bit)

    def grammar(self, language: str) -> Grammar:
        """The grammar for what is said in `language`, the catalogue's own where there is none."""
        return self.grammars.get(language, self.grammars[self.language])


def compile_index(
    services: Sequence[Service], staff: Sequence[Staff], language: str, vocabulary: Sequence[str] = ()
) -> ServiceIndex:
    """The index of a catalogue in `language` ("de", "en").

    `vocabulary` names the synonym packs the business has switched on; none named means those the catalogue's
    own words touch (see `touched_trades`). Hidden services cannot be wished for and are left out.
    """
    spoken = "de" if language not in LANGUAGES else language
    offered = [service for service in services if not service.hidden]
    names = [text for service in offered for text in (service.name, *service.aliases)]
    said = [token for name in names for token in tokens(name) if _word(token, spoken)]
    morphology = extended(with_shared_parts(base_morphology(spoken), said), said)
    for word in (word for name in names for word in name.split() if "-" in word.strip("-,;:()")):
        pieces = [token for piece in word.split("-") for token in tokens(piece)]
        if min(map(len, pieces), default=0) > 1:
            morphology.hyphenated(pieces)
    chosen = tuple(vocabulary) or touched_trades(names, morphology, spoken)
    active = (*packs([trade for trade in chosen if trade in trades()]), common())
    grammars = {each: _grammar(words_of(each), morphology, active, names, staff) for each in LANGUAGES}
    patterns = without_foreign(
        read_patterns(active, grammars[spoken]), active, {part for t in said for part in morphology.parts(t)}
    )
    entries = tuple(entry_of(service, at, grammars[spoken], patterns) for at, service in enumerate(offered))
    concepts = {concept.id: concept for pack in active for concept in pack.concepts}
    masks = _masks(entries)
    surfaces = heard_surfaces(entries, active, masks, spoken)
    return ServiceIndex(
        language=spoken,
        entries=entries,
        grammars=grammars,
        literals=_literals(entries, grammars[spoken]),
        masks=masks,
        narrower=_narrower(concepts, masks),
        patterns=patterns,
        concepts=concepts,
        surfaces=surfaces,
        read_aloud=by_how_they_sound(surfaces, spoken),
        short=short_words(entries, spoken),
        token_masks=masks_of_tokens(entries, spoken),
        ends=masks_of_ends(entries),
        stem_masks=masks_of_stems(entries),
        trades=tuple(pack.trade for pack in active[:-1]),
        vocabulary=frozenset(token for entry in entries for form in entry.forms for token in form.tokens),
        sums=_sums(entries),
    )


def _word(token: str, language: str) -> bool:
    return token not in words_of(language).function and not token.isdigit()


def _grammar(
    words: Words, morphology: Morphology, active: Sequence[Pack], names: Sequence[str], staff: Sequence[Staff]
) -> Grammar:
    def key(word: str) -> str:
        return morphology.key(fold(word))

    kinds = {key(word): Kind.ACTION for word in words.actions} | {
        key(word): Kind.GENERIC for word in words.generic
    }
    kinds |= {key(word): Kind.ELEMENT for pack in active[:1] for _, word in pack.domain}
    named = {token for name in names for token in tokens(name)}
    details = {token for pack in active[:1] for _, word in pack.details for token in tokens(word)}
    light = frozenset(
        {key(word) for word in (*words.light, *details)} | {fold(w) for w in words.light} | details
    )
    targets = {
        spelling: target
        for word, target in words.targets.items()
        for spelling in (word, morphology.key(word))
    }
    sizes = {spelling: -1 for word in words.small for spelling in (word, morphology.key(word))}
    sizes |= {spelling: 1 for word in words.large for spelling in (word, morphology.key(word))}
    joined, initials = zip(*(_written_by(pack.trade, words.language) for pack in active), strict=True)
    surfaces = {token for token in named if len(token) > 3} | _hyphenated(names)
    kept = {part for token in named if len(token) > 3 for part in (token, *morphology.parts(token))}
    kept |= {token for token in named if token.isdigit()}
    sides = told_apart([tokens(name) for name in names], words.sides)
    people = {t for person in staff for name in (person.name, *person.aliases) for t in tokens(name)}
    return Grammar(
        words=words,
        morphology=morphology,
        kinds=kinds,
        targets=targets | sides,
        written=_written(words, morphology),
        sides=sides,
        asides=droppable(words, named),
        sizes=sizes,
        light=light,
        bare=frozenset(fold(word) for word in words.light),
        kept=frozenset(kept),
        joined=frozenset(surfaces.union(*joined)),
        lettered=_lettered(names),
        initials=frozenset(_initials(names).union(*initials)),
        talk=frozenset(key(word) for word in words.talk),
        looks=frozenset(key(word) for word in words.looks),
        served=with_young(
            t
            for token in (*named, *(fold(word) for pack in active[:1] for _, word in pack.domain))
            for part in (token, *morphology.parts(token))
            if (t := targets.get(part))
        ),
        staff=frozenset(people - words.function - words.staff_titles - named),
    )


@cache
def _written_by(trade: str, language: str) -> tuple[frozenset[str], frozenset[str]]:
    """What the synonyms of a trade write as one word, and their initials; the same for every catalogue."""
    concepts = (common() if trade == common().trade else pack(trade)).concepts
    synonyms = [
        phrase
        for concept in concepts
        for spoken, phrase in concept.names
        if spoken == language or language == "de"
    ]
    whole = {"".join(tokens(phrase)) for phrase in synonyms if not set(" /&+") & set(phrase)}
    return frozenset(whole | _hyphenated(synonyms)), frozenset(_initials(synonyms))


def _written(words: Words, morphology: Morphology) -> dict[str, tuple[str, ...]]:
    """The stems of words for whom a service is for that are no such words themselves, with those words."""
    found: dict[str, tuple[str, ...]] = {}
    for word in words.targets:
        stem = morphology.key(word)
        if stem not in words.targets:
            found[stem] = (*found.get(stem, ()), word)
    return found


def _initials(names: Iterable[str]) -> set[str]:
    """Words in capitals, without vowels or of letters and digits ("PZR", "Kfz", "J1"), which callers spell."""
    words = [word for name in names for word in re.split(r"[^A-Za-z]+", name)]
    plain = {word for word in words if sum(c.isupper() for c in word) > 1 or not _VOWEL.search(word)}
    mixed = {
        word for name in names for word in re.split(r"[^A-Za-z0-9]+", name) if _LETTERS_AND_DIGITS.match(word)
    }
    return {word.casefold() for word in plain | mixed if len(word) > 1}


def _hyphenated(names: Sequence[str]) -> set[str]:
    """Words with hyphens in one; not where a letter stands behind a word of its own ("Vitamin-C-Infusion")."""
    words = (re.split("-+", word.strip("-")) for name in names for word in name.split() if "-" in word)
    return {
        "".join(tokens("-".join(pieces)))
        for pieces in words
        if len(pieces) > 1 and not any(len(piece) == 1 for piece in pieces[1:])
    }


def _lettered(names: Sequence[str]) -> frozenset[str]:
    """Words of names that a letter follows, which is all that tells some apart ("Klasse A")."""
    pairs = ((word, letter) for name in names for word, letter in pairwise(tokens(name)))
    return frozenset(
        w for w, letter in pairs if len(letter) == 1 and letter.isalpha() and len(w) > len("abc")
    )


def _sums(entries: Sequence[Entry]) -> frozenset[int]:
    """The entries every part of whose name is what another entry does."""
    return frozenset(
        entry.bit
        for entry in entries
        if len(entry.forms[0].parts) > 1
        and all(
            any(_does(other, entry, part) for other in entries if other is not entry)
            for part in entry.forms[0].parts
        )
    )


def _does(single: Entry, entry: Entry, part: frozenset[str]) -> bool:
    """True where one entry alone does what a part of another's name says; by the trade's words for it only where
    the parts are no two names of one thing."""
    if len(single.forms[0].parts) > 1:
        return False
    named, alone = _telling(entry.forms[0], part), _telling(single.forms[0])
    shared = named & alone
    if any(mark in entry.name for mark in _ONE_THING):
        shared &= part
    return bool(shared)


def _telling(form: Form, part: frozenset[str] | None = None) -> frozenset[str]:
    said = (
        calls
        for unit, calls in zip(form.units, form.calls, strict=True)
        if unit.kind in (Kind.CONTENT, Kind.ACTION) and (part is None or unit.stem in part)
    )
    return frozenset().union(*said)


def _masks(entries: Iterable[Entry]) -> dict[str, int]:
    masks: dict[str, int] = {}
    for entry in entries:
        for form in entry.forms:
            for feature in frozenset().union(*form.led):
                masks[feature] = masks.get(feature, 0) | entry.bit
    return masks


def _narrower(concepts: Mapping[str, Concept], masks: Mapping[str, int]) -> dict[str, int]:
    """For every concept, the services that do a kind of it."""
    found: dict[str, int] = {}
    for concept in concepts.values():
        for broader in concept.kind_of:
            found[broader] = found.get(broader, 0) | masks.get(concept.id, 0)
    return found


def literal_keys(
    said: Sequence[str], duration: int | None, grammar: Grammar
) -> tuple[tuple[str, int | None], ...]:
    """What two spellings of a name share, with its length: words without articles, joined or sorted; never without
    what leaves something out ("ohne")."""
    kept = grammar.kept | grammar.words.excluding
    words = [t for t in said if t in kept or not (t in grammar.words.function or t in grammar.bare)]
    return (("".join(words), duration), (" ".join(sorted(words)), duration)) if words else ()


def _literals(
    entries: Iterable[Entry], grammar: Grammar
) -> dict[tuple[str, int | None], tuple[tuple[str, str], ...]]:
    found: dict[tuple[str, int | None], dict[str, str]] = {}
    for entry in entries:
        for form in entry.forms:
            for key in literal_keys(form.tokens, form.duration, grammar):
                found.setdefault(key, {}).setdefault(entry.service_id, form.source)
    return {key: tuple(services.items()) for key, services in found.items()}
