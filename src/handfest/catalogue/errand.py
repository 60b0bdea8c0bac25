"""Errands that are no wish for a service (to cancel, to sell, a bill), unless a business has a service called so."""

from handfest.catalogue.index import ServiceIndex
from handfest.catalogue.pattern import matched
from handfest.catalogue.phrase import Grammar


def is_other_errand(flat: tuple[str, ...], index: ServiceIndex, grammar: Grammar) -> bool:
    """True for requests that are no wish for a service, unless a service is called so by all its words."""
    said = set(flat)
    for intent in grammar.words.intents:
        if (
            said.issuperset(intent)
            and not _is_called(intent, flat, index, grammar)
            and not _leads_to(intent, flat, index, grammar)
        ):
            return True
    return False


def _is_called(intent: tuple[str, ...], flat: tuple[str, ...], index: ServiceIndex, grammar: Grammar) -> bool:
    """True where a service's name holds the request, and the caller says more of that name or all of it."""
    asked = {grammar.morphology.key(token) for token in intent}
    said = {part for token in flat for part in grammar.morphology.parts(token)} | asked
    for entry in index.entries:
        for form in entry.forms:
            own = {unit.stem for unit in form.units}
            if asked & form.main and (own <= said or (own - asked) & said):
                return True
    return False


def _leads_to(intent: tuple[str, ...], flat: tuple[str, ...], index: ServiceIndex, grammar: Grammar) -> bool:
    """True where callers of the trade say so for a service it has ("Altgold verkaufen": Goldankauf)."""
    said = frozenset(part for token in flat for part in grammar.morphology.parts(token))
    asked = {grammar.morphology.key(token) for token in intent}
    return any(
        (pattern.intents.issuperset(intent) or (asked <= pattern.stems and not pattern.one_way))
        and len(pattern.stems) > 1
        and pattern.concept in index.masks
        for pattern in matched(said, index.patterns)
    )
