"""Resolve a spoken service name: pin it, ask, or say that there is no such service. Never a default.

The order of evidence: a literal name or alias; words that name services; words that callers use for them;
a kind of them. Words nobody explains never pin, and neither does a head that any service could have.
"""

from dataclasses import replace

from handfest.catalogue.asides import without_asides, without_circumstances
from handfest.catalogue.errand import is_other_errand
from handfest.catalogue.evidence import Level, read
from handfest.catalogue.index import ServiceIndex
from handfest.catalogue.morphology import PARTICIPLE
from handfest.catalogue.narrowing import by_closeness, by_target
from handfest.catalogue.one_wish import heard, ids_of, literal_name, resolve_one
from handfest.catalogue.phrase import Grammar, Kind, clauses, find, units_of, with_whom, without_negated
from handfest.catalogue.several import corrected
from handfest.catalogue.spelling import tokens
from handfest.catalogue.together import NAMED_SCORE, one_of_several, resolve_tokens
from handfest.catalogue.verdict import ask
from handfest.model.resolution import Ambiguous, Resolution, Resolved, Several, Unknown

ASKED_AT_MOST = 3
_WORDS_READ = 40
_LETTERS_READ = 400
"""Whoever says more than so many words or letters in one go has not named a service; we ask."""
_ADULT = ("person", "adult")


def resolve_service(said: str, index: ServiceIndex, language: str) -> Resolution:
    """What `said` means in the catalogue of `index`.

    `Ambiguous.reason` is `unnamed` where no service was named at all ("einen Termin"), `partly_understood`
    where some words fit no service; `Unknown.reason` is `other_intent`, `unnamed` or `not_offered`.
    """
    if too_long(said):
        return Unknown(said, "unnamed")
    grammar = replace(index.grammar(language), verbal=_verbal(said, language))
    spoken = tuple(with_whom(clause, grammar.words) for clause in clauses(said))
    flat = tuple(token for clause in spoken for token in clause)
    if len(flat) > _WORDS_READ:
        return Unknown(said, "unnamed")
    literal = literal_name(said, flat, index, grammar)
    if literal is not None:
        return literal
    spoken = without_asides(spoken, grammar, index.token_masks)
    flat = tuple(token for clause in spoken for token in clause)
    if is_other_errand(flat, index, grammar):
        return Unknown(said, "other_intent")
    if _for_two(flat, grammar):
        return _for_each(said, flat, spoken, index, grammar)
    wanted, excluded = without_negated(flat, grammar)
    if excluded:
        return _without(said, wanted, excluded, index, grammar)
    for tail in corrected(flat, grammar.words):
        found = resolve_tokens(said, (tail,), index, grammar)
        if not isinstance(found, Unknown):
            return found
    found = resolve_tokens(said, spoken, index, grammar)
    if isinstance(found, Resolved) and any(find(flat, phrase) is not None for phrase in grammar.words.vague):
        return _with_a_thing(said, flat, found, index, grammar)
    if isinstance(found, Resolved | Several):
        return found
    plainer = without_circumstances(spoken, grammar)
    if plainer and plainer != spoken:
        return resolve_tokens(said, plainer, index, grammar)
    return _clause(said, spoken, found, index, grammar) or _beside(said, flat, found, index, grammar)


def _clause(
    said: str, spoken: tuple[tuple[str, ...], ...], found: Resolution, index: ServiceIndex, grammar: Grammar
) -> Resolved | None:
    """The service one clause pins, where all of them lead to no other and the others only tell of the caller ("eine
    Brille für meinen Sohn, er kommt in die Schule"); of nobody else it is for, and of no second wish."""
    joined = any((token,) in grammar.words.together for clause in spoken for token in clause)
    if joined or len(spoken) < 2 or not isinstance(found, Ambiguous) or len(found.candidates) != 1:
        return None
    alone = [(clause, resolve_one(said, clause, index, grammar)[0]) for clause in spoken]
    pinned = [(clause, each) for clause, each in alone if isinstance(each, Resolved)]
    if len(pinned) != 1 or pinned[0][1].service_id not in found.service_ids:
        return None
    told = [unit for clause in spoken if clause is not pinned[0][0] for unit in units_of(clause, grammar)[0]]
    return None if any(unit.stem.startswith("@") for unit in told) else pinned[0][1]


