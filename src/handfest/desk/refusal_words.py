"""The sentence of a refusal, filled from its facts. Every refusal leaves the caller a way on."""

from collections.abc import Sequence
from typing import Any

from handfest.booking.open_turn import OpenTurn
from handfest.desk.spoken_times import speak_choices, speak_relative_day, speak_start
from handfest.model.booking import Booking
from handfest.model.refusal import Refusal
from handfest.model.wish import Wish
from handfest.speech.sentences import sentence, word
from handfest.speech.spoken import speak_day, speak_list, speak_moment, speak_time


def refusal_sentence(refusal: Refusal, turn: OpenTurn) -> str:
    """What is said for this refusal."""
    language, facts = turn.language, refusal.facts
    today = turn.now.to_tz(turn.zone.key).date().to_stdlib()
    name = refusal.sentence
    if name == "service_unknown" and not facts.get("spoken"):
        name = "service_unknown_bare"
    offers = facts.get("offers", ())
    return sentence(
        language,
        "refuse",
        name,
        spoken=facts.get("spoken"),
        staff=facts.get("staff"),
        service=facts.get("service"),
        name=facts.get("name"),
        today=speak_day(today, language, year=True),
        items=_items(refusal, turn),
        times=speak_choices(offers, turn.now, language) if offers else "",
        asked=_asked(facts, turn),
        day=_day(facts, language),
        span=_span(facts, language),
    )


def _items(refusal: Refusal, turn: OpenTurn) -> str:
    facts, language = refusal.facts, turn.language
    if "readings" in facts:
        spoken = [_reading(reading, turn) for reading in facts["readings"][:3]]
        return speak_list(list(dict.fromkeys(spoken)), word(language, "or"))
    if "bookings" in facts:
        return speak_list(
            [_booking(booking, turn) for booking in facts["bookings"][:3]], word(language, "or")
        )
    if "either" in facts:
        return speak_list(facts["either"], word(language, "or"))
    return speak_list(facts.get("items", []), word(language, "and"))


def _reading(wish: Wish, turn: OpenTurn) -> str:
    """One reading of ambiguous words, as a question puts it."""
    language = turn.language
    today = turn.now.to_tz(turn.zone.key).date().to_stdlib()
    parts: Sequence[str] = [
        speak_relative_day(wish.day, today, language) if wish.day else "",
        speak_time(wish.at.hour, wish.at.minute, language) if wish.at else "",
    ]
    return word(language, "at").join(part for part in parts if part)


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
