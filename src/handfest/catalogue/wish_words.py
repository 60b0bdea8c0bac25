"""Resolve a spoken service name: pin it, ask, or say that there is no such service. Never a default.

The order of evidence: a literal name or alias; words that name services; words that callers use for them;
a kind of them. Words nobody explains never pin, and neither does a head that any service could have.
"""

from collections.abc import Iterable
from dataclasses import replace

from handfest.catalogue.choice import choose
from handfest.catalogue.errand import is_other_errand
from handfest.catalogue.evidence import Level, read
from handfest.catalogue.index import ServiceIndex, literal_keys
from handfest.catalogue.morphology import PARTICIPLE
from handfest.catalogue.narrowing import by_closeness, by_target
from handfest.catalogue.near_miss import nearest
from handfest.catalogue.phrase import (
    Grammar,
    Kind,
    Phrase,
    bare_length,
    clauses,
    find,
    joined,
    read_duration,
    units_of,
    with_whom,
    without_negated,
    without_staff,
)
from handfest.catalogue.repair import repaired
from handfest.catalogue.second_hearing import heard_again
from handfest.catalogue.several import SUMS, Joint, corrected, parts_of
from handfest.catalogue.spelling import tokens
from handfest.catalogue.verdict import ask
from handfest.model.resolution import Ambiguous, Candidate, Resolution, Resolved, Several, Unknown

ASKED_AT_MOST = 3
_WORDS_READ = 40
_LETTERS_READ = 400
"""Whoever says more than so many words or letters in one go has not named a service; we ask."""
_ADULT = ("person", "adult")
_PIECES_READ = 6
"""Nobody wishes for more services in one go."""
_LED = 0.8
_IN_FULL = 0.9
"""The score of a service that is named and says no more than the words."""
_OWN = frozenset({"name", "alias", "words"})
"""The evidence of what a service itself is called."""
_NAMED = 0.84
"""The score from which on a piece of a phrase was named, not merely led to."""


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
    literal = _literal(said, flat, index, grammar)
    if literal is not None:
        return literal
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
    return found if isinstance(found, Resolved | Several) else _beside(said, flat, found, index, grammar)


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
        plain = isinstance(named, Resolved) and (named.score >= _NAMED or named.evidence == "words")
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
    if not isinstance(other, Resolved) or isinstance(mine, Unknown) or _ids(mine) == _ids(other):
        return other
    return _one_of_several(said, (mine, other))


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


def resolve_tokens(
    said: str, spoken: tuple[tuple[str, ...], ...], index: ServiceIndex, grammar: Grammar
) -> Resolution:
    """Clauses of tokens as one service, or as several named together."""
    flat = tuple(token for clause in spoken for token in clause)
    whole, strong = resolve_one(said, flat, index, grammar)
    pieces, joint = parts_of(spoken, grammar)
    pieces = tuple(piece for piece in pieces if _names_something(piece, grammar))
    if not 2 <= len(pieces) <= _PIECES_READ:
        return _side_by_side(said, whole, flat, index, grammar)
    if isinstance(whole, Resolved) and joint is Joint.AND and _cut_apart(pieces, whole, index, grammar):
        return _one_of_several(said, (*_pieces(said, pieces, index, grammar), whole))
    if strong or (isinstance(whole, Resolved) and _all_in_the_name(pieces, whole, index, grammar)):
        return whole
    if isinstance(whole, Resolved) and _one_thing(flat, pieces, whole, index, grammar):
        return whole
    return _together(said, whole, pieces, joint, index, grammar)


def _side_by_side(
    said: str, whole: Resolution, flat: tuple[str, ...], index: ServiceIndex, grammar: Grammar
) -> Resolution:
    """Names said one after the other without "und" ("mani pedi"), where every word is one in full."""
    if not isinstance(whole, Ambiguous) or whole.reason != "partly_understood":
        return whole
    words = [word for word in flat if word not in grammar.words.function]
    found = [resolve_one(said, (word,), index, grammar)[0] for word in words]
    ids = tuple(dict.fromkeys(each.service_id for each in found if isinstance(each, Resolved)))
    named = all(isinstance(each, Resolved) and each.score >= _IN_FULL for each in found)
    return Several(said, ids) if named and 1 < len(ids) == len(words) else whole


