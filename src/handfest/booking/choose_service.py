"""Which service this turn is about (law 2): resolve once, pin, never default where one was named."""

from handfest.booking.open_turn import OpenTurn
from handfest.model.call import Pin
from handfest.model.catalogue import Catalogue, Service, Unnamed
from handfest.model.intent import Intent
from handfest.model.refusal import Refusal, RefusalCode
from handfest.model.resolution import Ambiguous, Resolved, Several, Unknown

SPOKEN_MAX = 3
"""How many services one question names at most."""


def choose_service(turn: OpenTurn, intent: Intent) -> Pin | Refusal:
    """The pin for this turn, or the question back. The words outrank an id, an id outranks the old pin."""
    number = turn.call.turns + 1
    match intent.service:
        case Resolved() as named:
            reason = "chosen" if named.service_id in turn.call.options else "named"
            return Pin(named.service_id, named.spoken, named.score, reason, named.evidence, number)
        case Ambiguous(reason="unnamed") | Unknown(reason="unnamed" | "other_intent") | None:
            return _unnamed(turn, intent, number)
        case Ambiguous() as several:
            known = _already_settled(turn, intent, several)
            return known if known is not None else ask_which(turn.catalogue, several.service_ids)
        case Several() as several:
            return _one_after_another(turn.catalogue, several)
        case Unknown() as unknown:
            return _unknown(turn, unknown, number)


def ask_which(catalogue: Catalogue, service_ids: tuple[str, ...]) -> Refusal:
    """Ask for one of these services, at most three of them."""
    spoken = tuple(service_id for service_id in service_ids if catalogue.service(service_id))[:SPOKEN_MAX]
    names = [service.name for service in _services(catalogue, spoken)]
    return Refusal(
        RefusalCode.SERVICE_AMBIGUOUS, "service_ambiguous", facts={"options": spoken, "either": names}
    )


def _already_settled(turn: OpenTurn, intent: Intent, several: Ambiguous) -> Pin | None:
    """A vaguer word does not undo what is settled: the carried id or the pin, if the word is part of its name.

    "Haarschnitt" after "Herrenhaarschnitt" says nothing new; "Schnellberatung" after "Beratung" does.
    """
    pin = turn.call.pin
    settled = intent.service_id or (pin.service_id if pin is not None else None)
    service = turn.catalogue.service(settled) if settled in several.service_ids else None
    if service is None or _letters(several.spoken) not in _letters(service.name):
        return None
    return _by_id(turn, service.id)


def _one_after_another(catalogue: Catalogue, several: Several) -> Refusal:
    names = [service.name for service in _services(catalogue, several.service_ids)]
    return Refusal(
        RefusalCode.SERVICE_AMBIGUOUS,
        "service_several",
        facts={"options": several.service_ids[:SPOKEN_MAX], "items": names[:SPOKEN_MAX]},
    )


def _unknown(turn: OpenTurn, unknown: Unknown, number: int) -> Pin | Refusal:
    default = turn.catalogue.default_service()
    if turn.catalogue.business.unknown_service is Unnamed.DEFAULT and default is not None:
        return Pin(default.id, unknown.spoken, 0.0, "default", "unknown_service = default", number)
    options = tuple(candidate.service_id for candidate in unknown.candidates)[:SPOKEN_MAX]
    shown = _services(turn.catalogue, options) or _visible(turn.catalogue)[:SPOKEN_MAX]
    return Refusal(
        RefusalCode.SERVICE_UNKNOWN,
        "service_unknown",
        facts={
            "spoken": unknown.spoken,
            "options": tuple(service.id for service in shown),
            "items": [service.name for service in shown],
        },
    )


def _unnamed(turn: OpenTurn, intent: Intent, number: int) -> Pin | Refusal:
    if intent.service_id is not None:
        by_id = _by_id(turn, intent.service_id)
        return by_id if by_id is not None else _unknown(turn, Unknown(""), number)
    if turn.call.pin is not None and turn.catalogue.service(turn.call.pin.service_id):
        return turn.call.pin
    default = turn.catalogue.default_service()
    if turn.catalogue.business.unnamed_service is Unnamed.DEFAULT and default is not None:
        return Pin(default.id, "", 0.0, "default", "unnamed_service = default", number)
    shown = _visible(turn.catalogue)[:SPOKEN_MAX]
    return Refusal(
        RefusalCode.SERVICE_AMBIGUOUS,
        "service_unnamed",
        facts={
            "options": tuple(service.id for service in shown),
            "either": [service.name for service in shown],
        },
    )


def _by_id(turn: OpenTurn, service_id: str) -> Pin | None:
    service = turn.catalogue.service(service_id)
    if service is None:
        return None
    pin = turn.call.pin
    if pin is not None and pin.service_id == service_id:
        return pin
    return Pin(service.id, "", 1.0, "id", "service_id given", turn.call.turns + 1)


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _services(catalogue: Catalogue, service_ids: tuple[str, ...]) -> list[Service]:
    found = (catalogue.service(service_id) for service_id in service_ids)
    return [service for service in found if service is not None]


def _visible(catalogue: Catalogue) -> list[Service]:
    return [service for service in catalogue.services if not service.hidden]
