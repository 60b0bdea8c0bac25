"""The words of the pages in German and English (data under `words/`), and how moments and figures are written."""

import tomllib
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from whenever import Instant, ZonedDateTime

LANGUAGES = ("de", "en")


class Words:
    """One language. Sections are attributes (`words.today["title"]`); `say` fills a sentence."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._rooms = _read(language)

    def __getattr__(self, room: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self._rooms[room]
        except KeyError:
            raise AttributeError(room) from None
        return found

    def say(self, room: str, key: str, **facts: object) -> str:
        """A sentence with its gaps filled; KeyError for one that there is not."""
        text: str = self._rooms[room][key]
        return text.format(**facts)

    def name(self, room: str, key: str) -> str:
        """The word for a code, or the code in plain letters where there is none."""
        found: str = self._rooms[room].get(key, key.replace("_", " "))
        return found

    def day(self, day: date, *, year: bool = False) -> str:
        """`Mittwoch, 22. Oktober`, `Wednesday, 22 October`."""
        form = self._rooms["calendar"]["long_year" if year else "long"]
        return self._dated(form, day)

    def short_day(self, day: date) -> str:
        """`Mi, 22.10.`, `Wed, 22 Oct`."""
        return self._dated(self._rooms["calendar"]["short"], day)

    def _dated(self, form: str, day: date) -> str:
        names = self._rooms["calendar"]
        return form.format(
            weekday=names["weekdays"][day.weekday()],
            wd=names["weekdays_short"][day.weekday()],
            day=day.day,
            month=names["months"][day.month - 1],
            mon=names["months"][day.month - 1][:3],
            number=day.month,
            year=day.year,
        )

    def moment(self, at: ZonedDateTime) -> str:
        """`Mi, 22.10. 14:00`."""
        return f"{self.short_day(at.date().to_stdlib())} {clock(at)}"

    def ago(self, then: Instant, now: Instant) -> str:
        """How long ago, in one unit."""
        seconds = max(0, int((now - then).total("seconds")))
        for key, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
            if seconds >= size:
                count = seconds // size
                return self.say("calendar", f"{key}_ago" if count > 1 else f"{key}_ago_one", count=count)
        return self.say("calendar", "just_now")

    def number(self, value: float, digits: int = 0) -> str:
        """A figure with the separators of the language."""
        text = f"{value:,.{digits}f}"
        return text.translate(str.maketrans(",.", ".,")) if self.language == "de" else text

    def percent(self, share: float | None, digits: int = 0) -> str:
        """A share of 0..1, `–` for none."""
        if share is None:
            return "–"
        return self.number(share * 100, digits if share != 1 else 0) + (
            "\u202f%" if self.language == "de" else "%"
        )


def clock(at: ZonedDateTime) -> str:
    """`14:05`."""
    return f"{at.hour:02}:{at.minute:02}"


@cache
def words_of(language: str) -> Words:
    """The words of a language, German where there are none."""
    return Words(language if language in LANGUAGES else "de")


@cache
def _read(language: str) -> dict[str, Any]:
    folder = resources.files("handfest.web").joinpath("words")
    rooms: dict[str, Any] = {}
    for name in (f"{language}.toml", f"console.{language}.toml", f"people.{language}.toml"):
        rooms |= tomllib.loads(folder.joinpath(name).read_text("utf-8"))
    return rooms
