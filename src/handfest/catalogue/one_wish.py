"""One service a phrase is about: heard, read against the catalogue, pinned or asked about."""

from dataclasses import replace

from handfest.catalogue.choice import choose
from handfest.catalogue.evidence import read
from handfest.catalogue.index import ServiceIndex, literal_keys
from handfest.catalogue.near_miss import nearest
from handfest.catalogue.phrase import (
    Grammar,
    Phrase,
    bare_length,
    joined,
    read_duration,
    units_of,
    without_staff,
)
from handfest.catalogue.repair import repaired
from handfest.catalogue.second_hearing import heard_again
from handfest.model.resolution import Ambiguous, Candidate, Resolution, Resolved, Several


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
    found, strong = _understood(said, phrase, index, grammar)
    length = bare_length(phrase, grammar.words) if isinstance(found, Ambiguous) else None
    if length is not None:
        timed, _ = _understood(said, replace(phrase, duration=length), index, grammar)
        if isinstance(timed, Resolved) and timed.service_id in ids_of(found):
            return timed, False
    if isinstance(found, Resolved) or (isinstance(found, Ambiguous) and found.reason != "partly_understood"):
        return found, strong
    for anew, sure in heard_again(phrase.tokens, index, grammar):
        units, size = units_of(anew, grammar)
        other, _ = _understood(said, Phrase(anew, units, phrase.duration, size), index, grammar)
        if isinstance(other, Resolved):
            return (other if sure else _only_asked(other)), False
        if sure and isinstance(other, Ambiguous) and other.reason != "partly_understood":
            return other, False
    return found, strong


def _only_asked(found: Resolved) -> Ambiguous:
    """ "Meinen Sie ...?" for a service that nothing but a sound leads to."""
    return Ambiguous(found.spoken, (Candidate(found.service_id, found.score, "sound"),), "related")


def _understood(said: str, phrase: Phrase, index: ServiceIndex, grammar: Grammar) -> tuple[Resolution, bool]:
    """A phrase as one service, as it was heard."""
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


def literal_name(
    said: str, flat: tuple[str, ...], index: ServiceIndex, grammar: Grammar
) -> Resolution | None:
    """A name or alias word for word, whatever else it could mean."""
    rest, duration = read_duration(flat, grammar.words)
    found = _spelled(rest, duration, index, grammar)
    if len(found) == 1:
        return Resolved(said, found[0][0], 1.0, found[0][1])
    if len(found) > 1:
        return Ambiguous(said, tuple(Candidate(service, 1.0, source) for service, source in found))
    return None


def ids_of(resolution: Resolution) -> tuple[str, ...]:
    if isinstance(resolution, Resolved):
        return (resolution.service_id,)
    if isinstance(resolution, Several | Ambiguous):
        return resolution.service_ids
    return ()
