"""The caller's answer to "Meinen Sie A, B oder C?", understood among what was offered first."""

from handfest.catalogue.choice import choose
from handfest.catalogue.evidence import read
from handfest.catalogue.form import Entry
from handfest.catalogue.index import ServiceIndex
from handfest.catalogue.phrase import Phrase, clauses, find
from handfest.catalogue.wish_words import heard, resolve_service, too_long
from handfest.catalogue.words import Answers, answers_of
from handfest.model.resolution import Ambiguous, Candidate, Resolution, Resolved, Several, Unknown


def resolve_answer(said: str, index: ServiceIndex, options: tuple[str, ...], language: str) -> Resolution:
    """What `said` means as the answer to a question that named `options` (service ids, in spoken order).

    "das zweite", "die lange", "ja", "beide", "die für Herren" choose among the options; another service named
    in full replaces them (the latest wish counts); anything else asks again with the same options.
    `Unknown.reason` is `declined` for a bare no.
    """
    if too_long(said):
        return resolve_service(said, index, language)
    grammar = index.grammar(language)
    flat = tuple(token for clause in clauses(said) for token in clause)
    offered = tuple(entry for each in options for entry in index.entries if entry.service_id == each)
    if not offered:
        return resolve_service(said, index, language)
    answers = answers_of(grammar.words.language)
    named = _among(said, flat, offered, index, language)
    if named is not None:
        return named
    placed = _by_place(said, flat, offered, answers)
    if placed is not None:
        return placed
    elsewhere = resolve_service(said, index, language)
    if isinstance(elsewhere, Resolved | Several):
        return elsewhere
    if isinstance(elsewhere, Unknown) and elsewhere.reason == "other_intent":
        return elsewhere
    if _has(flat, answers.no):
        return Unknown(said, "declined")
    if _has(flat, answers.yes) and len(offered) == 1:
        return Resolved(said, offered[0].service_id, 1.0, "confirmed")
    return Ambiguous(
        said, tuple(Candidate(entry.service_id, 0.5, "asked_before") for entry in offered), "asked_before"
    )


def _has(flat: tuple[str, ...], phrases: tuple[tuple[str, ...], ...]) -> bool:
    return any(find(flat, phrase) is not None for phrase in phrases)


def _by_place(
    said: str, flat: tuple[str, ...], offered: tuple[Entry, ...], answers: Answers
) -> Resolution | None:
    """An option by its place ("die letzte"), or all of them."""
    if _has(flat, answers.all) and len(offered) > 1:
        return Several(said, tuple(entry.service_id for entry in offered))
    for place, phrases in enumerate(answers.places):
        if _has(flat, phrases) and place < len(offered):
            return Resolved(said, offered[place].service_id, 1.0, "place")
    if _has(flat, answers.last):
        return Resolved(said, offered[-1].service_id, 1.0, "place")
    return None


def _among(
    said: str, flat: tuple[str, ...], offered: tuple[Entry, ...], index: ServiceIndex, language: str
) -> Resolution | None:
    """The one option the words speak for: by its words, for whom it is, how long it takes."""
    grammar = index.grammar(language)
    phrase = heard(flat, index, grammar)
    reading = read(phrase, index)
    mask = sum(entry.bit for entry in offered)
    for level, explained in reading.explanations(index.everything):
        if explained & mask:
            found, _ = choose(said, explained & mask, reading, level, index)
            return found if isinstance(found, Resolved) else _by_slots(said, phrase, offered)
    if reading.required():
        return None
    return _by_slots(said, phrase, offered)


def _by_slots(said: str, phrase: Phrase, offered: tuple[Entry, ...]) -> Resolution | None:
    """The one option that a target, a length or a size leaves."""
    targets = {unit.target for unit in phrase.units if unit.target}
    left = [entry for entry in offered if not targets or targets & entry.targets]
    if phrase.duration is not None:
        left = [entry for entry in left if entry.duration_min == phrase.duration]
    if phrase.size and len(left) > 1:
        lengths = sorted({entry.duration_min for entry in left})
        wanted = lengths[0] if phrase.size < 0 else lengths[-1]
        left = [entry for entry in left if entry.duration_min == wanted and len(lengths) > 1]
    if len(left) == 1 and (targets or phrase.duration is not None or phrase.size):
        return Resolved(said, left[0].service_id, 0.95, "slot")
    return None
