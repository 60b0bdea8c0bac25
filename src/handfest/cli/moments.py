"""Moments as they are typed: ISO with or without offset, a date alone, or words a caller would say."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from whenever import Instant

from handfest.cli.output import fail
from handfest.model.wish import Wish
from handfest.speech.when import WhenContext, understand_when


def read_moment(text: str, zone: ZoneInfo, now: Instant, *, end: bool = False) -> Instant:
    """The moment meant. Without an offset it is local; a date alone is its beginning, or (`end`) its end."""
    try:
        if len(text) == 10:
            day = date.fromisoformat(text) + timedelta(days=int(end))
            return Instant(datetime.combine(day, time(), zone))
        moment = datetime.fromisoformat(text)
        return Instant(moment if moment.tzinfo else moment.replace(tzinfo=zone))
    except ValueError:
        return _from_words(text, zone, now)


def _from_words(text: str, zone: ZoneInfo, now: Instant) -> Instant:
    contexts = (WhenContext(now.to_tz(zone.key).to_stdlib(), zone, language) for language in ("de", "en"))
    readings = [understand_when(text, context) for context in contexts]
    found = [one for one in readings if isinstance(one, Wish) and one.day is not None and one.at is not None]
    if not found or found[0].day is None or found[0].at is None:
        fail(
            f'{text!r} is no moment; write 2025-10-22T14:00 (local time), or words such as "morgen um 14 Uhr"'
        )
    return Instant(datetime.combine(found[0].day, found[0].at, zone))
