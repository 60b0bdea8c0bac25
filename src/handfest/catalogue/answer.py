"""The caller's answer to "Meinen Sie A, B oder C?", understood among what was offered first."""

from handfest.catalogue.choice import choose
from handfest.catalogue.evidence import read
from handfest.catalogue.form import Entry
from handfest.catalogue.index import ServiceIndex
from handfest.catalogue.one_wish import heard
from handfest.catalogue.phrase import Phrase, clauses, find
from handfest.catalogue.several import corrected
from handfest.catalogue.wish_words import resolve_service, too_long
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
    for tail in corrected(flat, grammar.words):
        latest = _positively(said, tail, offered, index, language)
        if latest is not None:
            return latest
    refused = _refused(said, offered, index, language)
    if refused:
        return _but_for(said, refused, offered, index, language)
    found = _positively(said, flat, offered, index, language)
    if found is not None:
        return found
    elsewhere = resolve_service(said, index, language)
    if isinstance(elsewhere, Resolved | Several):
        return elsewhere
    if isinstance(elsewhere, Unknown) and elsewhere.reason == "other_intent":
        return elsewhere
    if _has(flat, answers.other) and len(offered) > 1:
        return _again(said, offered)
    if isinstance(elsewhere, Ambiguous) and _has(flat, answers.no) and elsewhere.reason == "several_fit":
        return elsewhere
    if _has(flat, answers.no):
        return Unknown(said, "declined")
    if _has(flat, answers.yes) and len(offered) == 1:
        return Resolved(said, offered[0].service_id, 1.0, "confirmed")
    return _again(said, offered)


def _again(said: str, offered: tuple[Entry, ...]) -> Ambiguous:
    """The same question once more."""
    return Ambiguous(
        said, tuple(Candidate(entry.service_id, 0.5, "asked_before") for entry in offered), "asked_before"
    )


def _positively(
    said: str, flat: tuple[str, ...], offered: tuple[Entry, ...], index: ServiceIndex, language: str
) -> Resolution | None:
    """The option that is named, described or counted."""
    named = _among(said, flat, offered, index, language)
    return named or _by_place(said, flat, offered, answers_of(index.grammar(language).words.language))


def _refused(
    said: str, offered: tuple[Entry, ...], index: ServiceIndex, language: str
) -> dict[tuple[str, ...], str]:
    """The clauses that refuse an option ("nicht das erste", "das zweite nicht"), each with that option."""
    answers = answers_of(index.grammar(language).words.language)
    found: dict[tuple[str, ...], str] = {}
    for clause in clauses(said):
        for negator in answers.negators:
            at = find(clause, negator)
            if at is None or _has(clause[:at], answers.why):
                continue
            option = _positively(said, clause[at + len(negator) :] or clause[:at], offered, index, language)
            if isinstance(option, Resolved) and any(e.service_id == option.service_id for e in offered):
                found[clause] = option.service_id
    return found


def _but_for(
    said: str,
    refused: dict[tuple[str, ...], str],
    offered: tuple[Entry, ...],
    index: ServiceIndex,
    language: str,
) -> Resolution:
    """What is wished for instead of the options refused: what other clauses name, or what is left."""
    rest = tuple(token for clause in clauses(said) if clause not in refused for token in clause)
    left = tuple(entry for entry in offered if entry.service_id not in refused.values())
    instead = _positively(said, rest, offered, index, language) if rest else None
    if isinstance(instead, Resolved) and instead.service_id not in refused.values():
        return instead
    if len(left) == 1 and len(offered) > 1:
        return Resolved(said, left[0].service_id, 0.9, "not_the_others")
    return _again(said, left) if left else Unknown(said, "declined")


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
