"""The ways a catalogue itself names a service, taken apart."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from handfest.catalogue.pattern import Pattern, matched, parse, parse_tokens
from handfest.catalogue.phrase import (
    Grammar,
    Kind,
    Phrase,
    Unit,
    clauses,
)
from handfest.catalogue.spelling import tokens
from handfest.model.catalogue import Service

_SHARED_HEAD = re.compile(r"\b(?P<first>\w{2,6})-\s*(?:und|oder|/|&)\s*(?P<word>\w{5,})", re.IGNORECASE)
_VERB_PREFIXES = ("ab", "an", "auf", "aus", "be", "ein", "ent", "nach", "um", "ver", "vor", "zu")
_OR = " / "
_ALTERNATIVES = re.compile(r"\s/\s|[()]")


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


def entry_of(
    service: Service, at: int, grammar: Grammar, patterns: Mapping[str, tuple[Pattern, ...]]
) -> Entry:
    texts = [("name", service.name)] + [("alias", alias) for alias in service.aliases]
    texts += [
        ("name", part) for part in _ALTERNATIVES.split(service.name) if part.strip() and part != service.name
    ]
    texts += [(source, spelled) for source, text in texts[:] for spelled in spelled_out(text)]
    forms = tuple(_form(text, source, grammar, patterns) for source, text in texts)
    own = len(service.aliases) + 1
    forms = (
        *forms[:own],
        *(replace(form, duration=form.duration or forms[0].duration) for form in forms[own:]),
    )
    forms = tuple(form for at, form in enumerate(forms) if at == 0 or _names(form, forms[0])) or forms
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


def _names(form: Form, whole: Form) -> bool:
    """False for a part of a name that only holds details ("(under 12)") or what the trade is all about ("(Notar)"),
    or does not say for whom it is ("Dog castration / spay")."""
    either = form.text in whole.text.split(_OR)
    if either and _whom(whole) and not _whom(form):
        return False
    bare = (Kind.HINT,) if either else (Kind.HINT, Kind.ELEMENT)
    return any(unit.kind not in bare for unit in form.units)


def _whom(form: Form) -> frozenset[str]:
    return frozenset(unit.target[0] for unit in form.units if unit.target)


def _form(text: str, source: str, grammar: Grammar, patterns: Mapping[str, tuple[Pattern, ...]]) -> Form:
    phrase = _with_telling_details(text, parse(text, grammar), grammar)
    parts = tuple(
        frozenset(unit.stem for unit in parse_tokens(part, grammar).units) for part in _parts(text, grammar)
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
    alone = not telling or (len(telling) == 1 and telling[0].kind in (Kind.CONTENT, Kind.ACTION))
    nouns = {token for word in text.split() if word[:1].isupper() for token in tokens(word)}
    said = nouns & grammar.light - grammar.bare if alone else set()
    heads = (Kind.CONTENT, Kind.ACTION) if alone else (Kind.ACTION,)
    compounds = {unit.word for unit in telling if unit.kind in heads and phrase.tokens[unit.word] in nouns}
    if alone:
        elements = {unit.word for unit in phrase.units if unit.kind is Kind.ELEMENT}
        compounds |= {word for word in elements if phrase.tokens[word] in nouns}
    units = (
        replace(unit, kind=Kind.CONTENT)
        if unit.kind is Kind.HINT and (phrase.tokens[unit.word] in said or unit.word in compounds)
        else unit
        for unit in phrase.units
    )
    return replace(phrase, units=tuple(units))


def _parts(text: str, grammar: Grammar) -> tuple[tuple[str, ...], ...]:
    """What "und" and marks set apart in a name."""
    found: list[list[str]] = [[]]
    for clause in clauses(text):
        found.append([])
        for token in clause:
            if (token,) in grammar.words.together or (token,) in grammar.words.either:
                found.append([])
            else:
                found[-1].append(token)
    return tuple(tuple(part) for part in found if part)


def size_key(unit: Unit) -> str:
    """What size words of one direction share ("kurz", "schnell"); the stem itself for other units."""
    return f"~{unit.size}" if unit.size else unit.stem
