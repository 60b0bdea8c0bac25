"""Several wishes in one phrase: what its pieces name, held against what the whole of it does."""

from collections.abc import Iterable
from typing import TypeGuard

from handfest.catalogue.evidence import Level, read
from handfest.catalogue.index import ServiceIndex
from handfest.catalogue.one_wish import heard, ids_of, resolve_one
from handfest.catalogue.phrase import Grammar, Kind, read_duration, units_of
from handfest.catalogue.several import SUMS, Joint, parts_of, tells_first
from handfest.model.resolution import Ambiguous, Candidate, Resolution, Resolved, Several, Unknown

_PIECES_READ = 6
"""Nobody wishes for more services in one go."""
_LED = 0.8
_IN_FULL = 0.9
"""The score of a service that is named and says no more than the words."""
_OWN = frozenset({"name", "alias", "words"})
"""The evidence of what a service itself is called."""
NAMED_SCORE = 0.84
"""The score from which on a piece of a phrase was named, not merely led to."""


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
    told = _told(said, whole, pieces, index, grammar)
    if told is not None:
        return told
    if isinstance(whole, Resolved) and joint is Joint.AND and _cut_apart(pieces, whole, index, grammar):
        return one_of_several(said, (*_pieces(said, pieces, index, grammar), whole))
    if strong or (isinstance(whole, Resolved) and _all_in_the_name(pieces, whole, index, grammar)):
        return whole
    if isinstance(whole, Resolved) and _one_thing(flat, pieces, whole, index, grammar):
        return whole
    apart = _accompanied(said, spoken, index, grammar) if joint is Joint.AND else None
    if apart is not None:
        return apart
    found = _together(said, whole, pieces, joint, index, grammar)
    once = isinstance(found, Several) and tells_first(pieces, grammar.words)
    return one_of_several(said, (found,)) if once else found


def _accompanied(
    said: str, spoken: tuple[tuple[str, ...], ...], index: ServiceIndex, grammar: Grammar
) -> Several | None:
    """Services of which one is called "X mit Y" ("Maniküre mit Lack und Pediküre"), where each is named in full."""
    with_it = grammar.words.accompanying
    if not any(token in with_it for clause in spoken for token in clause):
        return None
    pieces, _ = parts_of(spoken, grammar, frozenset((each,) for each in with_it))
    found = [resolve_one(said, piece, index, grammar)[0] for piece in pieces]
    ids = tuple(dict.fromkeys(each.service_id for each in found if isinstance(each, Resolved)))
    named = all(isinstance(each, Resolved) and each.evidence in _OWN for each in found)
    return Several(said, ids) if named and 1 < len(ids) == len(pieces) else None


def _told(
    said: str,
    whole: Resolution,
    pieces: tuple[tuple[str, ...], ...],
    index: ServiceIndex,
    grammar: Grammar,
) -> Resolved | None:
    """What is told first, where it says which of several is wished for ("bin schwanger und möchte eine Massage")."""
    if not tells_first(pieces, grammar.words):
        return None
    told, wished = _pieces(said, pieces, index, grammar)
    if not isinstance(told, Resolved) or not isinstance(wished, Ambiguous):
        return None
    return told if told.service_id in ids_of(whole) + ids_of(wished) else None


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
            return one_of_several(said, (whole, *beside))
    known = [each for each in found if not isinstance(each, Unknown)]
    if isinstance(whole, Resolved):
        return _more_than_whole(said, whole, found, joint, index)
    if not known:
        return whole
    ids = tuple(dict.fromkeys(service for each in known for service in ids_of(each)))
    if len(ids) == 1 and isinstance(whole, Unknown):
        return one_of_several(said, known) if _half_foreign(found, joint) else known[0]
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
        elsewhere = all(unit.kind is Kind.GENERIC for _, unit in units)
        if elsewhere or not all(unit.stem in own for _, unit in units):
            alone, _ = resolve_one("", piece, index, grammar)
            other = ids_of(alone) != (whole.service_id,) and (
                isinstance(alone, Resolved) or _one_of_two(alone)
            )
            if other and not _holds_the_name(own, alone, index):
                return False
    return True


def _holds_the_name(own: set[str], alone: Resolution, index: ServiceIndex) -> bool:
    """True where a name holds the whole name of the one service a piece leads to ("Räderwechsel" in "Räderwechsel
    mit Einlagerung")."""
    names = [entry.forms[0] for entry in index.entries if entry.service_id in ids_of(alone)]
    return len(names) == 1 and {unit.stem for unit in names[0].units} <= own


def _one_of_two(piece: Resolution) -> TypeGuard[Ambiguous]:
    """True for a piece that names one of two services."""
    return (
        isinstance(piece, Ambiguous)
        and piece.reason == "several_fit"
        and len(piece.candidates) == 2
        and all(each.evidence in _OWN for each in piece.candidates)
    )


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


def one_of_several(said: str, found: Iterable[Resolution]) -> Ambiguous:
    """The question which of all that was led to is meant."""
    ids = dict.fromkeys(service for each in found for service in ids_of(each))
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
        joint in SUMS
        and absent
        and all(each.score < NAMED_SCORE for each in found if isinstance(each, Resolved))
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
    return ids_of(piece) == (whole.service_id,)


def _more_than_whole(
    said: str, whole: Resolved, found: list[Resolution], joint: Joint, index: ServiceIndex
) -> Resolution:
    """One service explains the whole phrase; several only where each piece names one of its own."""
    ids = tuple(dict.fromkeys(service for each in found for service in ids_of(each)))
    if joint not in SUMS or any(_only_led_elsewhere(each, whole) for each in found):
        return whole
    if len(ids) > 1 and all(
        isinstance(each, Resolved) and (each.score >= NAMED_SCORE or each.evidence in _OWN) for each in found
    ):
        # What one service does in one go may be wished for as such, and is where its name is a sum.
        entry = next(each for each in index.entries if each.service_id == whole.service_id)
        if whole.evidence == "words" and entry.bit in index.sums and whole.service_id not in ids:
            return whole
        by_name = whole.evidence != "words" and all(
            isinstance(each, Resolved) and each.evidence in _OWN for each in found
        )
        whole_too = whole.service_id in ids
        return Several(said, ids) if whole_too or by_name else one_of_several(said, (whole, *found))
    open_pieces = [each for each in found if isinstance(each, Ambiguous) and each.reason == "several_fit"]
    if any(whole.service_id not in each.service_ids for each in open_pieces):
        return one_of_several(said, found)
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
    return _none_twice(said, found)


def _none_twice(said: str, found: list[Resolution]) -> list[Resolution]:
    """Pieces of which nobody wishes the same twice: of two that "Schur" may be beside "Krallen schneiden" it is the
    other."""
    taken = {each.service_id for each in found if isinstance(each, Resolved) and each.score >= _IN_FULL}
    for at, each in enumerate(found):
        if _one_of_two(each):
            left = [one for one in each.candidates if one.service_id not in taken]
            if len(left) == 1:
                found[at] = Resolved(said, left[0].service_id, NAMED_SCORE, left[0].evidence)
    return found
