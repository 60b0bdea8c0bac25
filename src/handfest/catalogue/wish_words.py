"""Resolve a spoken service name: pin it, ask, or say that there is no such service. Never a default.

The order of evidence: a literal name or alias; words that name services; words that callers use for them;
a kind of them. Words nobody explains never pin, and neither does a head that any service could have.
"""

from dataclasses import replace

from handfest.catalogue.choice import choose, nearest
from handfest.catalogue.evidence import read
from handfest.catalogue.index import ServiceIndex, literal_keys
from handfest.catalogue.phrase import Grammar, Phrase, clauses, joined, read_duration, units_of, without_staff
from handfest.catalogue.repair import repaired
from handfest.catalogue.several import corrected, parts_of
from handfest.catalogue.spelling import tokens
from handfest.model.resolution import Ambiguous, Candidate, Resolution, Resolved, Several, Unknown

ASKED_AT_MOST = 3
_LED = 0.8
_NAMED = 0.84
"""The score from which on a piece of a phrase was named, not merely led to."""


def resolve_service(said: str, index: ServiceIndex, language: str) -> Resolution:
    """What `said` means in the catalogue of `index`.

    `Ambiguous.reason` is `unnamed` where no service was named at all ("einen Termin"), `partly_understood`
    where some words fit no service; `Unknown.reason` is `other_intent`, `unnamed` or `not_offered`.
    """
    grammar = replace(index.grammar(language), verbal=_verbal(said, language))
    flat = tuple(token for clause in clauses(said) for token in clause)
    literal = _literal(said, flat, index, grammar)
    if literal is not None:
        return literal
    if _other_intent(flat, index, grammar):
        return Unknown(said, "other_intent")
    for tail in corrected(flat, grammar.words):
        found = resolve_tokens(said, (tail,), index, grammar)
        if not isinstance(found, Unknown):
            return found
    return resolve_tokens(said, clauses(said), index, grammar)


def _verbal(said: str, language: str) -> frozenset[str]:
    """Words written small in a German phrase that writes nouns large: no nouns, so they name no service."""
    words = said.split()
    if language != "de" or not any(word[:1].isupper() for word in words[1:]):
        return frozenset()
    return frozenset(token for word in words if word.islower() for token in tokens(word))


def resolve_tokens(
    said: str, spoken: tuple[tuple[str, ...], ...], index: ServiceIndex, grammar: Grammar
) -> Resolution:
    """Clauses of tokens as one service, or as several named together."""
    flat = tuple(token for clause in spoken for token in clause)
    whole, strong = resolve_one(said, flat, index, grammar)
    if strong:
        return whole
    pieces, alternatives = parts_of(spoken, grammar)
    if len(pieces) < 2:
        return whole
    return _together(said, whole, pieces, alternatives, index, grammar)


def heard(flat: tuple[str, ...], index: ServiceIndex, grammar: Grammar) -> Phrase:
    """Tokens taken apart as a caller's words: slots, staff, misheard words."""
    rest, duration = read_duration(flat, grammar.words)
    tokens = joined(without_staff(rest, grammar), grammar)
    tokens, _ = repaired(tokens, index, grammar)
    units, size = units_of(tokens, grammar)
    return Phrase(tokens, units, duration, size)


def resolve_one(
    said: str, flat: tuple[str, ...], index: ServiceIndex, grammar: Grammar
) -> tuple[Resolution, bool]:
    """Tokens as one service; True where the words are that service's name in other spelling or order."""
    phrase = heard(flat, index, grammar)
    found = _spelled(phrase.tokens, phrase.duration, index, grammar)
    if len(found) == 1:
        return Resolved(said, found[0][0], 1.0, found[0][1]), True
    reading = read(phrase, index)
    late: tuple[Resolution, bool] | None = None
    for level, mask in reading.explanations(index.everything):
        answer = choose(said, mask, reading, level, index)
        if not (isinstance(answer[0], Ambiguous) and answer[0].reason == "duration_differs"):
            return answer
        late = late or answer
    return late or (nearest(said, reading, index), False)


def _spelled(
    tokens: tuple[str, ...], duration: int | None, index: ServiceIndex, grammar: Grammar
) -> tuple[tuple[str, str], ...]:
    """The services (and whether by name or alias) that are spelled so, in order or out of it."""
    for key in literal_keys(tokens, duration, grammar):
        if key in index.literals:
            return index.literals[key]
    return ()


