"""The index of one catalogue version: all that hearing the name of a service needs, compiled once."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from handfest.catalogue.morphology import Morphology, extended, stem, with_shared_parts
from handfest.catalogue.packs import Concept, Pack, common, packs, trades
from handfest.catalogue.phrase import (
    Grammar,
    Kind,
    Phrase,
    Unit,
    clauses,
    read_duration,
    units_of,
    with_whom,
    with_young,
)
from handfest.catalogue.phrase import joined as put_together
from handfest.catalogue.spelling import fold, read_aloud, sound, tokens
from handfest.catalogue.trades import base_morphology, touched_trades
from handfest.catalogue.words import LANGUAGES, Words, words_of
from handfest.model.catalogue import Service, Staff

_SHARED_HEAD = re.compile(r"\b(?P<first>\w{2,6})-\s*(?:und|oder|/|&)\s*(?P<word>\w{5,})", re.IGNORECASE)
_VERB_PREFIXES = ("ab", "an", "auf", "aus", "be", "ein", "ent", "nach", "um", "ver", "vor", "zu")
_VOWEL = re.compile("[aeiouyAEIOUYÄÖÜäöü]")
_ALTERNATIVES = re.compile(r"\s/\s|[()]")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A set of stems that means a concept.

    `one_way` patterns are read in what callers say, never in names; `general` ones ("Reparatur") are read in
    a name only when it says nothing else; a `sum` is said with "and" ("cut and blow dry").
    """

    stems: frozenset[str]
    concept: str
    one_way: bool
    general: bool
    sum: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """One way the catalogue itself names a service, with what each of its units can be called.

    In `calls` a synonym stands for as few units as it can ("Shellac" leaves "Hände" open in "Shellac Hände"),
    in `led`, for callers who were led here, for as many as it can. `parts` are the stems of what "und" or a
    comma sets apart.
    """

    text: str
    source: str
    tokens: tuple[str, ...]
    units: tuple[Unit, ...]
    calls: tuple[frozenset[str], ...]
    led: tuple[frozenset[str], ...]
    duration: int | None
    parts: tuple[frozenset[str], ...]
    main: frozenset[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One service in the index; `bit` is its place in the masks."""

    service_id: str
    name: str
    duration_min: int
    forms: tuple[Form, ...]
    targets: frozenset[tuple[str, str]]
    bit: int


@dataclass(frozen=True, slots=True)
class Surface:
    """A word or joined name that a misheard word may have been: its tokens and its sound keys by language."""

    tokens: tuple[str, ...]
    sounds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServiceIndex:
    """Services by everything they can be called. Masks are integers with one bit per entry.

    `sums` are the bits of entries that do what several others do singly ("Haircut & beard").
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
    read_aloud: Mapping[str, str]
    token_masks: Mapping[str, int]
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
    chosen = tuple(vocabulary) or touched_trades(names, morphology, spoken)
    active = (*packs([trade for trade in chosen if trade in trades()]), common())
    grammars = {each: _grammar(words_of(each), morphology, active, names, staff) for each in LANGUAGES}
    patterns = _patterns(active, grammars[spoken])
    entries = tuple(_entry(service, at, grammars[spoken], patterns) for at, service in enumerate(offered))
    concepts = {concept.id: concept for pack in active for concept in pack.concepts}
    masks = _masks(entries)
    surfaces = _surfaces(entries, active, masks, spoken)
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
        read_aloud={key: word for word in surfaces for key in read_aloud(word)},
        token_masks=_token_masks(entries, spoken),
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
    synonyms = [phrase for pack in active for concept in pack.concepts for _, phrase in concept.names]
    surfaces = {token for token in named if len(token) > 3} | _hyphenated(synonyms)
    surfaces |= {"".join(tokens(phrase)) for phrase in synonyms if " " not in phrase}
    kept = {part for token in named if len(token) > 3 for part in (token, *morphology.parts(token))}
    kept |= {token for token in named if token.isdigit()}
    people = {t for person in staff for name in (person.name, *person.aliases) for t in tokens(name)}
    return Grammar(
        words=words,
        morphology=morphology,
        kinds=kinds,
        targets=targets,
        sizes=sizes,
        light=light,
        bare=frozenset(fold(word) for word in words.light),
        kept=frozenset(kept),
        joined=frozenset(surfaces | _hyphenated(names)),
        initials=frozenset(_initials([*names, *synonyms])),
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


def _initials(names: Iterable[str]) -> set[str]:
    """Words written in capitals or without vowels ("PZR", "GmbH", "Kfz"), which callers spell."""
    words = (word for name in names for word in re.split(r"[^A-Za-z]+", name))
    return {
        word.casefold()
        for word in words
        if len(word) > 1 and (sum(c.isupper() for c in word) > 1 or not _VOWEL.search(word))
    }


def _hyphenated(names: Sequence[str]) -> set[str]:
    """Words with hyphens in one; not where a letter stands behind a word of its own ("Vitamin-C-Infusion")."""
    words = (re.split("-+", word.strip("-")) for name in names for word in name.split() if "-" in word)
    return {
        "".join(tokens("-".join(pieces)))
        for pieces in words
        if len(pieces) > 1 and not any(len(piece) == 1 for piece in pieces[1:])
    }


def _patterns(active: Sequence[Pack], grammar: Grammar) -> dict[str, tuple[Pattern, ...]]:
    """Patterns by the first of their stems, so that one look-up finds them.

    A phrase that only its little words tell from a shorter one ("alles färben", "färben") is left out.
    """
    shortest: dict[frozenset[str], int] = {}
    read: list[tuple[int, Pattern]] = []
    for pack in active:
        for concept in pack.concepts:
            for one_way, pairs in ((False, concept.names), (True, concept.said)):
                for _, phrase in pairs:
                    parsed = parse(phrase, grammar)
                    stems = frozenset(unit.stem for unit in parsed.units)
                    if (
                        stems
                        and not (one_way and _says_too_little(parsed))
                        and not _loses_a_number(phrase, grammar)
                    ):
                        words = sum(token not in grammar.bare for token in parsed.tokens)
                        shortest[stems] = min(words, shortest.get(stems, words))
                        both = any((token,) in grammar.words.together for token in parsed.tokens)
                        general = pack.trade != common().trade and all(
                            unit.kind in (Kind.ACTION, Kind.GENERIC, Kind.ELEMENT, Kind.HINT)
                            for unit in parsed.units
                        )
                        read.append((words, Pattern(stems, concept.id, one_way, general, both)))
    found: dict[str, list[Pattern]] = {}
    for words, pattern in read:
        if words == shortest[pattern.stems]:
            found.setdefault(min(pattern.stems), []).append(pattern)
    return {stem: tuple(dict.fromkeys(patterns)) for stem, patterns in found.items()}


def _loses_a_number(phrase: str, grammar: Grammar) -> bool:
    """True for a synonym that counts ("Massage für zwei", "15 minute call"): without its number it would say
    something else.
    """
    said, duration = _said(phrase, grammar.words.language)
    return duration is not None or any(
        grammar.words.numbers.get(token, 0) > 1 and token not in grammar.kept for token in said
    )


def _says_too_little(parsed: Phrase) -> bool:
    """True for a synonym of which only whom it is for or what is done is left ("mein Mann und ich", "try a class")."""
    left = (Kind.TARGET, Kind.ACTION)
    return len(parsed.tokens) > len(parsed.units) and all(unit.kind in left for unit in parsed.units)


@lru_cache(maxsize=50_000)
def _said(text: str, language: str) -> tuple[tuple[str, ...], int | None]:
    """The tokens of a name or pattern without its length; the same for every catalogue, and asked by each."""
    words = words_of(language)
    return read_duration([token for clause in clauses(text) for token in with_whom(clause, words)], words)


def parse(text: str, grammar: Grammar) -> Phrase:
    """A name or pattern taken apart; what callers say also loses staff and is repaired (see resolve)."""
    rest, duration = _said(text, grammar.words.language)
    said = put_together(rest, grammar)
    units, size = units_of(said, grammar)
    return Phrase(said, units, duration, size)


def matched(stems: frozenset[str], patterns: Mapping[str, tuple[Pattern, ...]]) -> tuple[Pattern, ...]:
    """The patterns that are contained in a set of stems."""
    return tuple(p for stem in sorted(stems) for p in patterns.get(stem, ()) if p.stems <= stems)


def _entry(service: Service, at: int, grammar: Grammar, patterns: Mapping[str, tuple[Pattern, ...]]) -> Entry:
    texts = [("name", service.name)] + [("alias", alias) for alias in service.aliases]
    texts += [
        ("name", part) for part in _ALTERNATIVES.split(service.name) if part.strip() and part != service.name
    ]
    texts += [(source, spelled) for source, text in texts[:] for spelled in spelled_out(text)]
    forms = tuple(_form(text, source, grammar, patterns) for source, text in texts)
    forms = tuple(form for at, form in enumerate(forms) if at == 0 or _names(form)) or forms
    targets = frozenset(unit.target for form in forms[:1] for unit in form.units if unit.target)
    return Entry(service.id, service.name, service.duration_min, forms, targets, 1 << at)


def spelled_out(text: str) -> tuple[str, ...]:
    """Both halves of "An- oder Ummeldung der Wohnung", each with what they share; nothing where nothing is shared."""
    found = _SHARED_HEAD.search(text)
    if found is None:
        return ()
    prefix = next((p for p in _VERB_PREFIXES if found["word"].casefold().startswith(p)), "")
    if not prefix or found["first"].casefold() not in _VERB_PREFIXES:
        return ()
    head = found["word"][len(prefix) :]
    before, after = text[: found.start()], text[found.end() :]
    return f"{before}{found['first']}{head}{after}", f"{before}{found['word']}{after}"


def _names(form: Form) -> bool:
    """False for a part of a name that only holds details ("(under 12)")."""
    return any(unit.kind is not Kind.HINT for unit in form.units)


def _form(text: str, source: str, grammar: Grammar, patterns: Mapping[str, tuple[Pattern, ...]]) -> Form:
    phrase = _with_telling_details(text, parse(text, grammar), grammar)
    parts = tuple(
        frozenset(unit.stem for unit in parse(part, grammar).units) for part in _parts(text, grammar)
    )
    content = frozenset(unit.stem for unit in phrase.units if unit.kind is Kind.CONTENT)
    found = [
        pattern
        for pattern in matched(frozenset(unit.stem for unit in phrase.units), patterns)
        if not pattern.one_way and not (pattern.general and _says_more(pattern, content, parts))
    ]
    least = [
        p for p in found if not any(other.concept == p.concept and other.stems < p.stems for other in found)
    ]
    calls, led = (
        tuple(
            frozenset({unit.stem, size_key(unit)} | {p.concept for p in read if unit.stem in p.stems})
            for unit in phrase.units
        )
        for read in (least, found)
    )
    main = _main(phrase, grammar)
    return Form(text, source, phrase.tokens, phrase.units, calls, led, phrase.duration, parts, main)


def _main(phrase: Phrase, grammar: Grammar) -> frozenset[str]:
    """The stems before "mit", all where there is none or nothing before it."""
    tokens = phrase.tokens
    ends = next((at for at, each in enumerate(tokens) if each in grammar.words.accompanying), len(tokens))
    before = frozenset(unit.stem for unit in phrase.units if unit.word < ends)
    return before or frozenset(unit.stem for unit in phrase.units)


def _says_more(pattern: Pattern, content: frozenset[str], parts: Sequence[frozenset[str]]) -> bool:
    """True where a name says something else with the general words; what "mit" adds to them does not
    ("Impfung mit Gesundheitscheck")."""
    return not any(pattern.stems <= part and not content & part - pattern.stems for part in parts) and bool(
        content - pattern.stems
    )


def _with_telling_details(text: str, phrase: Phrase, grammar: Grammar) -> Phrase:
    """A name in which a noun that is elsewhere a detail tells what it is ("Pony schneiden"): here it is none."""
    telling = [unit for unit in phrase.units if unit.kind not in (Kind.HINT, Kind.ELEMENT)]
    alone = len(telling) == 1 and telling[0].kind in (Kind.CONTENT, Kind.ACTION)
    nouns = {token for word in text.split() if word[:1].isupper() for token in tokens(word)}
    said = nouns & grammar.light - grammar.bare if alone else set()
    heads = (Kind.CONTENT, Kind.ACTION) if alone else (Kind.ACTION,)
    compounds = {unit.word for unit in telling if unit.kind in heads and phrase.tokens[unit.word] in nouns}
    units = (
        replace(unit, kind=Kind.CONTENT)
        if unit.kind is Kind.HINT and (phrase.tokens[unit.word] in said or unit.word in compounds)
        else unit
        for unit in phrase.units
    )
    return replace(phrase, units=tuple(units))


def _parts(text: str, grammar: Grammar) -> tuple[str, ...]:
    """What "und" and marks set apart in a name."""
    found = [[""]]
    for clause in clauses(text):
        found.append([])
        for token in clause:
            if (token,) in grammar.words.together or (token,) in grammar.words.either:
                found.append([])
            else:
                found[-1].append(token)
    return tuple(" ".join(part) for part in found if any(part))


def size_key(unit: Unit) -> str:
    """What size words of one direction share ("kurz", "schnell"); the stem itself for other units."""
    return f"~{unit.size}" if unit.size else unit.stem


def _sums(entries: Sequence[Entry]) -> frozenset[int]:
    """The entries every part of whose name is what another entry does."""
    return frozenset(
        entry.bit
        for entry in entries
        if len(entry.forms[0].parts) > 1
        and all(
            any(_does(other, part) for other in entries if other is not entry)
            for part in entry.forms[0].parts
        )
    )


def _does(entry: Entry, stems: frozenset[str]) -> bool:
    telling = (Kind.CONTENT, Kind.ACTION)
    own = {unit.stem for unit in entry.forms[0].units if unit.kind in telling}
    return len(entry.forms[0].parts) == 1 and bool(stems & own)


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
    """What two spellings of a name share, with its length: words without articles, joined or sorted."""
    words = [t for t in said if t in grammar.kept or not (t in grammar.words.function or t in grammar.bare)]
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


def _surfaces(
    entries: Iterable[Entry], active: Sequence[Pack], masks: Mapping[str, int], language: str
) -> dict[str, Surface]:
    """Words a misheard word may have been: of names, of names put together, of synonyms the catalogue has."""
    words = words_of(language)
    bare = {fold(word) for word in words.light}
    named = [tuple(t for t in form.tokens if t not in bare) for entry in entries for form in entry.forms]
    heard = {(token,) for name in named for token in name} | {name for name in named if 0 < len(name) <= 3}
    for pack in active:
        for concept in pack.concepts:
            if concept.id in masks:
                spoken = [phrase for each, phrase in concept.names if language in (each, "de")]
                heard |= {(token,) for phrase in spoken for token in tokens(phrase)}
    little = words.function | words.soft
    found: dict[str, Surface] = {}
    for pieces in sorted(heard, key=lambda each: (len(each), each)):
        word = "".join(pieces)
        if len(word) > 3 and word not in little and not word.isdigit():
            found.setdefault(word, Surface(pieces, tuple(sound(word, each) for each in LANGUAGES)))
    return found


def _token_masks(entries: Iterable[Entry], language: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in entries:
        for form in entry.forms:
            for token in form.tokens:
                if len(token) > 4:
                    for written in {token, stem(token, language)}:
                        found[written] = found.get(written, 0) | entry.bit
    return found
