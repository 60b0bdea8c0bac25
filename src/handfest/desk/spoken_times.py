"""Times of offers and openings as they are said in one breath, relative to today where that is natural."""

from collections.abc import Sequence
from datetime import date

from whenever import Instant

from handfest.model.booking import Booking
from handfest.model.catalogue import Opening
from handfest.model.offer import Offer
from handfest.speech.sentences import word
from handfest.speech.spoken import speak_day, speak_list, speak_minute_of_day, speak_time, weekday_name


def speak_start(thing: Offer | Booking, language: str) -> str:
    """The wall time at which an offer or booking begins."""
    local = thing.local_start
    return speak_time(local.hour, local.minute, language)


def speak_choices(offers: Sequence[Offer], now: Instant, language: str) -> str:
    """Several offers grouped by day: "morgen um 11 Uhr und 13 Uhr oder am Freitag, dem 24. Oktober um 9 Uhr"."""
    days: dict[date, list[str]] = {}
    for offer in sorted(offers, key=lambda one: one.start):
        days.setdefault(offer.local_start.date().to_stdlib(), []).append(speak_start(offer, language))
    today = now.to_tz(offers[0].zone).date().to_stdlib() if offers else None
    last = " " + word(language, "or").strip() + " "
    groups = [
        speak_relative_day(day, today, language) + word(language, "at") + speak_list(times, last)
        for day, times in days.items()
    ]
    return speak_list(groups, last)


def speak_relative_day(day: date, today: date | None, language: str) -> str:
    """ "heute", "morgen", "übermorgen", else "am Freitag, dem 24. Oktober"."""
    if today is not None:
        near = {0: "today", 1: "tomorrow", 2: "day_after_tomorrow"}.get((day - today).days)
        if near is not None:
            return word(language, near)
    dated = speak_day(day, language, after_on=True)
    return word(language, "on") + (f"{dated}," if language == "de" else dated)


def speak_spans(group: tuple[tuple[int, ...], tuple[Opening, ...]], language: str) -> str:
    """Weekdays and their opening times: "Montag bis Donnerstag 9 Uhr bis 12 Uhr und 13 Uhr bis 18 Uhr"."""
    weekdays, openings = group
    to = word(language, "to")
    spans = [
        speak_minute_of_day(opening.start, language) + to + speak_minute_of_day(opening.end, language)
        for opening in openings
    ]
    days = _speak_weekdays(weekdays, language)
    return " ".join(part for part in (days, speak_list(spans, word(language, "and"))) if part)


def _speak_weekdays(weekdays: tuple[int, ...], language: str) -> str:
    runs: list[list[int]] = []
    for weekday in weekdays:
        if runs and runs[-1][-1] + 1 == weekday:
            runs[-1].append(weekday)
        else:
            runs.append([weekday])
    spoken = [
        weekday_name(run[0], language)
        + (word(language, "to") + weekday_name(run[-1], language) if len(run) > 1 else "")
        for run in runs
    ]
    return speak_list(spoken, word(language, "and"))