def _literal(said: str, flat: tuple[str, ...], index: ServiceIndex, grammar: Grammar) -> Resolution | None:
    """A name or alias word for word, whatever else it could mean."""
    rest, duration = read_duration(flat, grammar.words)
    found = _spelled(rest, duration, index, grammar)
    if len(found) == 1:
        return Resolved(said, found[0][0], 1.0, found[0][1])
    if len(found) > 1:
        return Ambiguous(said, tuple(Candidate(service, 1.0, source) for service, source in found))
    return None


def _other_intent(flat: tuple[str, ...], index: ServiceIndex, grammar: Grammar) -> bool:
    """True for requests that are no wish for a service, unless the catalogue itself uses that word."""
    said = set(flat)
    for intent in grammar.words.intents:
        if said.issuperset(intent) and not any(
            grammar.morphology.key(token) in index.masks for token in intent
        ):
            return True
    return False


def _together(
    said: str,
    whole: Resolution,
    pieces: tuple[tuple[str, ...], ...],
    alternatives: bool,
    index: ServiceIndex,
    grammar: Grammar,
) -> Resolution:
    """Several services named together, where every piece of the phrase is one of its own."""
    found = _pieces(said, pieces, index, grammar)
    found = [each for each in found if not _says_nothing(each)] or found
    known = [each for each in found if not isinstance(each, Unknown)]
    if isinstance(whole, Resolved):
        return _more_than_whole(said, whole, found)
    if not known:
        return whole
    ids = tuple(dict.fromkeys(service for each in known for service in _ids(each)))
    if len(ids) == 1:
        return whole if not isinstance(whole, Unknown) else known[0]
    if alternatives:
        return Ambiguous(said, tuple(Candidate(service, 0.8, "alternative") for service in ids))
    if len(known) == len(found) and all(isinstance(each, Resolved) and each.score >= _LED for each in known):
        return Several(said, ids)
    if isinstance(whole, Resolved | Ambiguous) and len(known) < len(found):
        return whole
    return Ambiguous(
        said, tuple(Candidate(service, 0.6, "one of several") for service in ids), "several_wished"
    )


def _says_nothing(found: Resolution) -> bool:
    """True for a piece of general words, which adds nothing to a piece that names a service."""
    return isinstance(found, Ambiguous) and found.reason in ("general", "unnamed")


def _more_than_whole(said: str, whole: Resolved, found: list[Resolution]) -> Resolution:
    """One service explains the whole phrase; several only where each piece names one of its own."""
    ids = tuple(dict.fromkeys(service for each in found for service in _ids(each)))
    if len(ids) > 1 and all(isinstance(each, Resolved) and each.score >= _NAMED for each in found):
        return Several(said, ids)
    open_pieces = [each for each in found if isinstance(each, Ambiguous) and each.reason == "several_fit"]
    if any(whole.service_id not in each.service_ids for each in open_pieces):
        return Ambiguous(
            said, tuple(Candidate(service, 0.6, "one of several") for service in ids), "several_wished"
        )
    return whole


def _pieces(
    said: str, pieces: tuple[tuple[str, ...], ...], index: ServiceIndex, grammar: Grammar
) -> list[Resolution]:
    """Each piece on its own; a piece too short to choose borrows what it shares with its neighbour."""
    found: list[Resolution] = []
    for at, piece in enumerate(pieces):
        result, _ = resolve_one(said, piece, index, grammar)
        alone = isinstance(result, Resolved) or _says_nothing(result)
        if not alone and at > 0:
            lent, _ = resolve_one(said, (*pieces[at - 1][:-1], *piece), index, grammar)
            result = lent if isinstance(lent, Resolved) else result
        if not alone and not isinstance(result, Resolved) and at + 1 < len(pieces):
            tail = grammar.morphology.parts(pieces[at + 1][-1])[-1:]
            lent, _ = resolve_one(
                said, (*piece, *(tail if len(pieces[at + 1]) == 1 else pieces[at + 1][-1:])), index, grammar
            )
            result = lent if isinstance(lent, Resolved) else result
        found.append(result)
    return found


def _ids(resolution: Resolution) -> tuple[str, ...]:
    if isinstance(resolution, Resolved):
        return (resolution.service_id,)
    if isinstance(resolution, Several | Ambiguous):
        return resolution.service_ids
    return ()