def _names_something(piece: tuple[str, ...], grammar: Grammar) -> bool:
    """False for a piece that only says how long or for whom, which speaks of its neighbours."""
    rest, duration = read_duration(piece, grammar.words)
    units, _ = units_of(rest, grammar)
    if any(unit.kind is not Kind.TARGET for unit in units):
        return True
    return not units and duration is None


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
        if isinstance(timed, Resolved) and timed.service_id in _ids(found):
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


def _literal(said: str, flat: tuple[str, ...], index: ServiceIndex, grammar: Grammar) -> Resolution | None:
    """A name or alias word for word, whatever else it could mean."""
    rest, duration = read_duration(flat, grammar.words)
    found = _spelled(rest, duration, index, grammar)
    if len(found) == 1:
        return Resolved(said, found[0][0], 1.0, found[0][1])
    if len(found) > 1:
        return Ambiguous(said, tuple(Candidate(service, 1.0, source) for service, source in found))
    return None


def _together(
    said: str,
    whole: Resolution,
    pieces: tuple[tuple[str, ...], ...],
    joint: Joint,
    index: ServiceIndex,
    grammar: Grammar,
) -> Resolution:
    """Several services named together, where every piece of the phrase is one of its own."""
    found = _pieces(said, pieces, index, grammar)
    general = [each for each in found if isinstance(each, Ambiguous) and each.reason == "general"]
    plain = [_only_the_trade(piece, grammar) for piece in pieces]
    found = [
        each for each, bare in zip(found, plain, strict=True) if not (bare or _says_nothing(each))
    ] or found
    if isinstance(whole, Resolved) and joint is Joint.AND:
        beside = [each for each in general if whole.service_id not in each.service_ids]
        if beside and any(_of_this(each, whole) for each in found):
            return _one_of_several(said, (whole, *beside))
    known = [each for each in found if not isinstance(each, Unknown)]
    if isinstance(whole, Resolved):
        return _more_than_whole(said, whole, found, joint)
    if not known:
        return whole
    ids = tuple(dict.fromkeys(service for each in known for service in _ids(each)))
    if len(ids) == 1 and isinstance(whole, Unknown):
        return _one_of_several(said, known) if _half_foreign(found, joint) else known[0]
    if len(ids) == 1:
        return whole
    if joint is Joint.EITHER:
        return Ambiguous(said, tuple(Candidate(service, 0.8, "alternative") for service in ids))
    certain = all(isinstance(each, Resolved) and each.score >= _LED for each in known) or all(
        isinstance(each, Resolved) and each.evidence in _OWN for each in known
    )
    refers = any(piece[0] in grammar.words.referring for piece in pieces[1:])
    if joint in SUMS and len(known) == len(found) and certain and not refers:
        return Several(said, ids)
    if isinstance(whole, Resolved | Ambiguous) and len(known) < len(found):
        return whole
    return Ambiguous(
        said, tuple(Candidate(service, 0.6, "one of several") for service in ids), "several_wished"
    )


def _cut_apart(
    pieces: tuple[tuple[str, ...], ...], whole: Resolved, index: ServiceIndex, grammar: Grammar
) -> bool:
    """True where "und" stands inside one word of the name: "Buchhaltung und Lohn" is no Lohnbuchhaltung."""
    telling = [piece for piece in pieces if not _only_the_trade(piece, grammar)]
    said = [{unit.stem for unit in units_of(piece, grammar)[0]} for piece in telling]
    form = next(entry.forms[0] for entry in index.entries if entry.service_id == whole.service_id)
    if "-" in form.text:
        return False
    words = [{unit.stem for unit in form.units if unit.word == word} for word in range(len(form.tokens))]
    return any(sum(stems <= word for stems in said) > 1 for word in words)


def _all_in_the_name(
    pieces: tuple[tuple[str, ...], ...], whole: Resolved, index: ServiceIndex, grammar: Grammar
) -> bool:
    """True where a service's own name holds the words of every piece ("Räderwechsel mit Einlagerung").

    Not where general words alone are another one's name ("Manuelle Therapie und Kältetherapie").
    """
    entry = next(entry for entry in index.entries if entry.service_id == whole.service_id)
    own = {unit.stem for form in entry.forms[:1] for unit in form.units}
    for piece in pieces:
        reading = read(heard(piece, index, grammar), index)
        units = [(at, unit) for at, unit in enumerate(reading.phrase.units) if unit.kind is not Kind.HINT]
        called = all(
            unit.stem in own or (unit.kind is Kind.CONTENT and reading.mask(at, Level.NAMED) & entry.bit)
            for at, unit in units
        )
        if not units or not called:
            return False
        if all(unit.kind is Kind.GENERIC for _, unit in units):
            alone, _ = resolve_one("", piece, index, grammar)
            if isinstance(alone, Resolved) and alone.service_id != whole.service_id:
                return False
    return True


