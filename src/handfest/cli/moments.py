"""Moments as they are typed: ISO with or without offset, a date alone, or words a caller would say."""

from datetime import date, datetime, time, timedelta
from typing import NoReturn
from zoneinfo import ZoneInfo

from whenever import Instant

from handfest.catalogue.compiled import CompiledCatalogue
from handfest.cli.output import fail
from handfest.desk.spoken_wish import speak_options
from handfest.model.wish import AskWhen, WhenReading, Wish
from handfest.scheduling.opening_times import opening_hull
from handfest.speech.when import WhenContext, understand_when


def read_moment(text: str, compiled: CompiledCatalogue, now: Instant, *, end: bool = False) -> Instant:
    """The moment meant, on the clock of the business; its hours settle a bare "halb drei".

    Without an offset it is local; a date alone is its beginning, or (`end`) its end. Ends the command when
    the text means no moment, or several (a clock that is put forward or back has such times).
    """
    zone = compiled.zone
    try:
        if len(text) == 10:
            return _edge(date.fromisoformat(text), zone, end=end)
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _from_words(text, compiled, now, end=end)
    return Instant(moment if moment.tzinfo else _on_the_clock(moment, zone))


def _on_the_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    """A local time that the clock of the zone shows once; it skips some and shows others twice as it is changed."""
    first, second = moment.replace(tzinfo=zone), moment.replace(tzinfo=zone, fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    assert before is not None
    assert after is not None
    written = f"{moment:%H:%M}"
    if before < after:
        fail(
            f"the clocks of {zone.key} skip {written} on {moment:%Y-%m-%d}; write a time before or after that"
        )
    if before > after:
        either = f"{first.isoformat(timespec='minutes')} or {second.isoformat(timespec='minutes')}"
        fail(f"the clocks of {zone.key} show {written} twice on {moment:%Y-%m-%d}; write {either}")
    return first


def _edge(day: date, zone: ZoneInfo, *, end: bool) -> Instant:
    return Instant(datetime.combine(day + timedelta(days=int(end)), time(), zone))


def _from_words(text: str, compiled: CompiledCatalogue, now: Instant, *, end: bool) -> Instant:
    zone = compiled.zone
    today = now.to_tz(zone.key).to_stdlib()
    hours = opening_hull(compiled.catalogue, compiled.catalogue.branch(compiled.branch_id))
    languages = sorted(("de", "en"), key=lambda each: each != compiled.language)
    readings = [understand_when(text, WhenContext(today, zone, each, hours)) for each in languages]
    for reading in readings:
        if isinstance(reading, Wish) and reading.day is not None:
            if reading.at is not None:
                return Instant(datetime.combine(reading.day, reading.at, zone))
            if reading == Wish(day=reading.day):
                return _edge(reading.day, zone, end=end)
    return _refuse(text, readings, today.date(), languages)


def _refuse(text: str, readings: list[WhenReading], today: date, languages: list[str]) -> NoReturn:
    """Name what the words could mean, or how a moment is written."""
    for reading, language in zip(readings, languages, strict=True):
        if isinstance(reading, AskWhen) and reading.readings:
            fail(f"{text!r} can mean: {speak_options(reading.readings, today, language)}; say which")
    fail(f'{text!r} is no moment; write 2025-10-22T14:00 (local time), or words such as "morgen um 14 Uhr"')