def _with_a_thing(
    said: str, flat: tuple[str, ...], found: Resolved, index: ServiceIndex, grammar: Grammar
) -> Resolution:
    """The question which of the services that name a thing is meant by "something with my beard"."""
    reading = read(heard(flat, index, grammar), index)
    things = [at for at in reading.required() if reading.phrase.units[at].kind is Kind.CONTENT]
    mask = index.everything if things and reading.phrase.duration is None else 0
    for at in things:
        mask &= reading.mask(at, Level.NAMED)
    named = by_target(index.chosen(mask), reading)
    if len(named) < 2 or found.service_id not in {entry.service_id for entry in named}:
        return found
    return ask(said, by_closeness(named, reading, Level.NAMED), Level.NAMED, "several_fit")


def _beside(
    said: str, flat: tuple[str, ...], found: Resolution, index: ServiceIndex, grammar: Grammar
) -> Resolution:
    """What is named before a circumstance ("a quick facial in my lunch break"), where the circumstance names
    nothing; `found` where nothing is."""
    for phrase in grammar.words.circumstance:
        at = find(flat, phrase)
        if not at:
            continue
        named, _ = resolve_one(said, flat[:at], index, grammar)
        around = read(heard(flat[at:], index, grammar), index)
        told = any(around.mask(each, Level.NEAR) or around.strange[each] for each in around.required())
        plain = isinstance(named, Resolved) and (named.score >= NAMED_SCORE or named.evidence == "words")
        if plain and not told:
            return named
    return found


def too_long(said: str) -> bool:
    """True for a text in which nobody names a service; it is not read, so that no text takes long."""
    return len(said) > _LETTERS_READ or len(said.split()) > _WORDS_READ


def _for_two(flat: tuple[str, ...], grammar: Grammar) -> bool:
    """True where the caller speaks of themself and of somebody of a group ("bei mir und meinem Sohn")."""
    words = grammar.words
    connected = next((at for at, token in enumerate(flat) if (token,) in words.together), len(flat))
    myself = any(token in words.myself or grammar.targets.get(token) == _ADULT for token in flat[:connected])
    return myself and any(token in grammar.targets for token in flat[connected:])


def _for_each(
    said: str,
    flat: tuple[str, ...],
    spoken: tuple[tuple[str, ...], ...],
    index: ServiceIndex,
    grammar: Grammar,
) -> Resolution:
    """What is wished for the other and, without that word, for the caller; asked where these differ."""
    other = resolve_tokens(said, spoken, index, grammar)
    mine, _ = resolve_one(said, tuple(t for t in flat if t not in grammar.targets), index, grammar)
    if not isinstance(other, Resolved) or isinstance(mine, Unknown) or ids_of(mine) == ids_of(other):
        return other
    return one_of_several(said, (mine, other))


def _without(
    said: str, wanted: tuple[str, ...], excluded: tuple[str, ...], index: ServiceIndex, grammar: Grammar
) -> Resolution:
    """What is wished for among the services whose names do not hold what the caller excludes."""
    unwanted = read(heard(excluded, index, grammar), index).full(Level.NAMED, index.everything)
    found, _ = resolve_one(said, wanted, index, grammar)
    refused = {entry.service_id for entry in index.chosen(unwanted)}
    if isinstance(found, Resolved) and found.service_id in refused:
        return Unknown(said, "not_offered")
    if isinstance(found, Ambiguous):
        left = tuple(each for each in found.candidates if each.service_id not in refused)
        if len(left) == 1 and len(left) < len(found.candidates):
            return Resolved(said, left[0].service_id, left[0].score, "not_the_others")
        return replace(found, candidates=left or found.candidates)
    return found


def _verbal(said: str, language: str) -> frozenset[str]:
    """Words that are no nouns, so they name no service: written small in a German phrase that writes nouns large.

    Where all is written small, as recognition often does, those that can only be participles.
    """
    words = said.split()
    if language != "de":
        return frozenset()
    if not any(word[:1].isupper() for word in words[1:]):
        return frozenset(
            t for word in words if word.islower() for t in tokens(word) if PARTICIPLE.fullmatch(t)
        )
    return frozenset(token for word in words if word.islower() for token in tokens(word))