def _one_thing(
    flat: tuple[str, ...],
    pieces: tuple[tuple[str, ...], ...],
    whole: Resolved,
    index: ServiceIndex,
    grammar: Grammar,
) -> bool:
    """True where a synonym of the service is made of all the words ("cut and blow dry": Cut & finish).

    Not where each piece names a service of its own.
    """
    if all(isinstance(resolve_one("", piece, index, grammar)[0], Resolved) for piece in pieces):
        return False
    units = heard(flat, index, grammar).units
    said = frozenset(unit.stem for unit in units if unit.kind in (Kind.CONTENT, Kind.ACTION))
    bit = next(entry.bit for entry in index.entries if entry.service_id == whole.service_id)
    return len(said) > 1 and any(
        pattern.sum and said <= pattern.stems and index.masks.get(pattern.concept, 0) & bit
        for stem in said
        for pattern in index.patterns.get(stem, ())
    )


def _one_of_several(said: str, found: Iterable[Resolution]) -> Ambiguous:
    """The question which of all that was led to is meant."""
    ids = dict.fromkeys(service for each in found for service in _ids(each))
    return Ambiguous(
        said, tuple(Candidate(service, 0.6, "one of several") for service in ids), "several_wished"
    )


def _only_led_elsewhere(piece: Resolution, whole: Resolved) -> bool:
    """True where a piece alone would lead elsewhere, but the service of the whole phrase explains it too."""
    return (
        isinstance(piece, Resolved) and piece.evidence == "synonym" and piece.service_id != whole.service_id
    )


def _half_foreign(found: Iterable[Resolution], joint: Joint) -> bool:
    """True where one of two wishes is not offered and the other but a part of a name ("Hund scheren und baden":
    Paraffinbad)."""
    absent = any(isinstance(each, Unknown) and each.reason == "not_offered" for each in found)
    return (
        joint in SUMS and absent and all(each.score < _NAMED for each in found if isinstance(each, Resolved))
    )


def _says_nothing(found: Resolution) -> bool:
    """True for a piece of general words, which adds nothing to a piece that names a service."""
    return isinstance(found, Ambiguous) and found.reason in ("general", "unnamed")


def _only_the_trade(piece: tuple[str, ...], grammar: Grammar) -> bool:
    """True for a piece that only names what the trade is all about ("ich brauche Bilder")."""
    units, _ = units_of(piece, grammar)
    kinds = {unit.kind for unit in units}
    return Kind.ELEMENT in kinds and kinds <= {Kind.ELEMENT, Kind.HINT}


def _of_this(piece: Resolution, whole: Resolved) -> bool:
    """True where a piece alone leads to the service of the whole phrase and to no other."""
    return _ids(piece) == (whole.service_id,)


def _more_than_whole(said: str, whole: Resolved, found: list[Resolution], joint: Joint) -> Resolution:
    """One service explains the whole phrase; several only where each piece names one of its own."""
    ids = tuple(dict.fromkeys(service for each in found for service in _ids(each)))
    if joint not in SUMS or any(_only_led_elsewhere(each, whole) for each in found):
        return whole
    if len(ids) > 1 and all(
        isinstance(each, Resolved) and (each.score >= _NAMED or each.evidence in _OWN) for each in found
    ):
        # What one service does in one go may be wished for as such.
        by_name = whole.evidence != "words" and all(
            isinstance(each, Resolved) and each.evidence in _OWN for each in found
        )
        whole_too = whole.service_id in ids
        return Several(said, ids) if whole_too or by_name else _one_of_several(said, (whole, *found))
    open_pieces = [each for each in found if isinstance(each, Ambiguous) and each.reason == "several_fit"]
    if any(whole.service_id not in each.service_ids for each in open_pieces):
        return _one_of_several(said, found)
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
