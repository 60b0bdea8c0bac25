"""The sentence of a refusal, filled from its facts. Every refusal leaves the caller a way on."""

from typing import Any

from handfest.booking.open_turn import OpenTurn
from handfest.desk.spoken_times import speak_choices, speak_start
from handfest.desk.spoken_wish import speak_options
from handfest.model.booking import Booking
from handfest.model.refusal import Refusal
from handfest.speech.sentences import sentence, word
from handfest.speech.spoken import speak_day, speak_list, speak_moment


def refusal_sentence(refusal: Refusal, turn: OpenTurn) -> str:
    """What is said for this refusal."""
    language, facts = turn.language, refusal.facts
    today = turn.now.to_tz(turn.zone.key).date().to_stdlib()
    name = refusal.sentence
    if name == "service_unknown" and not facts.get("spoken"):
        name = "service_unknown_bare"
    offers = facts.get("offers", ())
    items = _items(refusal, turn)
    if "readings" in facts and not items:
        name = "time_unclear"
    return sentence(
        language,
        "refuse",
        name,
        spoken=facts.get("spoken"),
        staff=facts.get("staff"),
        service=facts.get("service"),
        name=facts.get("name"),
        today=speak_day(today, language, year=True),
        items=items,
        times=speak_choices(offers, turn.now, language) if offers else "",
        asked=_asked(facts, turn),
        day=_day(facts, language),
        span=_span(facts, language),
    )


def _items(refusal: Refusal, turn: OpenTurn) -> str:
    facts, language = refusal.facts, turn.language
    today = turn.now.to_tz(turn.zone.key).date().to_stdlib()
    if "readings" in facts:
        return speak_options(facts["readings"], today, language)
    if "bookings" in facts:
        return speak_list(
            [_booking(booking, turn) for booking in facts["bookings"][:3]], word(language, "or")
        )
    if "either" in facts:
        return speak_list(facts["either"], word(language, "or"))
    return speak_list(facts.get("items", []), word(language, "and"))


def _booking(booking: Booking, turn: OpenTurn) -> str:
    language = turn.language
    return sentence(
        language,
        "list",
        "item",
        service=booking.service_name,
        day=speak_day(booking.local_start.date().to_stdlib(), language, after_on=True),
        time=speak_start(booking, language),
    )


def _asked(facts: dict[str, Any], turn: OpenTurn) -> str:
    asked = facts.get("asked")
    return speak_moment(asked.to_tz(turn.zone.key), turn.language) if asked is not None else ""


def _day(facts: dict[str, Any], language: str) -> str:
    day = facts.get("day")
    return speak_day(day, language, after_on=True) if day is not None else ""


def _span(facts: dict[str, Any], language: str) -> str:
    if facts.get("day") is None:
        return word(language, "span_all")
    return sentence(language, "words", "span_day", day=_day(facts, language))
